"""The form of an action as the connection's company has it, as far as that is kept already."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NoReturn

from connector.component import Action
from connector.connections.store import ConnectionRow
from connector.errors import ConnectorError, Unavailable
from connector.intacct.model import LiveObject
from connector.runtime.live_schema import SqlLiveSchemas, company_objects
from connector.runtime.services import INTACCT, Services
from connector.surfaces.company_forms import form_for, objects_of


def schema_of(services: Services, action: Action, row: ConnectionRow | None) -> Mapping[str, Any]:
    """Return an action's inputs with the company's own fields; a page never waits for them."""
    if row is None or row.kind != INTACCT or action.component != INTACCT:
        return action.form.schema
    live = kept_objects(services, row, tuple(objects_of(action)))
    return form_for(action, live) if live else action.form.schema


def kept_objects(
    services: Services, row: ConnectionRow, names: tuple[str, ...]
) -> dict[str, LiveObject]:
    """Return what is kept of these objects, however old; nobody is asked."""
    kept = SqlLiveSchemas(services.database, row.id)
    found: dict[str, LiveObject] = {}
    for name in names:
        with suppress(ConnectorError):
            found[name] = kept.get(name, _nobody_is_asked)
    return found


def read_fields(services: Services, action: Action, row: ConnectionRow) -> None:
    """Ask the company for its own fields of an action's records, and keep them for the forms.

    Raises:
        ConnectorError: It cannot be asked.
    """
    company_objects(services, row, tuple(objects_of(action)), fresh=True)


def _nobody_is_asked() -> NoReturn:
    raise Unavailable("The company is not asked while a page is made.")

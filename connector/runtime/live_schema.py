"""What a connection's company says its objects look like, kept for a day."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress

import sqlalchemy as sa

from connector.connections.store import ConnectionRow
from connector.errors import ConnectionProblem, InputError, NotFound, OutcomeUnknown, Unavailable
from connector.intacct.model import LiveObject, live_objects
from connector.runtime import meter as metering
from connector.runtime.effects import Intent, SqlEffects
from connector.runtime.limits import Caller, Priority
from connector.runtime.meter import StepMeter
from connector.runtime.services import Services
from connector.store import clock
from connector.store.database import Database
from connector.store.insert import insert_once
from connector.store.json_text import from_json, to_json
from connector.store.tables import live_schema

LOG = logging.getLogger(__name__)

DAY_MS = 86_400_000
# Troubles that say nothing about the object: yesterday's description is better than none.
_PASSING = (Unavailable, OutcomeUnknown, ConnectionProblem)


class SqlLiveSchemas:
    """The descriptions of one connection; two connections never share one.

    Users of the same company may see different fields, so the connection is the key.

    Args:
        max_age_ms: How long a description counts before the company is asked again.
    """

    def __init__(self, database: Database, connection_id: str, *, max_age_ms: int = DAY_MS) -> None:
        self._database = database
        self._connection_id = connection_id
        self._max_age_ms = max_age_ms

    def get(self, name: str, read: Callable[[], LiveObject], *, fresh: bool = False) -> LiveObject:
        """Return the description of an object, reading it where none is kept or it is old.

        While Intacct cannot be asked, an old one is returned, so that forms still open.

        Raises:
            ConnectorError: It cannot be read, and none is kept or a fresh one is demanded.
        """
        kept, is_young = self._kept(name)
        if kept is not None and is_young and not fresh:
            return kept
        try:
            found = read()
        except _PASSING as error:
            if kept is None or fresh:
                raise
            LOG.warning("An old description of %s is used: %s", name, error.title)
            return kept
        self._keep(name, found)
        return found

    def _kept(self, name: str) -> tuple[LiveObject | None, bool]:
        def look(connection: sa.Connection) -> tuple[str, int] | None:
            row = connection.execute(
                sa.select(live_schema.c.document, live_schema.c.read_at).where(*self._mine(name))
            ).one_or_none()
            return (row.document, clock.now_ms(connection) - row.read_at) if row else None

        found = self._database.read(look)
        if found is None:
            return None, False
        document, age_ms = found
        try:
            return LiveObject.from_document(from_json(document)), age_ms < self._max_age_ms
        except (KeyError, TypeError):  # written by a program that kept something else
            return None, False

    def _keep(self, name: str, found: LiveObject) -> None:
        document = to_json(found.to_document())

        def write(connection: sa.Connection) -> None:
            values = {"document": document, "read_at": clock.now_ms(connection)}
            key = {"connection_id": self._connection_id, "object": name}
            if not insert_once(connection, live_schema, {**key, **values}):
                connection.execute(live_schema.update().where(*self._mine(name)).values(**values))

        self._database.write(write)

    def _mine(self, name: str) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            live_schema.c.connection_id == self._connection_id,
            live_schema.c.object == name,
        )


def company_objects(
    services: Services, source: ConnectionRow, names: Sequence[str], *, fresh: bool = False
) -> dict[str, LiveObject]:
    """Return what a connection's company says of these objects, by Intacct's names.

    An object that the company does not know is left out, and so is everything where the connection
    has no way to the XML API, which alone describes objects.

    Args:
        services: The process's own.
        source: A connection to Intacct.
        names: Intacct's names of the objects.
        fresh: Ask the company even where a young description is kept.

    Raises:
        ConnectorError: The company cannot be asked, and nothing is kept.
    """
    meter = StepMeter()
    intent = Intent(source.id, scope="live-schema", once="live-schema")
    ledger = SqlEffects(services.database, intent, services.patience, actor="live-schema")
    caller = Caller(source.id, priority=Priority.INTERACTIVE)
    client = services.open_context(source, ledger, meter, caller=caller).intacct
    kept = SqlLiveSchemas(services.database, source.id)
    found: dict[str, LiveObject] = {}
    try:
        for name in names:
            with suppress(NotFound, InputError):
                found |= live_objects(client, kept, [name], fresh=fresh)
    finally:
        services.database.write(lambda c: metering.keep(c, source.id, meter.take()))
    return found

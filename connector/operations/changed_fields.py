"""Makes issues of what companies changed under published workflows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from connector.operations import causes, gathering
from connector.operations.causes import Cause
from connector.runtime import drift_check, workflows
from connector.runtime.services import Services
from connector.store import clock
from connector.store.tables import issue


def examine_daily(services: Services) -> None:
    """Have the fields of published workflows examined once a day, and keep an issue of each."""
    if drift_check.examine_daily(services) is not None:
        services.database.write(_keep)


def _keep(connection: sa.Connection) -> None:
    now = clock.now_ms(connection)
    found = []
    for each in workflows.published(connection):
        problems = drift_check.known_problems(connection, each.workflow_id)
        if problems:
            found.append(_cause(each.workflow_id, each.definition.name, problems))
    for cause in found:
        gathering.note(connection, cause, now)
    over = issue.update().where(
        issue.c.kind == causes.CHANGED_FIELDS,
        issue.c.state != gathering.RESOLVED,
        issue.c.id.not_in([cause.id for cause in found]),
    )
    ended = {"state": gathering.RESOLVED, "resolved_at": now, "resolved_by": gathering.SYSTEM}
    connection.execute(over.values(needs_person=0, **ended))


def _cause(workflow_id: str, name: str, problems: Sequence[dict[str, Any]]) -> Cause:
    first, more = problems[0], len(problems) - 1
    others = f" {more} more of the kind." if more else ""
    return Cause(
        causes.CHANGED_FIELDS,
        title=f"{name} will fail, since the company was changed: {first['title']}{others}",
        advice=first["advice"],
        workflow_id=workflow_id,
        step=first["step"],
        error_type="ChangedFields",
        place=first["field"],
    )

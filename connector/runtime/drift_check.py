"""Looks once a day whether companies still take what published workflows fill in, and says so."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from connector.runtime import workflows
from connector.runtime.schema_drift import Break, examine
from connector.runtime.services import Services
from connector.store import audit, tables
from connector.store.json_text import from_json, to_json

LOG = logging.getLogger(__name__)

EXAMINE = "connector.examine_fields"  # the worker's task
EVERY_SECONDS = 600.0  # how often beat rings; whoever comes too early finds nothing to do
BROKEN, WHOLE = "workflow.broken", "workflow.whole"  # what the audit trail says

_PLACE = "aic:fields-examined"
_DAY_SECONDS = 86_400 - 3600  # a little less, so that it stays about the same time of day
_CLAIM_SECONDS = 3600  # whoever dies meanwhile leaves it to another one


def examine_daily(services: Services) -> list[Break] | None:
    """Report what is broken, once a day however many ask; None where it was done already."""
    server = services.redis
    if server is not None and not server.set(_PLACE, services.owner, nx=True, ex=_CLAIM_SECONDS):
        return None
    found = report(services)
    if server is not None:
        server.expire(_PLACE, _DAY_SECONDS)
    return found


def report(services: Services) -> list[Break]:
    """Return what changes of a company have broken in published workflows, and keep note of it.

    The audit trail gets one row for each workflow that is broken in another way than last time, and
    one when it is whole again. What could not be asked changes nothing there.
    """
    found = list(examine(services))
    unasked = {one.workflow for one in found if one.is_passing}
    by_name: dict[str, list[Break]] = {}
    for one in found:
        LOG.warning("Workflow %s, step %s: %s", one.workflow, one.step, one.title)
        by_name.setdefault(one.workflow, []).append(one)

    def write(connection: sa.Connection) -> None:
        for each in workflows.published(connection):
            name = each.definition.name
            if name not in unasked:
                _keep(connection, each.workflow_id, name, by_name.get(name, []))

    services.database.write(write)
    return found


def _keep(connection: sa.Connection, workflow_id: str, name: str, broken: Sequence[Break]) -> None:
    problems = [one.describe() for one in broken]
    known = known_problems(connection, workflow_id)
    if to_json(problems) == to_json(known):
        return
    entry = audit.Entry(
        actor="system",
        action=BROKEN if problems else WHOLE,
        object=f"workflow/{workflow_id}",
        before={"problems": known},
        after={"name": name, "problems": problems},
    )
    audit.append(connection, entry)


def known_problems(connection: sa.Connection, workflow_id: str) -> list[dict[str, Any]]:
    """Return what the last look found broken in a workflow.

    Each is ``{"step", "field", "title", "advice"}``; none where it is whole.
    """
    rows = tables.audit.c
    last = (
        sa.select(rows.after)
        .where(rows.object == f"workflow/{workflow_id}", rows.action.in_((BROKEN, WHOLE)))
        .order_by(rows.seq.desc())
        .limit(1)
    )
    after = connection.execute(last).scalar_one_or_none()
    found: list[dict[str, Any]] = from_json(after)["problems"] if after else []
    return found

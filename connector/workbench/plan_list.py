"""Plans as lines of a list, without what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.store import clock
from connector.store.tables import plan, workflow
from connector.workbench.plan_rows import EXECUTED, EXPIRED


@dataclass(frozen=True)
class PlanLine:
    """One plan in a list.

    Args:
        id: The plan.
        workflow: The workflow's name.
        state: ``proposed``, ``approved``, ``executed`` or ``expired``.
        version: The version it is about.
        author: Who proposed it.
        approver: Who approved it; empty for nobody.
        created_at: In milliseconds since 1970.
        expires_at: Likewise.
    """

    id: str
    workflow: str
    state: str
    version: int
    author: str
    approver: str
    created_at: int
    expires_at: int


_NAMES = ("id", "state", "version", "author", "approver", "created_at", "expires_at")


def lines(connection: sa.Connection, workflow_id: str = "", *, limit: int = 50) -> list[PlanLine]:
    """Return the newest plans of a workflow, or of all, the newest first."""
    found = (
        sa.select(*(plan.c[name] for name in _NAMES), workflow.c.name.label("workflow"))
        .join(workflow, workflow.c.id == plan.c.workflow_id)
        .order_by(plan.c.created_at.desc())
        .limit(limit)
    )
    if workflow_id:
        found = found.where(plan.c.workflow_id == workflow_id)
    now = clock.now_ms(connection)
    rows: list[Any] = list(connection.execute(found))
    return [_line(row, now) for row in rows]


def _line(row: sa.Row[Any], now: int) -> PlanLine:
    values = {name: getattr(row, name) for name in PlanLine.__dataclass_fields__}
    if row.state != EXECUTED and row.expires_at <= now:
        values["state"] = EXPIRED
    return PlanLine(**values)

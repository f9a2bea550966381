"""The installation at one moment: what needs somebody, and what has run today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from connector.intacct.ports import EffectState
from connector.operations import issues
from connector.operations.issues import Issue
from connector.runtime import approvals, runs
from connector.runtime.approvals import ApprovalView
from connector.store import clock
from connector.store.tables import approval, effect, issue, run, workflow

DAY_MS = 86_400_000
GOOD = (runs.SUCCEEDED, runs.PARTIAL, runs.SKIPPED, runs.DUPLICATE)
BAD = (runs.FAILED, runs.PARKED)
GOING = (
    runs.QUEUED,
    runs.RUNNING,
    runs.WAITING,
    runs.UNCERTAIN,
    runs.PAUSED,
)
STATES = (*GOOD, *BAD, *GOING, runs.CANCELLED)

_SHOWN = 5
_LOOKED_AT = 50  # the newest runs, among which the one is looked for that ended last


@dataclass(frozen=True)
class PausedWorkflow:
    """A workflow whose runs wait.

    Args:
        id: Its id.
        name: Its name.
        reason: Why it is paused.
        paused_by: Who paused it; ``system`` where it did so itself.
        paused_at: In milliseconds since 1970.
        waiting: How many of its runs wait.
    """

    id: str
    name: str
    reason: str
    paused_by: str
    paused_at: int
    waiting: int


@dataclass(frozen=True)
class Overview:
    """What needs somebody, and what has run today.

    Args:
        now: The moment, in milliseconds since 1970 by the database's clock.
        issues: The open issues struck last, at most five.
        issue_count: How many open issues there are.
        approvals: Those that have waited longest, at most five.
        approval_count: How many wait.
        uncertain: Writes whose outcome is being looked up.
        parked: Writes that wait for a person's decision.
        paused: Paused workflows.
        runs_today: Outermost runs begun since midnight UTC, by state.
        last_finished: When one of the newest runs last ended; None where none has.
    """

    now: int
    issues: list[Issue]
    issue_count: int
    approvals: list[ApprovalView]
    approval_count: int
    uncertain: int
    parked: int
    paused: list[PausedWorkflow]
    runs_today: Mapping[str, int]
    last_finished: int | None


def overview(connection: sa.Connection) -> Overview:
    """Return how things are; every figure comes out of an index."""
    now = clock.now_ms(connection)
    writes = _writes(connection)
    return Overview(
        now=now,
        issues=issues.listed(connection, limit=_SHOWN),
        issue_count=_count(connection, issue, issue.c.state == issues.OPEN),
        approvals=approvals.listed(connection, limit=_SHOWN),
        approval_count=_count(connection, approval, approval.c.state == approvals.PENDING),
        uncertain=writes.get(EffectState.UNCERTAIN, 0),
        parked=writes.get(EffectState.PARKED, 0),
        paused=paused_workflows(connection),
        runs_today=runs_by_state(connection, now - now % DAY_MS, now + DAY_MS),
        last_finished=_last_finished(connection),
    )


def paused_workflows(connection: sa.Connection) -> list[PausedWorkflow]:
    """Return the paused workflows, the one that was paused last first."""
    waiting = (
        sa.select(sa.func.count())
        .where(run.c.workflow_id == workflow.c.id, run.c.state == runs.PAUSED)
        .scalar_subquery()
    )
    found = sa.select(workflow, waiting.label("waiting")).where(workflow.c.paused_at.is_not(None))
    return [
        PausedWorkflow(
            id=row.id,
            name=row.name,
            reason=row.pause_reason,
            paused_by=row.paused_by,
            paused_at=row.paused_at,
            waiting=int(row.waiting),
        )
        for row in connection.execute(found.order_by(workflow.c.paused_at.desc()))
    ]


def runs_by_state(connection: sa.Connection, since_ms: int, until_ms: int) -> dict[str, int]:
    """Return how many outermost runs that began within a time are in each state."""
    # The states are named so that the index over state and time answers alone.
    found = (
        sa.select(run.c.state, sa.func.count())
        .where(
            run.c.parent_id.is_(None),
            run.c.state.in_(STATES),
            run.c.created_at >= since_ms,
            run.c.created_at < until_ms,
        )
        .group_by(run.c.state)
    )
    return {state: int(count) for state, count in connection.execute(found)}


def _writes(connection: sa.Connection) -> dict[str, int]:
    open_ones = (EffectState.UNCERTAIN, EffectState.PARKED)
    found = sa.select(effect.c.state, sa.func.count()).where(effect.c.state.in_(open_ones))
    return {state: int(n) for state, n in connection.execute(found.group_by(effect.c.state))}


def _count(connection: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool]) -> int:
    return int(
        connection.execute(sa.select(sa.func.count()).select_from(table).where(which)).scalar_one()
    )


def _last_finished(connection: sa.Connection) -> int | None:
    newest = (
        sa.select(run.c.finished_at)
        .where(run.c.parent_id.is_(None))
        .order_by(run.c.created_at.desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    found: int | None = connection.execute(
        sa.select(sa.func.max(newest.c.finished_at))
    ).scalar_one()
    return found

"""Paused workflows: their events are kept and their runs wait, until somebody resumes them.

A workflow pauses itself at once where a connection is not let in any more, and after ten runs in
a row that failed: the eleventh would only fail, too.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from connector.errors import ConnectorError
from connector.runtime import runs, workflows
from connector.runtime.outcomes import Outcome
from connector.store import audit, clock
from connector.store.database import Database
from connector.store.tables import connection as connections
from connector.store.tables import run, workflow

LOG = logging.getLogger(__name__)

SYSTEM = "system"
MOST_IN_A_ROW = 10
READY = "ready"
_AT_ONCE = 500  # rows changed in one transaction: nobody else should wait long for it
_LOOKED_AT = 200  # ended runs; those that were skipped tell nothing about the others
_SIGN_IN = ("ConnectionProblem", "NeedsReconnect", "SessionExpired")
_BAD = (runs.FAILED, runs.PARKED)
_TELLING = (*_BAD, runs.SUCCEEDED, runs.PARTIAL)


def pause(connection: sa.Connection, workflow_id: str, why: str, *, actor: str) -> bool:
    """Let no run of a workflow go on; say whether it went until now.

    Runs in the middle of a step end it first.
    """
    going = workflow.update().where(workflow.c.id == workflow_id, workflow.c.paused_at.is_(None))
    values = {"paused_at": clock.now_ms(connection), "paused_by": actor, "pause_reason": why}
    if connection.execute(going.values(**values)).rowcount != 1:
        return False
    _note(connection, actor, "workflow.pause", workflow_id, {"reason": why})
    return True


def resume(connection: sa.Connection, workflow_id: str, *, actor: str) -> bool:
    """Let a workflow's runs go on; say whether it was paused. ``release`` wakes those that wait."""
    paused = workflow.update().where(
        workflow.c.id == workflow_id, workflow.c.paused_at.is_not(None)
    )
    values: dict[str, Any] = {"paused_at": None, "paused_by": "", "pause_reason": ""}
    values["resumed_at"] = clock.now_ms(connection)
    if connection.execute(paused.values(**values)).rowcount != 1:
        return False
    _note(connection, actor, "workflow.resume", workflow_id, None)
    return True


def reason(connection: sa.Connection, workflow_id: str) -> str:
    """Return why a workflow is paused; empty where it is not any more."""
    found = sa.select(workflow.c.pause_reason).where(workflow.c.id == workflow_id)
    return str(connection.execute(found).scalar_one())


def release(database: Database) -> list[str]:
    """Make the runs due that wait for a workflow which is not paused any more, oldest first.

    Called by whoever resumes, and by the sweeper for runs that came to rest at that very moment.
    """
    freed: list[str] = []
    while True:
        part = database.write(_release)
        freed += part
        if len(part) < _AT_ONCE:
            return freed


def _release(connection: sa.Connection) -> list[str]:
    going = sa.select(workflow.c.id).where(workflow.c.paused_at.is_(None))
    found = (
        sa.select(run.c.id)
        .where(run.c.state == runs.PAUSED, run.c.workflow_id.in_(going))
        .order_by(run.c.created_at, run.c.id)
        .limit(_AT_ONCE)
    )
    run_ids = list(connection.execute(found).scalars())
    # Due one after the other, so that whoever rings for them keeps their order.
    first = clock.now_ms(connection) - _AT_ONCE
    if run_ids:
        connection.execute(
            run.update()
            .where(run.c.id == sa.bindparam("freed"), run.c.state == runs.PAUSED)
            .values(state=runs.QUEUED, not_before=sa.bindparam("due"), error=None),
            [{"freed": run_id, "due": first + place} for place, run_id in enumerate(run_ids)],
        )
    return run_ids


def consider(database: Database, row: sa.Row[Any], outcome: Outcome) -> None:
    """Pause the workflow of a run that has just failed, where the next one would fail, too."""
    if outcome.state not in _BAD or row.paused_at is not None:
        return
    why = database.read(lambda connection: _why(connection, row, outcome.error or {}))
    if why and database.write(lambda c: pause(c, row.workflow_id, why, actor=SYSTEM)):
        LOG.warning("Workflow %s is paused: %s", row.workflow_id, why)


def _why(connection: sa.Connection, row: sa.Row[Any], error: Mapping[str, Any]) -> str:
    if error.get("type") in _SIGN_IN:
        shut = _shut_out(connection, row)
        if shut:
            return f"The connection {shut} is not let in any more."
    if row.parent_id:
        return ""
    return _in_a_row(connection, row.workflow_id)


def _shut_out(connection: sa.Connection, row: sa.Row[Any]) -> str:
    """Return the connection of a run's workflow that does not work any more."""
    try:
        definition = workflows.version(connection, row.workflow_id, row.version).definition
    except ConnectorError:
        return ""
    found = sa.select(connections.c.name).where(
        connections.c.name.in_(definition.connections()), connections.c.state != READY
    )
    return connection.execute(found.limit(1)).scalar_one_or_none() or ""


def _in_a_row(connection: sa.Connection, workflow_id: str) -> str:
    resumed = sa.select(sa.func.coalesce(workflow.c.resumed_at, 0)).where(
        workflow.c.id == workflow_id
    )
    ended = (
        sa.select(run.c.state)
        .where(
            run.c.workflow_id == workflow_id,
            run.c.parent_id.is_(None),
            run.c.finished_at > resumed.scalar_subquery(),
        )
        .order_by(run.c.finished_at.desc())
        .limit(_LOOKED_AT)
    )
    told = [state for state in connection.execute(ended).scalars() if state in _TELLING]
    newest = told[:MOST_IN_A_ROW]
    if len(newest) < MOST_IN_A_ROW or not all(state in _BAD for state in newest):
        return ""
    return f"{MOST_IN_A_ROW} runs in a row have failed."


def _note(connection: sa.Connection, actor: str, action: str, workflow_id: str, after: Any) -> None:
    entry = audit.Entry(actor=actor, action=action, object=f"workflow/{workflow_id}", after=after)
    audit.append(connection, entry)

"""Takes note of troubles: those of runs, connections and paused workflows become issues.

The run's row says that nobody has taken note of it yet, so nothing is missed and nothing counted
twice, whoever dies in between. An issue ends by itself once everything in it has gone through.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from connector.connections.rows import READY
from connector.operations import causes
from connector.operations.causes import Cause
from connector.runtime import children, pauses, runs
from connector.store import clock
from connector.store.database import Database
from connector.store.insert import insert_into
from connector.store.json_text import from_json
from connector.store.tables import connection as connections
from connector.store.tables import issue, issue_run, run, workflow

OPEN, MUTED, RESOLVED = "open", "muted", "resolved"
SYSTEM = "system"

_AT_ONCE = 200  # runs in one transaction: nobody else should wait long for it
# A later run of the same work that came to a good end settles the earlier one.
_GOOD = (runs.SUCCEEDED, runs.PARTIAL, runs.SKIPPED, runs.DUPLICATE)
_SETTLED = (*_GOOD, runs.CANCELLED)
_NEEDS_PERSON = (runs.FAILED, runs.PARKED)


def gather(database: Database) -> int:
    """Bring the issues up to date and return how many troubled runs were new."""
    new = 0
    while True:
        part = database.write(_take_note)
        new += part
        if part < _AT_ONCE:
            break
    settle(database)
    return new


def settle(database: Database) -> None:
    """Settle what has gone through, and bring paused workflows and connections up to date."""
    gone = database.read(_gone_through)
    for start in range(0, len(gone), _AT_ONCE):
        database.write(partial(_settle, run_ids=gone[start : start + _AT_ONCE]))
    if database.read(_is_stale):
        database.write(_refresh)


def _take_note(connection: sa.Connection) -> int:
    found = (
        sa.select(run)
        .where(run.c.trouble.is_not(None))
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = list(connection.execute(found))
    now = clock.now_ms(connection)
    told = [
        (causes.of_run(row.workflow_id, from_json(row.error) if row.error else {}), row.id)
        for row in rows
        if row.state in runs.TROUBLED and not _is_told_inside(connection, row)
    ]
    # In one order, so that two who take note at once do not wait for each other.
    for cause, run_id in sorted(told, key=lambda one: one[0].id):
        note(connection, cause, now, run_id)
    seen = [row.id for row in rows]
    connection.execute(run.update().where(run.c.id.in_(seen)).values(trouble=None))
    return len(rows)


def _is_told_inside(connection: sa.Connection, row: sa.Row[Any]) -> bool:
    """Say whether a run only failed because runs inside it did, which have causes of their own."""
    step = (from_json(row.error) if row.error else {}).get("step", "")
    inside = sa.select(run.c.id).where(
        run.c.parent_id == row.id, run.c.block == step, run.c.state.in_(children.MISSED)
    )
    return connection.execute(inside.limit(1)).first() is not None


def note(connection: sa.Connection, cause: Cause, now: int, run_id: str = "") -> None:
    """Count one case of a cause: a new issue, or one more of a known one.

    Args:
        connection: In the caller's transaction.
        cause: What is wrong.
        now: The time in milliseconds.
        run_id: The run it struck, if it was one.
    """
    dialect = connection.dialect.name
    told = {"title": cause.title, "advice": cause.advice, "last_at": now, "needs_person": 1}
    values = {
        "id": cause.id,
        "kind": cause.kind,
        "workflow_id": cause.workflow_id,
        "connection_id": cause.connection_id,
        "step": cause.step,
        "error_type": cause.error_type,
        "code": cause.code,
        "place": cause.place,
        "first_at": now,
        "opened_at": now,
        "seen": 1,
        **told,
    }
    again = {
        **told,
        "seen": issue.c.seen + 1,
        "opened_at": sa.case((issue.c.state == RESOLVED, now), else_=issue.c.opened_at),
        "state": sa.case((issue.c.state == RESOLVED, OPEN), else_=issue.c.state),
        "resolved_at": None,
        "resolved_by": "",
    }
    statement = insert_into(dialect, issue).values(**values)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=again))
    if run_id:
        struck = {"issue_id": cause.id, "at": now, "settled_at": None}
        row = insert_into(dialect, issue_run).values(run_id=run_id, **struck)
        connection.execute(row.on_conflict_do_update(index_elements=["run_id"], set_=struck))


def _gone_through(connection: sa.Connection) -> Sequence[str]:
    return connection.execute(over()).scalars().all()


def over() -> sa.Select[Any]:
    """Return the question which troubled runs have gone through since, or are there no more."""
    later = run.alias("later")
    first = sa.func.coalesce(run.c.replay_of, run.c.id)
    repeated = sa.exists().where(
        later.c.replay_of == first, later.c.created_at > run.c.created_at, later.c.state.in_(_GOOD)
    )
    done_since = sa.exists().where(
        later.c.workflow_id == run.c.workflow_id,
        later.c.once == run.c.once,
        # A sum, so that SQLite looks the business up and not every later run of the workflow.
        later.c.created_at + 0 > run.c.created_at,
        later.c.parent_id.is_(None),
        later.c.state == runs.SUCCEEDED,
    )
    outer = run.c.parent_id.is_(None)
    is_over = run.c.id.is_(None) | run.c.state.in_(_SETTLED) | (outer & (repeated | done_since))
    return (
        sa.select(issue_run.c.run_id)
        .outerjoin(run, run.c.id == issue_run.c.run_id)
        .where(issue_run.c.settled_at.is_(None), is_over)
    )


def _settle(connection: sa.Connection, run_ids: Sequence[str]) -> None:
    now = clock.now_ms(connection)
    mine = issue_run.update().where(issue_run.c.run_id.in_(run_ids))
    connection.execute(mine.values(settled_at=now))


def _unsettled(*more: sa.ColumnElement[bool]) -> sa.Exists:
    return (
        sa.exists()
        .where(issue_run.c.issue_id == issue.c.id, issue_run.c.settled_at.is_(None), *more)
        .correlate(issue)
    )


_STANDING = {
    causes.PAUSED: sa.exists()
    .where(workflow.c.id == issue.c.workflow_id, workflow.c.paused_at.is_not(None))
    .correlate(issue),
    causes.CONNECTION: sa.exists()
    .where(connections.c.id == issue.c.connection_id, connections.c.state != READY)
    .correlate(issue),
}
_WAITS = _unsettled(run.c.id == issue_run.c.run_id, run.c.state.in_(_NEEDS_PERSON))
_NEED = sa.case((_WAITS, 1), else_=0)
_IS_RUN = issue.c.kind == causes.RUN
_LIVE = issue.c.state != RESOLVED


def _ended() -> sa.ColumnElement[bool]:
    standing = [(issue.c.kind == kind) & ~holds for kind, holds in _STANDING.items()]
    return (issue.c.state == OPEN) & sa.or_(_IS_RUN & ~_unsettled(), *standing)


def _is_stale(connection: sa.Connection) -> bool:
    """Say whether a refresh would change anything: it is asked for every few seconds."""
    wrong = _ended() | (_LIVE & _IS_RUN & (issue.c.needs_person != _NEED))
    known = connection.execute(sa.select(issue.c.id).where(wrong).limit(1)).first()
    return known is not None or bool(_standing(connection))


def _refresh(connection: sa.Connection) -> None:
    now = clock.now_ms(connection)
    ended = {"state": RESOLVED, "resolved_at": now, "resolved_by": SYSTEM, "needs_person": 0}
    connection.execute(issue.update().where(_ended()).values(**ended))
    live = issue.update().where(_LIVE, _IS_RUN, issue.c.needs_person != _NEED)
    connection.execute(live.values(needs_person=_NEED))
    for cause in _standing(connection):
        note(connection, cause, now)


def _standing(connection: sa.Connection) -> list[Cause]:
    """Return the standing troubles that no live issue tells of."""
    told = sa.select(issue.c.id).where(_LIVE, issue.c.kind != causes.RUN)
    known = set(connection.execute(told).scalars())
    paused = sa.select(workflow).where(
        workflow.c.paused_at.is_not(None), workflow.c.paused_by == pauses.SYSTEM
    )
    shut = sa.select(connections).where(connections.c.state != READY)
    found = [_of_pause(row) for row in connection.execute(paused)]
    found += [_of_connection(row) for row in connection.execute(shut)]
    return [cause for cause in found if cause.id not in known]


def _of_pause(row: sa.Row[Any]) -> Cause:
    return Cause(
        causes.PAUSED,
        title=f"The workflow {row.name} has paused itself: {row.pause_reason}",
        advice="Correct the cause and resume the workflow; its events are kept and wait.",
        workflow_id=row.id,
        error_type="Paused",
    )


def _of_connection(row: sa.Row[Any]) -> Cause:
    problem = from_json(row.problem) if row.problem else {}
    return Cause(
        causes.CONNECTION,
        title=f"The connection {row.name} does not work: {problem.get('title', row.state)}",
        advice=str(problem.get("advice") or "Open the connection, correct it and test it."),
        connection_id=row.id,
        error_type=str(problem.get("type") or "ConnectionProblem"),
    )

"""Runs inside runs: a loop's items and called workflows, each with a row of its own.

A parent waits while its children are under way; the last one that ends makes it due. Items beyond
the loop's limit are held, and each one that ends releases the next, in the same transaction.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from connector.errors import InputError
from connector.runtime import runs
from connector.runtime.runs import Claim
from connector.store import clock
from connector.store.database import Database
from connector.store.json_text import to_json
from connector.store.tables import run, step

FAILURE_BLOCK = "(failure)"  # no step can have this id

# The last run inside wakes the outer one; this is only the net below it.
NET_MS = 300_000
MOST_DESCENDANTS = 20_000  # a loop of 10,000 items that each call another workflow
OPEN = (runs.HELD, runs.QUEUED, runs.WAITING, runs.RUNNING, runs.UNCERTAIN, runs.PAUSED)
MISSED = (runs.FAILED, runs.PARKED, runs.CANCELLED)
REPEATED = (*MISSED, runs.PARTIAL)
_AT_ONCE = 500  # rows in one transaction: nobody else should wait long for it


def start(
    database: Database, claim: Claim, block: str, rows: Sequence[dict[str, Any]], parallel: int
) -> None:
    """Insert the children that are not there yet, and let the first ones go.

    Args:
        claim: The parent.
        block: The id of the parent's step.
        rows: What differs from child to child; ``item_key`` tells them apart.
        parallel: How many may be under way at once.

    Raises:
        LostRun: Another worker has claimed the parent since.
        InputError: The outermost run has too many runs inside it already.
    """
    parent = claim.row
    common = {
        "workflow_id": parent.workflow_id,
        "version": parent.version,
        "state": runs.HELD,
        "parent_id": claim.run_id,
        "block": block,
        "root_id": parent.root_id or claim.run_id,
        "depth": parent.depth,
        "started_by": parent.started_by,
        "priority": parent.priority,
    }

    def insert(connection: sa.Connection, part: Sequence[dict[str, Any]]) -> None:
        runs.check(connection, claim)
        now = clock.now_ms(connection)
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        values = [
            {**common, "id": str(uuid.uuid4()), "not_before": now, "created_at": now, **row}
            for row in part
        ]
        connection.execute(dialect.insert(run).on_conflict_do_nothing(), values)

    database.read(lambda connection: _check_room(connection, common["root_id"], len(rows)))
    for begin in range(0, len(rows), _AT_ONCE):
        part = rows[begin : begin + _AT_ONCE]
        database.write(partial(insert, part=part))
    database.write(lambda connection: _release_first(connection, claim, block, parallel))


def start_after_failure(
    connection: sa.Connection, claim: Claim, run_id: str, failure: Mapping[str, Any]
) -> None:
    """Insert the run of what a workflow does after a failure; the failed run does not wait."""
    parent = claim.row
    now = clock.now_column(connection)
    values = {
        "id": run_id,
        "workflow_id": parent.workflow_id,
        "version": parent.version,
        "state": runs.QUEUED,
        "parent_id": claim.run_id,
        "block": FAILURE_BLOCK,
        "item_key": str(claim.epoch),  # each failure is told once
        "root_id": parent.root_id or claim.run_id,
        "depth": parent.depth,
        "input": to_json(dict(failure)),
        "not_before": now,
        "created_at": now,
    }
    connection.execute(run.insert().values(**values))


def _check_room(connection: sa.Connection, root_id: str, more: int) -> None:
    inside = sa.select(sa.func.count()).where(run.c.root_id == root_id)
    if connection.execute(inside).scalar_one() + more > MOST_DESCENDANTS:
        raise InputError(
            f"Loops and calls of this run add up to more than {MOST_DESCENDANTS} runs.",
            advice="Send fewer items at a time.",
        )


def _release_first(connection: sa.Connection, claim: Claim, block: str, parallel: int) -> None:
    runs.check(connection, claim)
    siblings = _siblings(claim.run_id, block)
    going = siblings & run.c.state.in_(tuple(state for state in OPEN if state != runs.HELD))
    count = sa.select(sa.func.count()).where(going)
    room = parallel - int(connection.execute(count).scalar_one())
    if room > 0:
        _release(connection, claim.run_id, block, room)


def _siblings(parent_id: str, block: str) -> sa.ColumnElement[bool]:
    return (run.c.parent_id == parent_id) & (run.c.block == block)


def _release(connection: sa.Connection, parent_id: str, block: str, room: int) -> list[str]:
    held = (
        sa.select(run.c.id)
        .where(_siblings(parent_id, block), run.c.state == runs.HELD)
        .order_by(run.c.item_number)
        .limit(room)
    )
    freed = (
        run.update()
        .where(run.c.id.in_(held), run.c.state == runs.HELD)
        .values(state=runs.QUEUED, not_before=clock.now_column(connection))
        .returning(run.c.id)
    )
    return list(connection.execute(freed).scalars())


def going(connection: sa.Connection, parent_id: str, block: str) -> list[str]:
    """Return the children that a worker can take now."""
    due = _siblings(parent_id, block) & (run.c.state == runs.QUEUED)
    return list(connection.execute(sa.select(run.c.id).where(due)).scalars())


def counts(connection: sa.Connection, parent_id: str, block: str) -> Counter[str]:
    """Return how many children stand in each state."""
    found = sa.select(run.c.state, sa.func.count()).where(_siblings(parent_id, block))
    rows = connection.execute(found.group_by(run.c.state))
    return Counter({state: int(count) for state, count in rows})


def are_open(found: Counter[str]) -> bool:
    """Say whether some of the counted children have not ended."""
    return any(found[state] for state in OPEN)


def rows_of(connection: sa.Connection, parent_id: str, block: str) -> list[sa.Row[Any]]:
    """Return what came of the children, in their order."""
    columns = (run.c.id, run.c.item_key, run.c.state, run.c.output, run.c.error, run.c.duplicate_of)
    found = sa.select(*columns).where(_siblings(parent_id, block)).order_by(run.c.item_number)
    return list(connection.execute(found))


def repeat_failed(database: Database, claim: Claim, block: str, parallel: int) -> None:
    """Let children that failed, in whole or in part, go once more; the others stay as they are."""

    def write(connection: sa.Connection) -> None:
        runs.check(connection, claim)
        failed = _siblings(claim.run_id, block) & run.c.state.in_(REPEATED)
        inside = sa.select(run.c.id).where(failed)
        reopen(connection, step.c.run_id.in_(inside))
        values = {"state": runs.HELD, "attempts": 0, "error": None, "finished_at": None}
        values |= {"cancelled_by": None, "priority": claim.row.priority}
        connection.execute(run.update().where(failed).values(**values))

    database.write(write)
    database.write(lambda connection: _release_first(connection, claim, block, parallel))


def reopen(connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
    """Let steps that were passed over be tried again, with all their retries."""
    passed = step.update().where(which, step.c.state.in_((runs.PASSED, runs.BRANCHING)))
    connection.execute(passed.values(state=runs.FAILED))
    spent = step.update().where(which, step.c.retries > 0)
    connection.execute(spent.values(retries=0))


def await_again(connection: sa.Connection, row: sa.Row[Any]) -> None:
    """Let the runs around one that is about to go on wait for it, as if it had never ended.

    Its siblings that failed stay as they are: somebody decided about this one alone. A run that
    was cancelled stays cancelled.
    """
    for outer, block in _around(connection, row):
        mine = (run.c.id == outer) & run.c.state.not_in((*OPEN, runs.CANCELLED))
        values = {
            "state": runs.WAITING,
            "not_before": clock.now_ms(connection) + NET_MS,
            "attempts": 0,
            "error": None,
            "finished_at": None,
            "trouble": None,
        }
        if connection.execute(run.update().where(mine).values(**values)).rowcount:
            found = step.update().where(step.c.run_id == outer, step.c.path == block)
            connection.execute(found.values(state=runs.RUNNING, error=None, retries=0))


def _around(connection: sa.Connection, row: sa.Row[Any]) -> list[tuple[str, str]]:
    """Return the runs that wait for one, outermost first, each with the step that waits."""
    found: list[tuple[str, str]] = []
    while row.parent_id and row.block != FAILURE_BLOCK:
        found.insert(0, (row.parent_id, row.block))
        row = connection.execute(sa.select(run).where(run.c.id == row.parent_id)).one()
    return found


def lock_parent(connection: sa.Connection, row: sa.Row[Any]) -> None:
    """Let siblings that end at once do so one after the other; always before the child's row."""
    if row.parent_id:
        connection.execute(sa.select(run.c.id).where(run.c.id == row.parent_id).with_for_update())


def ended(connection: sa.Connection, row: sa.Row[Any], state: str) -> list[str]:
    """Return which runs to ring for after a child has ended: a held sibling, or the parent."""
    if not row.parent_id or row.block == FAILURE_BLOCK or state in OPEN:
        return []
    woken = _release(connection, row.parent_id, row.block, 1)
    if not woken and not are_open(counts(connection, row.parent_id, row.block)):
        waiting = (run.c.id == row.parent_id) & (run.c.state == runs.WAITING)
        due = run.update().where(waiting).values(not_before=clock.now_column(connection))
        woken = [row.parent_id] if connection.execute(due).rowcount else []
    return woken

"""What a person can do with a run beside deciding about its writes: cancel it, replay it."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError, NotFound
from connector.runtime import children, outcomes, runs, telling, workflows
from connector.runtime.bells import ADVANCE_RUN, EFFECTS
from connector.runtime.limits import Priority
from connector.runtime.services import Services
from connector.store import audit, clock
from connector.store.json_text import to_json
from connector.store.tables import run

# Nothing of such a run is under way, so it can end at once.
_STILL = (runs.HELD, runs.QUEUED, runs.WAITING, runs.PAUSED)


def cancel(services: Services, run_id: str, *, actor: str) -> str:
    """Ask for the end of a run and of all runs inside it; return the state it is in now.

    It ends between two writes, never during one: what is being sent or looked up gets its true
    outcome first, so a run may still show ``running`` or ``uncertain`` here, and one that was at
    its last write may succeed.

    Raises:
        NotFound: There is no such run.
        InputError: It has ended already.
    """

    def write(connection: sa.Connection) -> tuple[str, list[str]]:
        row = _existing(connection, run_id)
        if row.state not in children.OPEN:
            raise InputError(f"This run is {row.state}; there is nothing to cancel.", field="run")
        children.lock_parent(connection, row)
        for level in _levels(connection, run_id):
            _end(connection, level, actor)
        _note(connection, actor, "run.cancel", run_id, {"state": row.state})
        state = _existing(connection, run_id).state
        telling.tell_end(connection, row, state, None)
        return state, children.ended(connection, row, state)

    state, woken = services.database.write(write)
    for other in woken:
        services.bells.ring(ADVANCE_RUN, other, EFFECTS)
    return state


def _levels(connection: sa.Connection, run_id: str) -> list[list[str]]:
    """Return the run, the runs inside it, and those inside these, outermost first."""
    levels = [[run_id]]
    while levels[-1]:
        inside = sa.select(run.c.id).where(
            run.c.parent_id.in_(levels[-1]),
            run.c.block != children.FAILURE_BLOCK,
            run.c.state.in_(children.OPEN),
        )
        levels.append(list(connection.execute(inside).scalars()))
    return levels[:-1]


def _end(connection: sa.Connection, run_ids: list[str], actor: str) -> None:
    mine = run.c.id.in_(run_ids)
    wanted = run.update().where(mine, run.c.state.in_(children.OPEN))
    connection.execute(wanted.values(cancelled_by=actor))
    ended = outcomes.of_cancel(actor)
    values = {"state": ended.state, "error": to_json(dict(ended.error or {}))}
    still = run.update().where(mine, run.c.state.in_(_STILL))
    connection.execute(still.values(**values, finished_at=clock.now_column(connection)))


def replay(services: Services, run_id: str, *, actor: str) -> str:
    """Run the same event through the workflow's latest version; return the new run's id.

    What was written before is found in the ledger and never repeated.

    Raises:
        NotFound: There is no such run.
        InputError: It has not ended, is part of another run, or is being replayed already.
    """
    new_id = services.database.write(lambda connection: start_replay(connection, run_id, actor))
    services.bells.ring(ADVANCE_RUN, new_id, EFFECTS)
    return new_id


def start_replay(
    connection: sa.Connection,
    run_id: str,
    actor: str,
    priority: Priority = Priority.AUTOMATION,
) -> str:
    """Make the run that ``replay`` starts, in the caller's transaction, and return its id.

    Raises:
        NotFound: There is no such run.
        InputError: It has not ended, is part of another run, or is being replayed already.
    """
    row = _existing(connection, run_id)
    first = row.replay_of or row.id
    # One at a time: whoever clicks twice gets one replay.
    connection.execute(sa.select(run.c.id).where(run.c.id == first).with_for_update())
    # Read again: it may have been pruned for its age while somebody else held it.
    row = _existing(connection, run_id)
    check_replay(connection, row)
    published = workflows.newest(connection, row.workflow_id)
    if published is None:
        raise InputError("The workflow has no published version.", advice="Publish one first.")
    now = clock.now_column(connection)
    values = {
        "id": str(uuid.uuid4()),
        "workflow_id": row.workflow_id,
        "version": published.version,
        "state": runs.QUEUED,
        "input": row.input,
        "replay_of": first,
        "started_by": actor,
        "priority": priority,
        "not_before": now,
        "created_at": now,
    }
    connection.execute(run.insert().values(**values))
    after = {"run": values["id"], "version": published.version}
    _note(connection, actor, "run.replay", run_id, after)
    return str(values["id"])


def check_replay(connection: sa.Connection, row: sa.Row[Any]) -> None:
    """Raise where a run cannot be replayed.

    Raises:
        InputError: It has not ended, is part of another run, is too old, or is being replayed.
    """
    first = row.replay_of or row.id
    if row.pruned_at is not None:
        raise InputError(
            "This run's data was removed for its age; it cannot be replayed.",
            advice="Its writes are still in the ledger; let the source send the event anew.",
            field="run",
        )
    if row.parent_id:
        raise InputError(
            "This run is part of another one.",
            advice=f"Replay the outer one, {row.root_id}, or retry this one.",
            field="run",
        )
    if row.state in children.OPEN:
        raise InputError(
            f"This run is {row.state}.", advice="Wait for its end, or cancel it.", field="run"
        )
    under_way = sa.select(run.c.id).where(run.c.replay_of == first, run.c.state.in_(children.OPEN))
    other = connection.execute(under_way.limit(1)).scalar_one_or_none()
    if other is not None:
        raise InputError(
            "This run is being replayed already.", advice=f"Look at the run {other}.", field="run"
        )


def _existing(connection: sa.Connection, run_id: str) -> sa.Row[Any]:
    row = connection.execute(sa.select(run).where(run.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no run {run_id}.", advice="'intacct runs list' names them.")
    return row


def _note(connection: sa.Connection, actor: str, action: str, run_id: str, after: Any) -> None:
    entry = audit.Entry(
        actor=actor, action=action, object=f"run/{run_id}", after=after, run_id=run_id
    )
    audit.append(connection, entry)

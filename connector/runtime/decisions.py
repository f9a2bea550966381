"""What a person decides about a run: try again, it is there, send again, make another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError, NotFound
from connector.intacct.ports import EffectState
from connector.runtime import children, runs
from connector.runtime.bells import ADVANCE_RUN, EFFECTS
from connector.runtime.effect_rows import audit_effect
from connector.runtime.intents import control_id
from connector.runtime.limits import Priority
from connector.runtime.services import Services
from connector.store import audit, clock
from connector.store.json_text import to_json
from connector.store.tables import effect, run, step

RETRIED = (runs.FAILED, runs.PARKED, runs.PARTIAL, runs.CANCELLED)

# What becomes of a parked write that a person did not find in Intacct.
TO_BE_SENT: Mapping[str, Any] = {"state": EffectState.PLANNED, "looks": 0, "resends": 0}


def found_under(key: str, actor: str) -> dict[str, Any]:
    """Return what becomes of a parked write that a person found under this record number."""
    evidence = to_json({"decidedBy": actor})
    return {"state": EffectState.SUCCEEDED, "key": key, "evidence": evidence}


def retry(services: Services, run_id: str, *, actor: str) -> None:
    """Let a run that failed, in whole or in part, go on at its first unfinished step.

    What was written to Intacct is found in the ledger and not repeated.

    Raises:
        NotFound: There is no such run.
        InputError: It is still going, or has succeeded.
    """
    services.database.write(lambda connection: requeue(connection, run_id, actor))
    services.bells.ring(ADVANCE_RUN, run_id, EFFECTS)


def it_is_there(services: Services, run_id: str, key: str, *, actor: str, path: str = "") -> None:
    """Record what a person found in Intacct: the run's parked write exists under this key.

    Args:
        services: The installation.
        run_id: The run.
        key: The record number.
        actor: Who decides.
        path: The step, where writes of several steps wait.

    Raises:
        NotFound: There is no such run.
        InputError: None of its writes waits for a person, or several do and no step is named.
    """
    _decide(services, run_id, path, found_under(key, actor), actor)


def send_again(services: Services, run_id: str, *, actor: str, path: str = "") -> None:
    """Record what a person found in Intacct: the run's parked write is not there; send it anew.

    It goes out under the next control id, since nobody knows what the old one would get.

    Raises:
        NotFound: There is no such run.
        InputError: None of its writes waits for a person, or several do and no step is named.
    """
    _decide(services, run_id, path, TO_BE_SENT, actor)


def another(services: Services, run_id: str, path: str, *, actor: str) -> None:
    """Let a finished step write once more, on purpose: its next write is another record.

    The other steps keep what they did. Whoever asks takes the blame for a second record, so the
    audit trail names them.

    Raises:
        NotFound: There is no such run.
        InputError: It is still going, or the step has no write that is done.
    """
    services.database.write(lambda connection: start_another(connection, run_id, path, actor))
    services.bells.ring(ADVANCE_RUN, run_id, EFFECTS)


def start_another(connection: sa.Connection, run_id: str, path: str, actor: str) -> None:
    """Do what ``another`` does, in the caller's transaction.

    Raises:
        NotFound: There is no such run.
        InputError: It is still going, or the step has no write that is done.
    """
    _existing(connection, run_id)
    mine = (effect.c.run_id == run_id) & (effect.c.step_path == path)
    rows = list(connection.execute(sa.select(effect).where(mine)))
    if not rows or any(row.state != EffectState.SUCCEEDED for row in rows):
        raise InputError(
            f"The step {path} of this run has no write that is done.",
            advice="Only what was written can be written once more; 'intacct runs show' tells.",
            field="step",
        )
    for row in {row.base_key or row.op_key: row for row in rows}.values():
        _raise_generation(connection, row, actor)
    again = step.update().where(step.c.run_id == run_id, step.c.path == path)
    connection.execute(again.values(state=runs.QUEUED))
    requeue(connection, run_id, actor, (*RETRIED, runs.SUCCEEDED))


def _raise_generation(connection: sa.Connection, row: sa.Row[Any], actor: str) -> None:
    base = effect.c.op_key == (row.base_key or row.op_key)
    raised = effect.update().where(base).values(generation=effect.c.generation + 1)
    number = connection.execute(raised.returning(effect.c.generation)).scalar_one()
    entry = audit.Entry(
        actor=actor,
        action="effect.another",
        object=row.object_name or row.function,
        before={"generation": number - 1},
        after={"generation": number},
        external_ref=row.key or None,
        run_id=row.run_id,
        op_key=row.base_key or row.op_key,
    )
    audit.append(connection, entry)


def _parked(connection: sa.Connection, run_id: str, path: str) -> sa.Row[Any]:
    """Return the one write of a run, or of its step, that waits for a person."""
    mine = (effect.c.run_id == run_id) & (effect.c.state == EffectState.PARKED)
    if path:
        mine &= effect.c.step_path == path
    rows = list(connection.execute(sa.select(effect).where(mine).order_by(effect.c.created_at)))
    if not rows:
        raise InputError("None of this run's writes waits for a decision.", field="run")
    if len(rows) > 1:
        steps = ", ".join(dict.fromkeys(str(row.step_path) for row in rows))
        raise InputError(
            f"Several writes of this run wait for a decision, in: {steps}.",
            advice="Say which step you mean; decide about one after the other.",
            field="step",
        )
    return rows[0]


def _decide(
    services: Services, run_id: str, path: str, values: Mapping[str, Any], actor: str
) -> None:
    def write(connection: sa.Connection) -> None:
        _existing(connection, run_id)
        note(connection, _parked(connection, run_id, path), values, actor)
        requeue(connection, run_id, actor)

    services.database.write(write)
    services.bells.ring(ADVANCE_RUN, run_id, EFFECTS)


def note(
    connection: sa.Connection, row: sa.Row[Any], values: Mapping[str, Any], actor: str
) -> None:
    """Write a person's decision into the row of a parked write, and into the audit trail."""
    given = {**values, "epoch": row.epoch + 1, "changed_at": clock.now_ms(connection)}
    if values["state"] is EffectState.PLANNED:
        given["cleared_at"] = given["changed_at"]
        given["attempt_class"] = row.attempt_class + 1
        given["control_id"] = control_id(row.op_key, row.attempt_class + 1)
    connection.execute(
        effect.update()
        .where(effect.c.op_key == row.op_key, effect.c.epoch == row.epoch)
        .values(**given)
    )
    audit_effect(connection, row.op_key, actor)


def requeue(
    connection: sa.Connection, run_id: str, actor: str, states: tuple[str, ...] = RETRIED
) -> None:
    """Let an ended run go on, in the caller's transaction; whoever waits around it waits again.

    Raises:
        NotFound: There is no such run.
        InputError: It is in none of these states, or too old.
    """
    row = _existing(connection, run_id)
    if row.pruned_at is not None:
        raise InputError(
            "This run's data was removed for its age; it cannot be tried again.",
            advice="Its writes are still in the ledger; let the source send the event anew.",
            field="run",
        )
    children.await_again(connection, row)
    changed = connection.execute(
        run.update()
        .where(
            run.c.id == run_id,
            run.c.state.in_(states),
            run.c.epoch == row.epoch,
            run.c.pruned_at.is_(None),
        )
        .values(
            state=runs.QUEUED,
            not_before=clock.now_ms(connection),
            attempts=0,
            error=None,
            finished_at=None,
            cancelled_by=None,
            priority=Priority.AUTOMATION,
        )
    )
    if changed.rowcount != 1:
        is_going = row.state in children.OPEN
        raise InputError(
            f"This run is {row.state}; only one that failed or is parked can be tried again.",
            advice=f"It is under way already: look at the run {run_id}." if is_going else "",
            field="run",
        )
    children.reopen(connection, step.c.run_id == run_id)
    entry = audit.Entry(
        actor=actor, action="run.retry", object=f"run/{run_id}", before=row.state, run_id=run_id
    )
    audit.append(connection, entry)


def _existing(connection: sa.Connection, run_id: str) -> sa.Row[Any]:
    row = connection.execute(sa.select(run).where(run.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no run {run_id}.", advice="'intacct runs list' names them.")
    return row

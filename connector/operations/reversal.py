"""Taking a run back: first a plan that says what becomes of each write, then exactly that plan.

History is never changed. What is in the books is taken back by new documents, in a run of its own
whose writes have keys of their own: one per write that is undone, whoever asks and however often.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError, NotFound
from connector.operations import inverses, reversal_steps, reversals
from connector.operations.inverses import Judge, Undo, Verdict
from connector.operations.reversal_reading import Looks, changed_elsewhere, writes_of
from connector.operations.reversals import PLANNED, STARTED, Plan
from connector.runtime import children, runs
from connector.runtime.bells import ADVANCE_RUN, EFFECTS
from connector.runtime.services import Services
from connector.store import audit, clock
from connector.store.insert import insert_once
from connector.store.json_text import to_json
from connector.store.tables import effect, reversal, run, workflow

MOST_WRITES = 5_000
_ID_LENGTH = 32


def propose(services: Services, run_id: str, *, day: str, actor: str) -> Plan:
    """Say what would become of each write of a run; nothing is changed.

    Records are read in Intacct to find out, many in one call.

    Args:
        services: The installation.
        run_id: The run.
        day: The day of the reversals, ISO text; it has to be in an open period.
        actor: Who asks.

    Raises:
        NotFound: There is no such run.
        InputError: It has not ended, is part of another run, is itself a reversal, wrote nothing,
            or the day is none.
        ConnectorError: Intacct cannot be asked.
    """
    _check_day(day)
    services.database.read(lambda c: _check_run(c, run_id))
    undos = _decided(services, run_id, day)
    if not undos:
        raise InputError("This run has written nothing, so there is nothing to take back.")
    document = reversals.document_of(undos, _companies(services, undos))
    plan_id = _id_of(run_id, day, undos)
    row = {
        "id": plan_id,
        "of_run": run_id,
        "day": day,
        "actor": actor,
        "writes": to_json(document),
        "created_at": clock.NOW,
    }

    def write(connection: sa.Connection) -> Plan:
        older = reversal.delete().where(reversal.c.of_run == run_id, reversal.c.state == PLANNED)
        connection.execute(older.where(reversal.c.id != plan_id))
        insert_once(connection, reversal, row)
        return reversals.one(connection, plan_id)

    return services.database.write(write)


def execute(services: Services, plan_id: str, *, actor: str, confirm: str) -> Plan:
    """Start exactly what a plan says, and return it with the run that does it.

    Args:
        services: The installation.
        plan_id: The plan.
        actor: Who starts it.
        confirm: What ``Plan.needs`` asks to be typed: the company's ID.

    Raises:
        NotFound: There is no such plan.
        InputError: It was started already, another reversal of the run is under way, the company
            was not named, nothing can be taken back, or something has moved since.
    """
    made = services.database.read(lambda connection: reversals.one(connection, plan_id))
    _check_unstarted(made)
    if confirm.strip() != made.needs:
        raise InputError(
            f"This writes to the company {made.needs}; nothing was started.",
            advice="Type the company's ID to confirm that it is the one you mean.",
            field="confirm",
        )
    services.database.read(lambda c: _check_run(c, made.of_run))
    undos = _decided(services, made.of_run, made.day)
    if _id_of(made.of_run, made.day, undos) != plan_id:
        raise InputError(
            "Something has changed since this plan was made, so nothing was started.",
            advice="Make the plan anew and look at it again.",
            field="plan",
        )
    if not any(each.verdict is Verdict.UNDO for each in undos):
        raise InputError("Nothing of this run can be taken back now.", field="plan")
    new_id = services.database.write(lambda c: _start(c, services, made, undos, actor))
    services.bells.ring(ADVANCE_RUN, new_id, EFFECTS)
    return services.database.read(lambda connection: reversals.one(connection, plan_id))


def _check_day(day: str) -> None:
    try:
        date.fromisoformat(day)
    except ValueError:
        raise InputError(
            f"'{day[:40]}' is no day.",
            advice="Write it as 2026-03-31, in a period that is open.",
            field="date",
        ) from None


def _check_run(connection: sa.Connection, run_id: str) -> None:
    row = connection.execute(sa.select(run).where(run.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no run {run_id}.", advice="'intacct runs list' names them.")
    if reversals.links(connection, row.root_id or run_id).reverses:
        raise InputError(
            "This run is itself a reversal, and a reversal is final.",
            advice="Record anew what should stand in the books after all.",
            field="run",
        )
    if row.parent_id:
        raise InputError(
            "This run is part of another one.",
            advice=f"Take the outer one back: {row.root_id}.",
            field="run",
        )
    if row.state in children.OPEN:
        raise InputError(
            f"This run is {row.state}.", advice="Wait for its end, or cancel it.", field="run"
        )


def _decided(services: Services, run_id: str, day: str) -> list[Undo]:
    """Return what becomes of each write of a run, as things are now."""
    writes = writes_of(services, run_id)
    if len(writes) > MOST_WRITES:
        raise InputError(
            f"This run has more than {MOST_WRITES} writes, too many to take back at once.",
            advice="Take them back one by one, or with a sync.",
            field="run",
        )
    looks = Looks(services)
    try:
        asked = [write for write in writes if not inverses.before_looking(write)]
        judge = Judge(
            run_id,
            day,
            looks.records(asked),
            changed_elsewhere(services, run_id, asked),
            looks.users,
        )
        undos = judge.decide(writes)
    finally:
        looks.keep_costs()
    return inverses.known(undos, _done(services, run_id, undos))


def _done(services: Services, run_id: str, undos: Sequence[Undo]) -> dict[str, tuple[str, str]]:
    """Return what the ledger knows of undoing these writes: the state, and the run."""
    wanted = {
        reversal_steps.op_key(run_id, each, undos): each.write.op_key
        for each in undos
        if each.verdict is Verdict.UNDO
    }
    backs = sa.select(run.c.id).where(run.c.workflow_id == reversal_steps.workflow_id(run_id))
    found = sa.select(effect.c.op_key, effect.c.state, effect.c.run_id).where(
        effect.c.run_id.in_(backs)
    )
    rows = services.database.read(lambda connection: list(connection.execute(found)))
    return {wanted[row.op_key]: (row.state, row.run_id) for row in rows if row.op_key in wanted}


def _companies(services: Services, undos: Sequence[Undo]) -> list[str]:
    ids = {each.write.connection_id for each in undos if each.verdict is Verdict.UNDO}
    found = (services.connections.by_id(each) for each in ids)
    return sorted({str(services.connections.open(row).get("companyId", row.name)) for row in found})


def _id_of(run_id: str, day: str, undos: Sequence[Undo]) -> str:
    """Return the id of a plan: another one as soon as anything in it is."""
    decided = [
        [each.write.op_key, each.write.state, each.verdict, each.reason, each.way, each.inputs]
        for each in undos
    ]
    return hashlib.sha256(to_json([run_id, day, decided]).encode()).hexdigest()[:_ID_LENGTH]


def _start(
    connection: sa.Connection, services: Services, made: Plan, undos: Sequence[Undo], actor: str
) -> str:
    # One at a time: whoever clicks twice, or has another plan, gets one reversal.
    first = connection.execute(sa.select(run).where(run.c.id == made.of_run).with_for_update())
    outer = first.one()
    _check_run(connection, made.of_run)
    _check_unstarted(reversals.one(connection, made.id))
    earlier = _earlier(connection, made.of_run)
    name = connection.execute(
        sa.select(workflow.c.name).where(workflow.c.id == outer.workflow_id)
    ).scalar_one()
    definition = reversal_steps.definition_of(
        reversal_steps.name_of(name, made.of_run), undos, services.registry
    )
    version = reversal_steps.put(connection, made.of_run, definition, actor=actor)
    now = clock.now_ms(connection)
    new_id = str(uuid.uuid4())
    values = {
        "id": new_id,
        "workflow_id": reversal_steps.workflow_id(made.of_run),
        "version": version,
        "state": runs.QUEUED,
        "input": to_json(reversal_steps.event_of(made.of_run, undos)),
        "replay_of": earlier,
        "started_by": actor,
        "not_before": now,
        "created_at": now,
    }
    connection.execute(run.insert().values(**values))
    mine = reversal.update().where(reversal.c.id == made.id, reversal.c.state == PLANNED)
    started = {"state": STARTED, "started_by": actor, "started_at": now, "reversal_run": new_id}
    connection.execute(mine.values(**started))
    _note(connection, actor, made, new_id)
    return new_id


def _earlier(connection: sa.Connection, run_id: str) -> str | None:
    """Return the first run that took this one back, whose writes a later one never repeats.

    Raises:
        InputError: One of them has not ended.
    """
    backs = reversals.links(connection, run_id).reversed_by
    found = sa.select(run.c.id).where(run.c.id.in_(backs), run.c.state.in_(children.OPEN))
    going = connection.execute(found.limit(1)).scalar_one_or_none()
    if going is not None:
        raise InputError(
            "This run is being taken back already; nothing was started.",
            advice=f"Look at the run {going}.",
            field="run",
        )
    return backs[0] if backs else None


def _check_unstarted(made: Plan) -> None:
    if made.state != PLANNED:
        moment = datetime.fromtimestamp((made.started_at or 0) / 1000, UTC)
        raise InputError(
            f"This reversal was started already, by {made.started_by} at "
            f"{moment:%Y-%m-%d %H:%M} UTC; nothing was started again.",
            advice=f"Look at the run {made.reversal_run}; what failed there can be retried.",
            field="plan",
        )


def _note(connection: sa.Connection, actor: str, made: Plan, new_id: str) -> None:
    after: dict[str, Any] = {"reversal": new_id, "plan": made.id, "date": made.day}
    for run_id in (made.of_run, new_id):
        entry = audit.Entry(
            actor=actor,
            action="run.reverse",
            object=f"run/{made.of_run}",
            after=after,
            run_id=run_id,
        )
        audit.append(connection, entry)

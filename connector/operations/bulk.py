"""Trying many runs again: first a plan that says what would come of it, then exactly that plan.

The plan's id is a hash of all it rests on. Who executes it has to name it, and is refused when
anything has moved since, or when somebody has started it already. Its runs go out behind everyday
work, so many at a time, and go on after any interruption: each item is started in the same
transaction that says so.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError
from connector.operations import forecasts, replays
from connector.operations.forecasts import REPLAY, STARTED
from connector.operations.replays import DONE, PLANNED, RUNNING, Plan, one
from connector.runtime import children, control, decisions
from connector.runtime.bells import ADVANCE_RUN, EFFECTS
from connector.runtime.limits import Priority
from connector.runtime.services import Services
from connector.store import audit, clock
from connector.store.tables import replay_item, replay_plan, run

AT_ONCE = 50  # runs of one plan under way: everyday work finds room beside them
STARTED_ITEM, LEFT, REFUSED = "started", "left", "refused"

_CHANGED = "It has changed since the plan was made."


def execute(services: Services, plan_id: str, *, actor: str) -> Plan:
    """Start exactly what a plan says; return how far it is. The sweeper carries it on.

    Raises:
        NotFound: There is no such plan.
        InputError: It was started already, nothing in it can be started, or something has moved.
    """
    made = services.database.read(lambda connection: one(connection, plan_id))
    _check_unstarted(made)
    wanted = [item.run_id for item in made.items]
    now = services.database.read(lambda c: replays.forecasts_of(c, services, made.action, wanted))
    if replays.id_of(made.action, now) != plan_id:
        raise InputError(
            "Something has changed since this plan was made, so nothing was started.",
            advice="Make the plan anew and look at it again.",
            field="plan",
        )
    if not any(item.outcome in STARTED for item in now):
        raise InputError("None of these runs can be tried again now.", field="plan")
    services.database.write(lambda connection: _begin(connection, plan_id, actor))
    carry_on(services, plan_id)
    return services.database.read(lambda connection: one(connection, plan_id))


def tend(services: Services) -> None:
    """Carry on every plan that is under way."""
    going = sa.select(replay_plan.c.id).where(replay_plan.c.state == RUNNING)
    ordered = going.order_by(replay_plan.c.started_at)
    for plan_id in services.database.read(lambda c: c.execute(ordered).scalars().all()):
        carry_on(services, plan_id)


def carry_on(services: Services, plan_id: str) -> None:
    """Start as many more runs of a plan as there is room for, and end it after the last one."""
    row, waiting = services.database.read(lambda connection: _next(connection, plan_id))
    for run_id in waiting:
        _start(services, row, run_id)
    services.database.write(lambda connection: _end(connection, plan_id))


def _check_unstarted(made: Plan) -> None:
    if made.state != PLANNED:
        moment = datetime.fromtimestamp((made.started_at or 0) / 1000, UTC)
        raise InputError(
            f"This plan was started already, by {made.started_by} at {moment:%Y-%m-%d %H:%M} UTC;"
            " nothing was started again.",
            advice=f"'intacct replay show {made.id}' tells how far it is.",
            field="plan",
        )


def _begin(connection: sa.Connection, plan_id: str, actor: str) -> None:
    mine = replay_plan.update().where(replay_plan.c.id == plan_id, replay_plan.c.state == PLANNED)
    values = {"state": RUNNING, "started_by": actor, "started_at": clock.now_ms(connection)}
    if connection.execute(mine.values(**values)).rowcount != 1:
        _check_unstarted(one(connection, plan_id))
    left = replay_item.update().where(
        replay_item.c.plan_id == plan_id, replay_item.c.forecast.not_in(STARTED)
    )
    connection.execute(left.values(state=LEFT))
    made = one(connection, plan_id)
    entry = audit.Entry(
        actor, f"bulk.{made.action}", f"plan/{plan_id}", after={"forecasts": made.forecasts}
    )
    audit.append(connection, entry)


def _next(connection: sa.Connection, plan_id: str) -> tuple[sa.Row[Any], list[str]]:
    row = replays.existing(connection, plan_id)
    mine = replay_item.c.plan_id == plan_id
    going = (
        sa.select(sa.func.count())
        .select_from(replay_item.join(run, run.c.id == replay_item.c.started_run))
        .where(mine, replay_item.c.state == STARTED_ITEM, run.c.state.in_(children.OPEN))
    )
    room = AT_ONCE - int(connection.execute(going).scalar_one())
    waiting = sa.select(replay_item.c.run_id).where(mine, replay_item.c.state == PLANNED)
    ordered = waiting.order_by(replay_item.c.number).limit(max(0, room))
    return row, list(connection.execute(ordered).scalars())


def _start(services: Services, made: sa.Row[Any], run_id: str) -> None:
    """Start one run of a plan, unless it is started or has changed meanwhile."""

    def write(connection: sa.Connection) -> str:
        found = sa.select(replay_item).where(
            replay_item.c.plan_id == made.id, replay_item.c.run_id == run_id
        )
        item = connection.execute(found.with_for_update()).one()
        if item.state != PLANNED:
            return ""
        row = connection.execute(sa.select(run).where(run.c.id == run_id)).one()
        now = forecasts.forecast(connection, services.registry, made.action, row)
        if now.mark != item.mark:
            raise InputError(_CHANGED)
        started = _started(connection, made, run_id)
        _mark_item(connection, made.id, run_id, state=STARTED_ITEM, started_run=started)
        return started

    try:
        started = services.database.write(write)
    except InputError as error:
        why = error.title
        services.database.write(lambda c: _mark_item(c, made.id, run_id, state=REFUSED, reason=why))
        return
    if started:
        services.bells.ring(ADVANCE_RUN, started, EFFECTS)


def _started(connection: sa.Connection, made: sa.Row[Any], run_id: str) -> str:
    if made.action == REPLAY:
        return control.start_replay(connection, run_id, made.started_by, Priority.BACKFILL)
    decisions.requeue(connection, run_id, made.started_by)
    behind = run.update().where(run.c.id == run_id)
    connection.execute(behind.values(priority=Priority.BACKFILL))
    return run_id


def _mark_item(connection: sa.Connection, plan_id: str, run_id: str, **values: str) -> None:
    mine = (replay_item.c.plan_id == plan_id) & (replay_item.c.run_id == run_id)
    waits = replay_item.update().where(mine, replay_item.c.state == PLANNED)
    connection.execute(waits.values(**values))


def _end(connection: sa.Connection, plan_id: str) -> None:
    mine = replay_item.c.plan_id == plan_id
    waits = sa.exists().where(mine, replay_item.c.state == PLANNED)
    going = sa.exists().where(
        mine, run.c.id == replay_item.c.started_run, run.c.state.in_(children.OPEN)
    )
    over = replay_plan.update().where(
        replay_plan.c.id == plan_id, replay_plan.c.state == RUNNING, ~waits, ~going
    )
    connection.execute(over.values(state=DONE, finished_at=clock.now_ms(connection)))

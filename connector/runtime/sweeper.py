"""Rings for every row that is due and nobody works on, whatever the broker lost."""

from __future__ import annotations

import sqlalchemy as sa

from connector.intacct.ports import EffectState
from connector.runtime import runs
from connector.runtime.bells import (
    ADVANCE_RUN,
    EFFECTS,
    QUARANTINE,
    ROUTE_EVENT,
    SETTLE_EFFECT,
    TRIGGERS,
)
from connector.runtime.inbox import RECEIVED
from connector.runtime.services import Services
from connector.store import clock
from connector.store.tables import effect, inbox, run

# Rows rung for in one sweep; the rest is due at the next one.
MOST_ROWS = 1000

Ring = tuple[str, str | int, str]


def sweep(services: Services) -> int:
    """Ring for what is due and return how many rows that were.

    A row just committed has its own bell under way, so only what is a sweep old counts.
    """
    grace_ms = int(services.settings.sweep_seconds * 1000)
    due = services.database.read(
        lambda connection: _due(connection, grace_ms, services.patience.settle_after_ms)
    )
    for task, row_id, queue in due:
        services.bells.ring(task, row_id, queue)
    return len(due)


def _due(connection: sa.Connection, grace_ms: int, settle_after_ms: int) -> list[Ring]:
    now = clock.now_ms(connection)
    events = (
        sa.select(inbox.c.id)
        .where(inbox.c.state == RECEIVED, inbox.c.received_at <= now - grace_ms)
        .limit(MOST_ROWS)
    )
    waiting = (
        sa.select(run.c.id, run.c.attempts)
        .where(run.c.state.in_(runs.DUE), run.c.not_before <= now - grace_ms)
        .limit(MOST_ROWS)
    )
    abandoned = (
        sa.select(run.c.id)
        .where(run.c.state == runs.RUNNING, run.c.lease_until < now)
        .limit(MOST_ROWS)
    )
    unsettled = (
        sa.select(effect.c.op_key)
        .where(
            ((effect.c.state == EffectState.UNCERTAIN) & (effect.c.look_at <= now))
            | (
                (effect.c.state == EffectState.SENDING)
                & (effect.c.call_deadline + settle_after_ms <= now)
            )
        )
        .limit(MOST_ROWS)
    )
    rings: list[Ring] = [
        (ROUTE_EVENT, row_id, TRIGGERS) for row_id in connection.execute(events).scalars()
    ]
    rings += [(ADVANCE_RUN, row.id, EFFECTS) for row in connection.execute(waiting)]
    # What lost its worker runs alone, so that it can only take itself along.
    rings += [
        (ADVANCE_RUN, run_id, QUARANTINE) for run_id in connection.execute(abandoned).scalars()
    ]
    rings += [
        (SETTLE_EFFECT, op_key, EFFECTS) for op_key in connection.execute(unsettled).scalars()
    ]
    return rings

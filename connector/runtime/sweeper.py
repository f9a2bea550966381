"""Rings for every row that is due and nobody works on, whatever the broker lost."""

from __future__ import annotations

import sqlalchemy as sa

from connector.intacct.ports import EffectState
from connector.runtime import poll_rows, pulse, runs
from connector.runtime.bells import (
    ADVANCE_RUN,
    EFFECTS,
    LONGEST_COUNTDOWN_SECONDS,
    POLL,
    QUARANTINE,
    ROUTE_EVENT,
    SETTLE_EFFECT,
    TRIGGERS,
)
from connector.runtime.inbox import RECEIVED
from connector.runtime.services import Services
from connector.runtime.tokens import warn_of_ends
from connector.store import clock
from connector.store.tables import effect, inbox, run

# Rows rung for in one sweep; the rest is due at the next one.
MOST_ROWS = 1000

Ring = tuple[str, str | int, str]


def sweep(services: Services) -> int:
    """Ring for what is due and return how many rows that were.

    A row just committed has its own bell under way, so only what is a sweep old counts.
    """
    poll_rows.adopt(services.database, services.registry, services.connections)
    rings = due(services)
    for task, row_id, queue in rings:
        services.bells.ring(task, row_id, queue)
    _ring_polls(services)
    warn_of_ends(services.grants, services.connections)
    services.database.write(lambda connection: pulse.beat(connection, pulse.SWEEPER))
    return len(rings)


def _ring_polls(services: Services) -> None:
    """Ring for what is due, and for what will be before the next sweep when its time has come."""
    ahead_ms = int(min(services.settings.sweep_seconds, LONGEST_COUNTDOWN_SECONDS) * 1000)
    found = services.database.read(lambda c: poll_rows.due(c, ahead_ms, MOST_ROWS))
    for workflow_id, seconds in found:
        services.bells.ring(POLL, workflow_id, TRIGGERS, in_seconds=seconds)


def due(services: Services) -> list[Ring]:
    """Return what is due and nobody works on, at most so many rows of each kind."""
    grace_ms = int(services.settings.sweep_seconds * 1000)
    return services.database.read(
        lambda connection: _due(connection, grace_ms, services.patience.settle_after_ms)
    )


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
        .order_by(run.c.not_before)  # after an outage the oldest goes first
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

"""Delivers our own events: at least once, signed, by a schedule of retries that has an end.

One worker at a time works off what a subscriber is owed, so that a slow one holds up one thread
and nobody else. A receiver in trouble is left in peace for a while instead of being asked for
every event anew.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from connector.operations.sending import Attempt, Event, send
from connector.operations.subscribers import STOPPED
from connector.runtime.bells import MAINTENANCE
from connector.runtime.services import Services
from connector.store import clock
from connector.store.outbox import ACTIVE, WAITING
from connector.store.problems import StoreUnavailable
from connector.store.tables import outbound_delivery, outbound_event, subscriber

DELIVER = "connector.deliver"
DELIVERED, DEAD = "delivered", "dead"

# How long after each attempt the next one is made, as Standard Webhooks suggests; after the last
# of them there is none.
RETRY_SECONDS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
KEPT_MS = 30 * 24 * 3600 * 1000  # for how long one can see what was told

_LEASE_MS = 60_000  # longer than one call; every outcome renews it
_STRETCH_SECONDS = 30.0  # then others get the thread
_AT_ONCE = 50
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 5, 300
_MOST_PRUNED = 1_000

_OWED_NOW = (
    sa.select(outbound_delivery.c.event_number)
    .where(
        outbound_delivery.c.subscriber_id == subscriber.c.id,
        outbound_delivery.c.state == WAITING,
        outbound_delivery.c.due_at <= clock.NOW,
    )
    .exists()
)
_IS_FREE = (
    (subscriber.c.state == ACTIVE)
    & (sa.func.coalesce(subscriber.c.lease_until, 0) <= clock.NOW)
    & (sa.func.coalesce(subscriber.c.paused_until, 0) <= clock.NOW)
)
_FRESH = (
    sa.select(outbound_delivery.c.subscriber_id)
    .join(outbound_event, outbound_event.c.number == outbound_delivery.c.event_number)
    .where(
        outbound_event.c.run_id == sa.bindparam("of_run"),
        outbound_delivery.c.state == WAITING,
        outbound_delivery.c.attempts == 0,
    )
    .distinct()
)


def announce(services: Services, run_id: str) -> None:
    """Ring for those who are owed an event of this run; what is missed here the sweep finds."""
    try:
        given = {"of_run": run_id}
        found = services.database.read(lambda c: list(c.execute(_FRESH, given).scalars()))
    except StoreUnavailable:
        return
    _ring(services, found)


def sweep(services: Services) -> int:
    """Ring for everybody who is owed something now, forget what is long over; return how many."""
    owed = sa.select(subscriber.c.id).where(_IS_FREE, _OWED_NOW)
    found = services.database.read(lambda c: list(c.execute(owed).scalars()))
    _ring(services, found)
    if services.database.read(_old):
        services.database.write(_prune)
    return len(found)


def deliver(services: Services, subscriber_id: str) -> int:
    """Work off what a subscriber is owed now and return how many attempts that took.

    Does nothing where another worker is at it, where it is stopped, or while it is left in peace
    after a failure.
    """
    row = services.database.write(lambda c: _claim(c, subscriber_id))
    if row is None:
        return 0
    made, goes_on = 0, True
    ends_at = time.monotonic() + _STRETCH_SECONDS
    while goes_on and (owed := services.database.read(lambda c: _due(c, subscriber_id))):
        for number, attempts, event in owed:
            attempt = send(services, row, event)
            made += 1
            keep = partial(_keep, row=row, number=number, attempts=attempts + 1, attempt=attempt)
            goes_on = services.database.write(keep) and time.monotonic() < ends_at
            if not goes_on:
                break
    if services.database.write(lambda c: _release(c, row)):
        _ring(services, [subscriber_id])
    return made


def _ring(services: Services, subscriber_ids: Sequence[str]) -> None:
    for one in subscriber_ids:
        services.bells.ring(DELIVER, one, MAINTENANCE)


def _claim(connection: sa.Connection, subscriber_id: str) -> sa.Row[Any] | None:
    mine = subscriber.update().where(subscriber.c.id == subscriber_id, _IS_FREE, _OWED_NOW)
    taken = mine.values(lease_until=clock.NOW + _LEASE_MS, epoch=subscriber.c.epoch + 1)
    return connection.execute(taken.returning(subscriber)).one_or_none()


def _due(connection: sa.Connection, subscriber_id: str) -> list[tuple[int, int, Event]]:
    delivery, event = outbound_delivery.c, outbound_event.c
    found = (
        sa.select(delivery.attempts, outbound_event)
        .join(outbound_event, event.number == delivery.event_number)
        .where(
            delivery.subscriber_id == subscriber_id,
            delivery.state == WAITING,
            delivery.due_at <= clock.NOW,
        )
        .order_by(delivery.due_at, event.number)
        .limit(_AT_ONCE)
    )
    return [
        (row.number, row.attempts, Event(row.id, row.type, row.subject, row.data, row.at))
        for row in connection.execute(found)
    ]


def _keep(
    connection: sa.Connection, row: sa.Row[Any], number: int, attempts: int, attempt: Attempt
) -> bool:
    """Write an outcome down and say whether to go on with the next event."""
    now = clock.now_ms(connection)
    values = {"lease_until": now + _LEASE_MS, **_of_subscriber(row, attempt, now)}
    mine = subscriber.update().where(subscriber.c.id == row.id, subscriber.c.epoch == row.epoch)
    if connection.execute(mine.values(**values)).rowcount != 1:
        return False  # another worker has it since; what was delivered may come once more
    connection.execute(
        outbound_delivery.update()
        .where(
            outbound_delivery.c.event_number == number,
            outbound_delivery.c.subscriber_id == row.id,
        )
        .values(attempts=attempts, status=attempt.status, **_of_delivery(attempt, attempts, now))
    )
    return not (attempt.is_troubled or attempt.is_gone)


def _of_subscriber(row: sa.Row[Any], attempt: Attempt, now: int) -> dict[str, Any]:
    if attempt.is_delivered:
        return {"failures": 0, "paused_until": None, "problem": ""}
    if attempt.is_gone:
        gone = "The receiver said that it wants no events any more, so it is told nothing."
        return {"state": STOPPED, "problem": gone}
    if not attempt.is_troubled:
        return {"problem": attempt.note}
    pause = min(_FIRST_PAUSE_SECONDS * 2 ** min(row.failures, 10), _LONGEST_PAUSE_SECONDS)
    pause = max(pause, attempt.asked_seconds)
    return {
        "failures": row.failures + 1,
        "paused_until": now + pause * 1000,
        "problem": attempt.note,
    }


def _of_delivery(attempt: Attempt, attempts: int, now: int) -> dict[str, Any]:
    if attempt.is_delivered:
        return {"state": DELIVERED, "ended_at": now, "note": ""}
    if attempt.is_gone or attempts > len(RETRY_SECONDS):
        return {"state": DEAD, "ended_at": now, "note": attempt.note}
    seconds = max(RETRY_SECONDS[attempts - 1], attempt.asked_seconds)
    # A little later than that, so that what failed together does not come back together.
    spread = secrets.randbelow(seconds * 100)
    return {"due_at": now + seconds * 1000 + spread, "note": attempt.note}


def _release(connection: sa.Connection, row: sa.Row[Any]) -> bool:
    """Let others take the subscriber; say whether it is owed more at once."""
    mine = subscriber.update().where(subscriber.c.id == row.id, subscriber.c.epoch == row.epoch)
    if connection.execute(mine.values(lease_until=None)).rowcount != 1:
        return False
    more = sa.select(subscriber.c.id).where(subscriber.c.id == row.id, _IS_FREE, _OWED_NOW)
    return connection.execute(more).first() is not None


def _old(connection: sa.Connection) -> list[int]:
    """Return some events that are long over; what still waits for somebody is not."""
    waiting = sa.select(outbound_delivery.c.event_number).where(
        outbound_delivery.c.event_number == outbound_event.c.number,
        outbound_delivery.c.state == WAITING,
    )
    old = sa.select(outbound_event.c.number).where(
        outbound_event.c.at < clock.NOW - KEPT_MS, ~waiting.exists()
    )
    return list(connection.execute(old.limit(_MOST_PRUNED)).scalars())


def _prune(connection: sa.Connection) -> None:
    old = outbound_event.c.number.in_(_old(connection))
    connection.execute(outbound_event.delete().where(old))

"""What was told to whom, what was given up, and trying that once more."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import NotFound
from connector.operations.outbound import DEAD, DELIVER
from connector.runtime.bells import MAINTENANCE
from connector.runtime.services import Services
from connector.store import audit, clock
from connector.store.json_text import from_json
from connector.store.outbox import WAITING
from connector.store.tables import outbound_delivery, outbound_event, subscriber


@dataclass(frozen=True)
class Delivery:
    """One event and one subscriber.

    Args:
        event_id: What receivers see as ``webhook-id``.
        type: Such as ``run.failed``.
        subject: What it happened to.
        data: What it says.
        subscriber: The name of who is told.
        state: ``waiting``, ``delivered`` or ``dead``.
        attempts: How often it was tried.
        status: What was answered last.
        note: What went wrong last.
        happened_at: Milliseconds since 1970.
        due_at: When it is tried again, where it waits.
    """

    event_id: str
    type: str
    subject: str
    data: Any
    subscriber: str
    state: str
    attempts: int
    status: int | None
    note: str
    happened_at: int
    due_at: int | None

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return asdict(self)


def listed(
    connection: sa.Connection, *, name: str = "", state: str = "", limit: int = 50
) -> list[Delivery]:
    """Return deliveries, the newest event first.

    Args:
        connection: To the database.
        name: Only those to this subscriber.
        state: Only those in this state.
        limit: How many at most.
    """
    found = _joined().order_by(outbound_event.c.number.desc()).limit(limit)
    if name:
        found = found.where(subscriber.c.name == name)
    if state:
        found = found.where(outbound_delivery.c.state == state)
    return [_delivery(row) for row in connection.execute(found)]


def send_again(services: Services, event_id: str, *, actor: str) -> int:
    """Deliver an event once more to those for whom it was given up; return how many they are.

    Raises:
        NotFound: No such event was given up for anybody.
    """

    def write(connection: sa.Connection) -> list[str]:
        wanted = sa.select(outbound_event.c.number).where(outbound_event.c.id == event_id)
        dead = (outbound_delivery.c.state == DEAD) & (
            outbound_delivery.c.event_number == wanted.scalar_subquery()
        )
        values = {"state": WAITING, "attempts": 0, "due_at": clock.NOW, "ended_at": None}
        again = outbound_delivery.update().where(dead).values(**values)
        found = connection.execute(again.returning(outbound_delivery.c.subscriber_id))
        owed = list(found.scalars())
        if not owed:
            raise NotFound(
                f"No event {event_id} was given up.",
                advice="'intacct events deliveries --state dead' lists those that were.",
            )
        entry = audit.Entry(actor, "event.send-again", f"event/{event_id}")
        audit.append(connection, entry)
        return owed

    owed = services.database.write(write)
    for subscriber_id in owed:
        services.bells.ring(DELIVER, subscriber_id, MAINTENANCE)
    return len(owed)


def _joined() -> sa.Select[Any]:
    return (
        sa.select(
            outbound_event,
            outbound_delivery.c.state,
            outbound_delivery.c.attempts,
            outbound_delivery.c.status,
            outbound_delivery.c.note,
            outbound_delivery.c.due_at,
            subscriber.c.name,
        )
        .join(outbound_delivery, outbound_delivery.c.event_number == outbound_event.c.number)
        .join(subscriber, subscriber.c.id == outbound_delivery.c.subscriber_id)
    )


def _delivery(row: sa.Row[Any]) -> Delivery:
    return Delivery(
        event_id=row.id,
        type=row.type,
        subject=row.subject,
        data=from_json(row.data),
        subscriber=row.name,
        state=row.state,
        attempts=row.attempts,
        status=row.status,
        note=row.note,
        happened_at=row.at,
        due_at=row.due_at if row.state == WAITING else None,
    )

"""The test address of a connection: a quarter of an hour in which deliveries are only looked at.

What arrives there is kept as a sample and never routed, so that nothing a person tries out can
write. The times stand in the inbox itself, beside the samples.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from connector.component import Event, Reply, Webhook
from connector.connections.store import ConnectionRow
from connector.errors import Untrusted
from connector.runtime import inbox as deliveries
from connector.runtime.services import Services
from connector.store import clock
from connector.store.json_text import to_json
from connector.store.tables import inbox

LISTENING = "listening"
SAMPLE = "sample"
LISTENING_MS = 15 * 60 * 1000
MOST_SAMPLES = 20

TEST_ENDING = "/test"  # what the address for trying out has at its end
_TEST = "(test)"  # no trigger can have this key, and no workflow waits for it


def address(services: Services, source: ConnectionRow, *, is_test: bool = False) -> str:
    """Return where deliveries go as senders know it: from the settings, never from a request."""
    base = services.settings.public_url.rstrip("/")
    return f"{base}/hooks/{source.hook_token}{TEST_ENDING if is_test else ''}"


def listen(services: Services, source: ConnectionRow) -> int:
    """Take deliveries at the connection's test address from now on; return when that ends.

    The end is in milliseconds since 1970. Samples beyond the newest twenty are forgotten.
    """

    def start(connection: sa.Connection) -> int:
        _forget(connection, source.id)
        now = clock.now_ms(connection)
        connection.execute(
            inbox.insert().values(**_row(source.id, LISTENING, LISTENING, "{}", now))
        )
        return now + LISTENING_MS

    return services.database.write(start)


def is_listening(services: Services, source: ConnectionRow) -> bool:
    """Say whether the connection's test address takes anything right now."""
    return services.database.read(lambda connection: _is_open(connection, source.id))


def take(
    services: Services,
    source: ConnectionRow,
    webhook: Webhook,
    settings: Mapping[str, Any] | None = None,
) -> Reply:
    """Keep what a delivery brings as samples, verified and read like any other.

    Args:
        source: The connection whose test address it came to.
        settings: The connection's values, opened already.

    Raises:
        Untrusted: Nobody listens, or the sender did not sign it.
        InputError: It cannot be read.
    """
    opened = services.connections.open(source) if settings is None else settings
    found, reply = deliveries.read(services, source, webhook, opened)

    def keep(connection: sa.Connection) -> None:
        if not _is_open(connection, source.id):
            raise Untrusted("Nobody listens at this test address any more.")
        now = clock.now_ms(connection)
        for _, event in found[:MOST_SAMPLES]:
            row = _row(source.id, SAMPLE, event.type, to_json(dict(event.data)), now)
            connection.execute(inbox.insert().values(**row, occurred_at=event.occurred_at))

    services.database.write(keep)
    return reply


def samples(services: Services, source: ConnectionRow) -> list[Event]:
    """Return what arrived at the test address, newest first."""
    query = (
        sa.select(inbox)
        .where(inbox.c.connection_id == source.id, inbox.c.state == SAMPLE)
        .order_by(inbox.c.id.desc())
        .limit(MOST_SAMPLES)
    )
    rows = services.database.read(lambda connection: list(connection.execute(query)))
    return [deliveries.event_of(row) for row in rows]


def _is_open(connection: sa.Connection, source_id: str) -> bool:
    begun = clock.now_ms(connection) - LISTENING_MS
    found = sa.select(inbox.c.id).where(
        *_own(source_id), inbox.c.state == LISTENING, inbox.c.received_at > begun
    )
    return connection.execute(found.limit(1)).first() is not None


def _forget(connection: sa.Connection, source_id: str) -> None:
    kept = sa.select(inbox.c.id).where(*_own(source_id), inbox.c.state == SAMPLE)
    newest = kept.order_by(inbox.c.id.desc()).limit(MOST_SAMPLES)
    connection.execute(inbox.delete().where(*_own(source_id), inbox.c.id.not_in(newest)))


def _own(source_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return inbox.c.connection_id == source_id, inbox.c.trigger_key == _TEST


def _row(source_id: str, state: str, kind: str, data: str, now: int) -> dict[str, Any]:
    return {
        "connection_id": source_id,
        "trigger_key": _TEST,
        "dedupe_key": f"{state}-{uuid.uuid4()}",
        "type": kind,
        "data": data,
        "received_at": now,
        "state": state,
    }

"""What tells one event from another: repeats are kept once, latecomers are known as such."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from connector.component import Event, Trigger, Webhook
from connector.component.trigger import REJECTED
from connector.store import clock
from connector.store.insert import insert_into, insert_once
from connector.store.json_text import to_json
from connector.store.tables import TENANT, inbox

RECEIVED = "received"
ALIAS = "alias"  # not an event: another id under which one is known

_ORDERED = "ordered"
_DIGEST_DIGITS = 64
_LONGEST_NAME = 200

Found = tuple[Trigger, Event]


def keep(
    connection: sa.Connection, source_id: str, webhook: Webhook, events: Sequence[Found]
) -> list[int]:
    """Keep the events that are new, and return the numbers of those that can be routed."""
    new: list[int] = []
    raw_sha256 = hashlib.sha256(webhook.raw).hexdigest()
    insert = _insertion(connection.dialect.name)
    for trigger, event in events:
        row: dict[str, Any] = {
            "connection_id": source_id,
            "trigger_key": trigger.key,
            "type": event.type,
            "raw_sha256": raw_sha256,
        }
        if _is_echo(connection, row, event, webhook.received_at):
            continue
        row |= {
            "dedupe_key": _dedupe_key(event, webhook.received_at),
            "event_id": name_of(event),
            "data": to_json(dict(event.data)),
            "occurred_at": event.occurred_at,
            "state": REJECTED if event.type == REJECTED else RECEIVED,
        }
        row_id = connection.execute(insert, row).scalar_one_or_none()
        if row_id is not None and event.type != REJECTED:
            new.append(int(row_id))
    return new


@cache
def _insertion(dialect_name: str) -> sa.Executable:
    """Return what keeps an event unless it is there, and tells its number, in one statement.

    Made once: putting a statement together takes longer than running it.
    """
    statement = insert_into(dialect_name, inbox).values(received_at=clock.NOW)
    return statement.on_conflict_do_nothing().returning(inbox.c.id)


def name_of(event: Event) -> str:
    """Return what its sender calls an event, for people who look for it.

    Its sender chose it: PostgreSQL keeps no NUL, and has no index of long texts.
    """
    return str(event.data.get("eventId") or event.id).replace("\0", "")[:_LONGEST_NAME]


def _dedupe_key(event: Event, now_ms: int, windows_ago: int = 0) -> str:
    """Return what tells the event from every other one of its trigger."""
    key = event.id
    if event.window_ms is not None:
        key = f"{key}@{now_ms // event.window_ms - windows_ago}"
    if not event.order:
        return key
    # The order stands first, so that the unique index finds all events of one order; digits of
    # one length alone, because every collation sorts those alike.
    return f"{_ordered_prefix(event.order)}{hashlib.sha256(key.encode()).hexdigest()}"


def _ordered_prefix(order: str) -> str:
    return f"{_ORDERED}-{hashlib.sha256(order.encode()).hexdigest()[:32]}-"


def _is_echo(connection: sa.Connection, row: Mapping[str, Any], event: Event, now_ms: int) -> bool:
    """Say whether the event is known under another name than its own."""
    # Every alias is noted, also beside one that is known: the next repeat may carry this one.
    known = {**row, "data": "{}", "state": ALIAS, "received_at": clock.NOW}
    noted = [
        insert_once(connection, inbox, {**known, "dedupe_key": alias}) for alias in event.aliases
    ]
    if not all(noted):
        return True
    if event.window_ms is None:
        return False
    earlier = sa.select(inbox.c.id).where(
        *_same_source(row["connection_id"], row["trigger_key"]),
        inbox.c.dedupe_key == _dedupe_key(event, now_ms, windows_ago=1),
        inbox.c.received_at > now_ms - event.window_ms,
    )
    return connection.execute(earlier).first() is not None


def _same_source(connection_id: str, trigger_key: str) -> Iterator[sa.ColumnElement[bool]]:
    yield inbox.c.tenant == TENANT  # the unique index begins with it
    yield inbox.c.connection_id == connection_id
    yield inbox.c.trigger_key == trigger_key


_NEWER = (
    sa.select(inbox.c.id)
    .where(
        inbox.c.tenant == TENANT,  # the unique index begins with it
        inbox.c.connection_id == sa.bindparam("of_connection"),
        inbox.c.trigger_key == sa.bindparam("of_trigger"),
        inbox.c.dedupe_key.between(sa.bindparam("first"), sa.bindparam("last")),
        inbox.c.occurred_at > sa.bindparam("moment"),
        inbox.c.id < sa.bindparam("wanted"),
    )
    .limit(1)
)


def is_overtaken(connection: sa.Connection, row: sa.Row[Any]) -> bool:
    """Say whether a newer event of the same order had arrived before this one."""
    if row.occurred_at is None or not row.dedupe_key.startswith(f"{_ORDERED}-"):
        return False
    prefix = row.dedupe_key[:-_DIGEST_DIGITS]
    given = {
        "of_connection": row.connection_id,
        "of_trigger": row.trigger_key,
        "first": f"{prefix}{'0' * _DIGEST_DIGITS}",
        "last": f"{prefix}{'f' * _DIGEST_DIGITS}",
        "moment": row.occurred_at,
        "wanted": row.id,
    }
    return connection.execute(_NEWER, given).first() is not None

"""What a poll found: runs, deliveries and the records it has seen, in the caller's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from connector.component import Event
from connector.component.polling import Arrival, Seen
from connector.component.trigger import REJECTED
from connector.runtime.echoes import name_of
from connector.runtime.inbox import RECEIVED, ROUTED, event_of
from connector.runtime.poll_rows import Claimed
from connector.runtime.runs import QUEUED
from connector.store import clock
from connector.store.database import Database
from connector.store.json_text import to_json
from connector.store.tables import inbox, poll, poll_record, run

_AT_ONCE = 500  # values in one statement
_ROWS_AT_ONCE = 50  # of some ten values each


def start_runs(
    connection: sa.Connection,
    claimed: Claimed,
    source_id: str,
    trigger_key: str,
    events: Sequence[Event],
) -> list[str]:
    """Keep events of this workflow alone, and return the runs they start: one each, ever."""
    now = clock.now_ms(connection)
    rows: list[dict[str, Any]] = [
        {
            "connection_id": source_id,
            "trigger_key": trigger_key,
            "dedupe_key": f"{claimed.workflow_id} {event.id}",
            "event_id": name_of(event),
            "type": event.type,
            "data": to_json(_brief(event.data)),
            "received_at": now,
            "occurred_at": event.occurred_at,
            "state": ROUTED,
            "routed_at": now,
        }
        for event in events
    ]
    inputs = {row["dedupe_key"]: event.data for row, event in zip(rows, events, strict=True)}
    new: list[dict[str, Any]] = [
        {
            "id": str(uuid.uuid4()),
            "workflow_id": claimed.workflow_id,
            "version": claimed.published.version,
            "inbox_id": number,
            "state": QUEUED,
            "not_before": now,
            "created_at": now,
            "input": to_json(dict(inputs[name])),
        }
        for number, name in _insert(connection, rows)
    ]
    if new:
        connection.execute(run.insert(), new)
    return [row["id"] for row in new]


def deliver(
    connection: sa.Connection, source_id: str, trigger_key: str, events: Sequence[Event]
) -> list[int]:
    """Put events into the inbox for whoever waits for them; return the numbers of new ones."""
    now = clock.now_ms(connection)
    rows = [
        {
            "connection_id": source_id,
            "trigger_key": trigger_key,
            "dedupe_key": event.id,
            "event_id": name_of(event),
            "type": event.type,
            "data": to_json(dict(event.data)),
            "received_at": now,
            "occurred_at": event.occurred_at,
            "state": REJECTED if event.type == REJECTED else RECEIVED,
        }
        for event in events
    ]
    unread = {event.id for event in events if event.type == REJECTED}
    return [number for number, name in _insert(connection, rows) if name not in unread]


def _brief(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what tells an event from others; its run holds all of it."""
    return {name: value for name, value in data.items() if not isinstance(value, dict | list)}


def _insert(
    connection: sa.Connection, rows: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[int, str]]:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    unique = list({row["dedupe_key"]: row for row in rows}.values())
    for part in _parts(unique, _ROWS_AT_ONCE):
        statement = dialect.insert(inbox).values(list(part)).on_conflict_do_nothing()
        for row in connection.execute(statement.returning(inbox.c.id, inbox.c.dedupe_key)):
            yield int(row.id), str(row.dedupe_key)


def remember(connection: sa.Connection, workflow_id: str, seen: Sequence[Seen]) -> None:
    """Keep what records looked like, in place of what was kept of them before."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(poll_record)
    names = ("id", "version", "state", "mark")
    statement = statement.on_conflict_do_update(
        index_elements=["workflow_id", "key"],
        set_={name: statement.excluded[name] for name in names},
    )
    rows = [
        {"workflow_id": workflow_id, "key": one.key} | {name: getattr(one, name) for name in names}
        for one in {one.key: one for one in seen}.values()
    ]
    if rows:
        connection.execute(statement, rows)


def forget(connection: sa.Connection, workflow_id: str, keys: Sequence[str]) -> None:
    """Forget records that are gone."""
    for part in _parts(list(keys), _AT_ONCE):
        connection.execute(
            poll_record.delete().where(
                poll_record.c.workflow_id == workflow_id, poll_record.c.key.in_(part)
            )
        )


def _parts(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


@dataclass(frozen=True)
class Remembered:
    """What one poll has kept (``component.polling.Memory``).

    Args:
        database: Where.
        workflow_id: Whose poll.
        sources: Connections and triggers whose events in the inbox tell of the same company.
    """

    database: Database
    workflow_id: str
    sources: Sequence[tuple[str, str]] = ()

    def known(self, keys: Sequence[str]) -> dict[str, Seen]:
        """Return the records among these that were seen before, by record number."""
        found: dict[str, Seen] = {}
        for part in _parts(list(keys), _AT_ONCE):
            rows = sa.select(poll_record).where(
                poll_record.c.workflow_id == self.workflow_id, poll_record.c.key.in_(part)
            )
            found |= {one.key: one for one in self._seen(rows)}
        return found

    def unmarked(self, mark: int, most: int) -> list[Seen]:
        """Return records that the full look of that number did not find."""
        rows = sa.select(poll_record).where(
            poll_record.c.workflow_id == self.workflow_id, poll_record.c.mark != mark
        )
        return self._seen(rows.limit(most))

    def arrivals(self, after: int, most: int) -> list[Arrival]:
        """Return what Intacct itself told of the company since the inbox's row of that number."""
        mine = sa.or_(
            *(
                (inbox.c.connection_id == connection_id) & (inbox.c.trigger_key == trigger_key)
                for connection_id, trigger_key in self.sources
            )
        )
        begun = sa.select(poll.c.since).where(poll.c.workflow_id == self.workflow_id)
        rows = (
            sa.select(inbox)
            .where(mine, inbox.c.id > after, inbox.c.received_at >= begun.scalar_subquery())
            .order_by(inbox.c.id)
            .limit(most)
        )
        found = self.database.read(lambda connection: list(connection.execute(rows)))
        return [Arrival(int(row.id), event_of(row)) for row in found]

    def _seen(self, rows: sa.Select[Any]) -> list[Seen]:
        found = self.database.read(lambda connection: list(connection.execute(rows)))
        return [Seen(row.key, row.id, row.version, row.state, row.mark) for row in found]

"""Deliveries become events, events become runs: kept before they are answered for."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from connector.component import Event, Reply, Trigger, Webhook
from connector.component.trigger import PLAIN_REPLY
from connector.connections.store import ConnectionRow
from connector.errors import Untrusted
from connector.runtime import echoes, workflows
from connector.runtime.bells import ADVANCE_RUN, EFFECTS, ROUTE_EVENT, TRIGGERS
from connector.runtime.echoes import Found
from connector.runtime.runs import QUEUED
from connector.runtime.services import Services
from connector.runtime.stretch import Stretch
from connector.runtime.workflows import Published
from connector.store import clock
from connector.store.insert import insert_once
from connector.store.json_text import from_json
from connector.store.problems import StoreUnavailable
from connector.store.tables import inbox, run

LOG = logging.getLogger(__name__)

RECEIVED = echoes.RECEIVED
ROUTED = "routed"
IGNORED = "ignored"
STALE = "stale"
ALIAS = echoes.ALIAS

_OVERTAKEN = "A newer change of the same record had arrived before it."

Settings = Mapping[str, Any]
Announce = Callable[[Sequence[int]], None]
Receive = Callable[[Webhook, Mapping[str, Any]], list[Event]]


def handshake(
    services: Services, source: ConnectionRow, webhook: Webhook, settings: Settings
) -> Reply | None:
    """Return the answer to a sender that only asks whether somebody is there, else None."""
    asked = (trigger.handshake(webhook, settings) for trigger in _receivers(services, source))
    return next((reply for reply in asked if reply is not None), None)


def accept(
    services: Services,
    source: ConnectionRow,
    webhook: Webhook,
    settings: Settings | None = None,
    announce: Announce | None = None,
) -> Reply:
    """Verify a delivery and keep its events; return what the sender is to be told.

    Once this returns, every event is committed; the bells are rung afterwards and may fail.

    Args:
        source: The connection whose address it came to.
        settings: The connection's values, opened already.
        announce: Rings for rows; without it each is rung for before this returns.

    Raises:
        Untrusted: The sender did not sign it.
        InputError: It cannot be read.
    """
    opened = services.connections.open(source) if settings is None else settings
    kept, reply = read(services, source, webhook, opened)
    new = services.database.write(
        lambda connection: echoes.keep(connection, source.id, webhook, kept)
    )
    if announce is not None:
        announce(new)
        return reply
    for row_id in new:
        services.bells.ring(ROUTE_EVENT, row_id, TRIGGERS)
    return reply


def read(
    services: Services, source: ConnectionRow, webhook: Webhook, settings: Settings
) -> tuple[list[Found], Reply]:
    """Verify a delivery and return its events and its answer, without keeping anything.

    Raises:
        Untrusted: The sender did not sign it.
        InputError: It cannot be read.
    """
    triggers = _receivers(services, source)
    if not triggers:
        raise Untrusted("Nothing takes deliveries for a connection of this kind.")
    found: list[Found] = []
    for trigger in triggers:
        trigger.verify(webhook, settings)
        found += [(trigger, event) for event in trigger.receive(webhook, settings)]
    replies = (trigger.acknowledge(webhook, settings) for trigger in triggers)
    return found, next((reply for reply in replies if reply is not PLAIN_REPLY), PLAIN_REPLY)


def _receivers(services: Services, source: ConnectionRow) -> list[Trigger]:
    """Return one trigger for each way of reading deliveries of this kind of connection."""
    found: dict[Receive, Trigger] = {}
    for trigger in services.registry.triggers_of(source.kind):
        found.setdefault(trigger.receive, trigger)
    return list(found.values())


# Built once: putting a statement together takes longer than running it.
_UNROUTED = (
    sa.select(inbox)
    .where(
        inbox.c.id.between(sa.bindparam("first"), sa.bindparam("last")), inbox.c.state == RECEIVED
    )
    .order_by(inbox.c.id)
)
_ROUTE = (
    inbox.update()
    .where(inbox.c.id == sa.bindparam("wanted"), inbox.c.state == RECEIVED)
    .values(routed_at=clock.NOW)
)


def route(services: Services, name: int | str) -> None:
    """Give every published workflow that wants an event one run of it.

    Args:
        name: The event's row, or a stretch of rows such as ``17-39``.
    """
    rows, candidates = services.database.read(lambda c: _unrouted(c, Stretch.of(name)))
    if not rows:
        return
    found = _Sources(services)
    wanted = [
        (row, [item for item in candidates if _wants(services, item, row, found)]) for row in rows
    ]
    runs = services.database.write(lambda connection: _start_all(connection, wanted))
    for run_id in runs:
        services.bells.ring(ADVANCE_RUN, run_id, EFFECTS)


def _unrouted(
    connection: sa.Connection, stretch: Stretch
) -> tuple[list[sa.Row[Any]], list[Published]]:
    rows = list(connection.execute(_UNROUTED, {"first": stretch.first, "last": stretch.last}))
    return rows, workflows.published(connection) if rows else []


class _Sources:
    """The connections that workflows name, each looked up once for all events of a stretch."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._ids: dict[str, str] = {}

    def id_of(self, name: str) -> str:
        """Return the id of the connection of that name, or nothing."""
        if name not in self._ids:
            source = self._services.connections.by_name(name)
            self._ids[name] = source.id if source else ""
        return self._ids[name]


def _wants(services: Services, item: Published, row: sa.Row[Any], sources: _Sources) -> bool:
    try:
        return _matches(services, item, row, sources)
    except StoreUnavailable:
        raise
    except Exception:
        # An event is never left lying for one workflow's trouble: its run will show the reason.
        LOG.exception("Workflow %s cannot say whether it wants event %s", item.workflow_id, row.id)
        return True


def _matches(services: Services, item: Published, row: sa.Row[Any], sources: _Sources) -> bool:
    wanted = item.definition.trigger
    trigger = services.registry.triggers.get(wanted.type)
    keeper = services.registry.triggers.get(row.trigger_key)
    if trigger is None or keeper is None or trigger.receive is not keeper.receive:
        return False
    if sources.id_of(wanted.connection) != row.connection_id:
        return False
    return trigger.matches(event_of(row), trigger.form.check(wanted.config))


def _start_all(
    connection: sa.Connection, wanted: Sequence[tuple[sa.Row[Any], Sequence[Published]]]
) -> list[str]:
    return [run_id for row, items in wanted for run_id in _start_runs(connection, row, items)]


def _start_runs(
    connection: sa.Connection, row: sa.Row[Any], wanted: Sequence[Published]
) -> list[str]:
    state, note = ROUTED, ""
    if not wanted:
        state, note = IGNORED, "No published workflow waits for this event."
    elif echoes.is_overtaken(connection, row):
        state, note = STALE, _OVERTAKEN
    given = {"wanted": row.id, "state": state, "note": note}
    changed = connection.execute(_ROUTE, given)
    if changed.rowcount != 1 or state != ROUTED:
        return []
    started: list[str] = []
    for item in wanted:
        run_id = str(uuid.uuid4())
        values = {
            "id": run_id,
            "workflow_id": item.workflow_id,
            "version": item.version,
            "inbox_id": row.id,
            "state": QUEUED,
            "not_before": clock.NOW,
            "created_at": clock.NOW,
        }
        if insert_once(connection, run, values):
            started.append(run_id)
    return started


def event_of(row: sa.Row[Any]) -> Event:
    """Return the event an inbox row holds."""
    data: Mapping[str, Any] = from_json(row.data)
    return Event(row.dedupe_key, row.type, data, row.occurred_at)

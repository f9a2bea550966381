"""Deliveries become events, events become runs: kept before they are answered for."""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from connector.component import Event, Trigger, Webhook
from connector.connections.store import ConnectionRow
from connector.errors import Untrusted
from connector.runtime import workflows
from connector.runtime.bells import ADVANCE_RUN, EFFECTS, ROUTE_EVENT, TRIGGERS
from connector.runtime.runs import QUEUED
from connector.runtime.services import Services
from connector.runtime.workflows import Published
from connector.store import clock
from connector.store.insert import insert_once
from connector.store.json_text import from_json, to_json
from connector.store.problems import StoreUnavailable
from connector.store.tables import inbox, run

LOG = logging.getLogger(__name__)

RECEIVED = "received"
ROUTED = "routed"
IGNORED = "ignored"
REJECTED = "rejected"
REJECTED_TYPE = "rejected"  # what a trigger calls an event it could not read


def accept(services: Services, source: ConnectionRow, webhook: Webhook) -> int:
    """Verify a delivery and keep its events; return how many were new.

    Once this returns, every event is committed; the bells are rung afterwards and may fail.

    Raises:
        Untrusted: The sender did not sign it.
        InputError: It cannot be read.
    """
    triggers = services.registry.triggers_of(source.kind)
    if not triggers:
        raise Untrusted("Nothing takes deliveries for a connection of this kind.")
    settings = services.connections.open(source)
    kept: list[tuple[Trigger, Event]] = []
    for trigger in triggers:
        trigger.verify(webhook, settings)
        kept += [(trigger, event) for event in trigger.receive(webhook)]
    new = services.database.write(lambda connection: _insert(connection, source.id, webhook, kept))
    for row_id in new:
        services.bells.ring(ROUTE_EVENT, row_id, TRIGGERS)
    return len(new)


def _insert(
    connection: sa.Connection,
    source_id: str,
    webhook: Webhook,
    events: list[tuple[Trigger, Event]],
) -> list[int]:
    new: list[int] = []
    raw_sha256 = hashlib.sha256(webhook.raw).hexdigest()
    now = clock.now_ms(connection)
    for trigger, event in events:
        key = {
            "connection_id": source_id,
            "trigger_key": trigger.key,
            "dedupe_key": event.id,
        }
        values = {
            **key,
            "type": event.type,
            "data": to_json(dict(event.data)),
            "raw_sha256": raw_sha256,
            "received_at": now,
            "occurred_at": event.occurred_at,
            "state": REJECTED if event.type == REJECTED_TYPE else RECEIVED,
        }
        if insert_once(connection, inbox, values) and event.type != REJECTED_TYPE:
            found = sa.select(inbox.c.id).where(*(inbox.c[k] == v for k, v in key.items()))
            new.append(int(connection.execute(found).scalar_one()))
    return new


def route(services: Services, row_id: int) -> None:
    """Give every published workflow that wants the event one run of it."""
    row, candidates = services.database.read(lambda connection: _unrouted(connection, row_id))
    if row is None:
        return
    wanted = [item for item in candidates if _wants(services, item, row)]
    runs = services.database.write(lambda connection: _start_runs(connection, row_id, wanted))
    for run_id in runs:
        services.bells.ring(ADVANCE_RUN, run_id, EFFECTS)


def _unrouted(connection: sa.Connection, row_id: int) -> tuple[sa.Row[Any] | None, list[Published]]:
    statement = sa.select(inbox).where(inbox.c.id == row_id, inbox.c.state == RECEIVED)
    row = connection.execute(statement).one_or_none()
    return row, workflows.published(connection) if row else []


def _wants(services: Services, item: Published, row: sa.Row[Any]) -> bool:
    try:
        return _matches(services, item, row)
    except StoreUnavailable:
        raise
    except Exception:
        # An event is never left lying for one workflow's trouble: its run will show the reason.
        LOG.exception("Workflow %s cannot say whether it wants event %s", item.workflow_id, row.id)
        return True


def _matches(services: Services, item: Published, row: sa.Row[Any]) -> bool:
    wanted = item.definition.trigger
    if wanted.type != row.trigger_key:
        return False
    source = services.connections.by_name(wanted.connection)
    if source is None or source.id != row.connection_id:
        return False
    trigger = services.registry.trigger(wanted.type)
    return trigger.matches(event_of(row), trigger.form.check(wanted.config))


def _start_runs(connection: sa.Connection, row_id: int, wanted: list[Published]) -> list[str]:
    now = clock.now_ms(connection)
    changed = connection.execute(
        inbox.update()
        .where(inbox.c.id == row_id, inbox.c.state == RECEIVED)
        .values(
            state=ROUTED if wanted else IGNORED,
            note="" if wanted else "No published workflow waits for this event.",
            routed_at=now,
        )
    )
    if changed.rowcount != 1:
        return []
    started: list[str] = []
    for item in wanted:
        run_id = str(uuid.uuid4())
        values = {
            "id": run_id,
            "workflow_id": item.workflow_id,
            "version": item.version,
            "inbox_id": row_id,
            "state": QUEUED,
            "not_before": now,
            "created_at": now,
        }
        if insert_once(connection, run, values):
            started.append(run_id)
    return started


def event_of(row: sa.Row[Any]) -> Event:
    """Return the event an inbox row holds."""
    data: Mapping[str, Any] = from_json(row.data)
    return Event(row.dedupe_key, row.type, data, row.occurred_at)

"""Turns a change of a record into events, inside the transaction of the change itself.

So an event exists when its change does: a rolled back function leaves neither.
"""

import json
import uuid
from datetime import datetime
from typing import Protocol

from connector.sandbox.config import COMPANY_ID
from connector.sandbox.events import definitions, formula
from connector.sandbox.events.definitions import (
    EVENT_QUEUE,
    HTTP_POST,
    SMART_OPERATIONS,
    SmartEvent,
    Trigger,
)
from connector.sandbox.events.merge_fields import Values, rendered
from connector.sandbox.objects import OBJECTS
from connector.sandbox.reader import Reader
from connector.sandbox.store import Body, Record, Store
from connector.sandbox.values import stamp

EVENTS = "PLATFORMEVENT"
LOG_OBJECT = "SMARTEVENTLOG"
WAITING = "waiting"
# The kinds of delivery: with signature and repetitions, without both, and none.
WEBHOOK, PLAIN_POST, QUEUE = "webhook", "post", "pull"
_TOPICS = {operation: event.upper() for event, operation in SMART_OPERATIONS.items()}


class Cause(Protocol):
    """What made the change: only what events say of it."""

    @property
    def at(self) -> datetime:
        """When it happened."""

    @property
    def user(self) -> str:
        """Who did it."""


def queued(client_id: str) -> str:
    """Return the state of events that wait in the queue of an application."""
    return f"queued {client_id}"


def record_change(
    store: Store, cause: Cause, operation: str, record: Record, before: Body | None = None
) -> None:
    """Make the events of one change: create, update or delete of a record.

    `before` is what an updated record held earlier; without it every field counts as changed.
    """
    if record.object not in OBJECTS:
        return
    change = _Change(store, cause, operation, record, before)
    for trigger in definitions.triggers(store, record.object):
        change.fire(trigger)
    for smart_event in definitions.smart_events(store, record.object):
        change.run(smart_event)


class _Change:
    """One change while its events are made."""

    def __init__(
        self, store: Store, cause: Cause, operation: str, record: Record, before: Body | None
    ) -> None:
        self._store = store
        self._at = cause.at
        self._user = cause.user
        self._operation = operation
        self._record = record
        self._before = before
        self._described = OBJECTS[record.object]

    def fire(self, trigger: Trigger) -> None:
        """Make an event for each activation of the trigger that the change meets."""
        if not trigger.deployed or not self._is_about(trigger.on_field_change):
            return
        for activation in trigger.activation:
            moment, _, operation = activation.partition("_")
            values = self._values(is_before=moment == "before")
            if operation != self._operation or not self._holds(trigger.condition, values):
                continue
            payload = rendered(self._described, trigger.template, values)
            is_webhook = trigger.webhook_delivery and trigger.type == HTTP_POST
            body = {
                "NAME": trigger.name,
                "KIND": WEBHOOK if is_webhook else PLAIN_POST,
                "URL": trigger.url,
                "CONTENTTYPE": trigger.content_type,
                "CLIENTID": trigger.client_id,
                "CONTEXT": json.dumps(self._context(trigger, activation)),
            }
            if trigger.type == EVENT_QUEUE:
                self._add({**body, "KIND": QUEUE}, payload, queued(trigger.client_id))
            else:
                self._add(body, payload, WAITING)

    def run(self, smart_event: SmartEvent) -> None:
        """Run a Smart Event that the change meets, and log it."""
        values = self._values(is_before=False)
        if SMART_OPERATIONS[smart_event.event] != self._operation:
            return
        if not self._holds(smart_event.condition, values):
            return
        self._log(smart_event)
        if smart_event.action != HTTP_POST:
            return
        body = {"NAME": smart_event.name, "KIND": PLAIN_POST, "URL": smart_event.url}
        payload = rendered(self._described, smart_event.body, values)
        self._add({**body, "CONTENTTYPE": smart_event.content_type}, payload, WAITING)

    def _is_about(self, field: str) -> bool:
        if not field or self._operation != "update" or self._before is None:
            return True
        return self._before.get(field, "") != self._record.body.get(field, "")

    def _values(self, *, is_before: bool) -> Values:
        """Return the values before or after the change; a new record has no number before it."""
        reader, record = Reader(self._store), self._record
        is_new = is_before and self._operation == "create"
        if is_before and self._before is not None:
            record = Record(**{**vars(record), "body": self._before})

        def value(path: str) -> str:
            return (
                "" if is_new and path == "RECORDNO" else reader.value(self._described, record, path)
            )

        return value

    def _holds(self, condition: str, values: Values) -> bool:
        return formula.parse(self._described, condition)(values)

    def _context(self, trigger: Trigger, activation: str) -> dict[str, object]:
        """Return the client context; it does not say which record, as the real one may not."""
        return {
            "COMPANY": COMPANY_ID,
            "ENTITY": self._record.entity or False,
            "USER": self._user,
            "OBJECTNAME": self._record.object,
            "RESTOBJECTNAME": definitions.rest_name(self._record.object),
            "DOCTYPE": "",
            "ID": {},
            "VID": "200",
            "EVENT": activation,
            "EVENTNAME": trigger.name,
            "TIMESTAMP": self._at.strftime("%m/%d/%Y %H:%M:%S"),
        }

    def _add(self, body: Body, payload: str, state: str) -> None:
        now = self._at.timestamp()
        more = {"PAYLOAD": payload, "KEY": str(uuid.uuid4()), "MADE": str(now), "DUE": str(now)}
        number = self._store.next_number(EVENTS)
        self._store.put(Record(EVENTS, number, state, self._record.entity, None, {**body, **more}))

    def _log(self, smart_event: SmartEvent) -> None:
        number = self._store.next_number(LOG_OBJECT)
        body = {
            "SMARTLINKID": smart_event.name,
            "TOPIC": f"{_TOPICS[self._operation]}_{self._record.object}",
            "OWNEROBJECT": self._record.object,
            "TIMESTAMP": stamp(self._at),
            "USERID": self._user,
            "OBJECTKEY": str(self._record.recordno),
        }
        self._store.put(Record(LOG_OBJECT, number, str(number), "", None, body))

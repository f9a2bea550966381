"""Intacct Queue: empty the event queue of an application; what is taken is kept before it goes."""

from __future__ import annotations

import base64
import binascii
import contextlib
import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import schemas
from connector.component import Event, Webhook
from connector.component.polling import Answer, Asking, PollingTrigger, refuse
from connector.component.trigger import REJECTED
from connector.errors import InputError, Refused
from triggers import intacct_event

_PATH = "/services/delivery/event"
_MOST_BATCHES = 50  # of one poll, so that a queue which gives the same for ever ends it
_LONGEST_SHOWN = 2000


def ask(asking: Asking) -> Answer:
    """Take one step: acknowledge what the step before has kept, else take the next batch.

    A batch goes out of the queue only after its events are committed; a worker that dies between
    the two finds the same batch, and events that are known.
    """
    state, client = asking.state, asking.ctx.intacct
    taken = int(state.get("taken", 0))
    if state.get("acknowledge"):
        # A refusal says that it was acknowledged before, and the word of it was lost.
        with contextlib.suppress(Refused):
            client.service("POST", f"{_PATH}/ack", {"ackId": state["acknowledge"]})
        return Answer({"taken": taken}, is_done=False)
    if taken >= _MOST_BATCHES:
        left = client.service("GET", f"{_PATH}/count")
        number = left.get("count", "more") if isinstance(left, dict) else "more"
        return Answer(
            {}, note=f"The event queue holds {number} more events; the next poll goes on."
        )
    name, events = _batch(client.service("GET", f"{_PATH}/list"))
    if not name:
        return Answer({})
    delivered = [_event(each, asking.now_ms) for each in events]
    return Answer({"taken": taken + 1, "acknowledge": name}, delivered=delivered, is_done=False)


def _batch(found: Any) -> tuple[str, Sequence[Any]]:
    """Return what a batch is acknowledged by and its events; where they stand is not documented."""
    if isinstance(found, list):
        found = next((each for each in found if isinstance(each, dict)), {})
    if not isinstance(found, dict):
        return "", ()
    events = next((value for value in found.values() if isinstance(value, list)), [])
    return str(found.get("ackId") or ""), events


def _event(found: Any, now_ms: int) -> Event:
    """Return one event of a batch; one that cannot be read is kept for a person."""
    if not isinstance(found, dict):
        return _unread(found, "")
    own, number = found, str(found.get("eventId") or "")
    try:
        raw = base64.b64decode(str(own.get("payload") or ""), validate=True)
        headers = {
            "content-type": str(own.get("contentType") or ""),
            "x-clientcontext": str(own.get("clientContext") or ""),
        }
        (read,) = intacct_event.receive(Webhook("POST", "", headers, raw, now_ms), {})
    except (binascii.Error, ValueError, InputError):
        return _unread(found, number)
    name = number or hashlib.sha256(raw + str(own.get("clientContext")).encode()).hexdigest()
    return dataclasses.replace(
        read,
        id=f"queue-{name}",
        data={**read.data, "proof": "queue"},
        window_ms=None,
        aliases=(),
        order="",
    )


def _unread(found: Any, number: str) -> Event:
    shown = str(found)[:_LONGEST_SHOWN]
    name = number or hashlib.sha256(str(found).encode()).hexdigest()
    return Event(f"queue-{name}", REJECTED, {"event": shown})


def matches(event: Event, config: Mapping[str, Any]) -> bool:
    """Say whether an event of the queue is about a wanted object and change."""
    return "proof" in event.data and intacct_event.matches(event, config)


EVENT = "events/intacct.queue.json"

TRIGGER = PollingTrigger(
    key="intacct.queue",
    label="Intacct Queue",
    description="Starts the workflow for events that wait in the queue of an OAuth application.",
    connection="sage-intacct",
    event=EVENT,
    config="triggers/intacct.queue.json",
    verify=refuse,
    receive=refuse,
    matches=matches,
    enrich=intacct_event.enrich,
    example=schemas.load(EVENT)["examples"][0],
    ask=ask,
)

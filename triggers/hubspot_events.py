"""What all triggers of HubSpot share: its deliveries are proved and read once for all of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import orjson

from connector.component import Event, Webhook
from connector.component.trigger import REJECTED
from connector.errors import InputError
from connector.hubspot import deliveries, signature

MAX_EVENTS = 100  # HubSpot's own limit for one delivery
_SHOWN = 2000


def verify(webhook: Webhook, settings: Mapping[str, Any]) -> None:
    """Check HubSpot's signature with the connection's secrets.

    Raises:
        Untrusted: Not signed with one of them, or not within five minutes.
    """
    # Stored as true or as the text "true"; anything else keeps the strict side.
    allow_legacy = str(settings.get("legacySignatures", "")).lower() == "true"
    signature.verify(webhook, settings, allow_legacy=allow_legacy)


def receive(webhook: Webhook, _settings: Mapping[str, Any]) -> list[Event]:
    """Return the events of a delivery, whatever records they are about.

    An event that cannot be read becomes one of type ``rejected`` with the reason and what arrived,
    so that the others of its delivery are kept and a person can still see it. ``data`` holds the
    event as HubSpot sent it, and beside it ``objectType`` and ``recordId``.

    Raises:
        InputError: The delivery is not a list of at most 100 events.
    """
    items = webhook.body
    if not isinstance(items, list) or (items and not any(isinstance(one, dict) for one in items)):
        raise InputError("The delivery of HubSpot is not a list of events.")
    if len(items) > MAX_EVENTS:
        raise InputError(f"The delivery of HubSpot holds more than {MAX_EVENTS} events.")
    return [_event(webhook, place, item) for place, item in enumerate(items)]


def _event(webhook: Webhook, place: int, item: Any) -> Event:
    reason = _why_unreadable(item)
    if reason:
        return _rejected(webhook, place, item, reason)
    kind = deliveries.event_type(item)
    moment = deliveries.digits(item.get("occurredAt"))
    named = {"objectType": kind.partition(".")[0], "recordId": deliveries.record_id(item)}
    return Event(
        id=deliveries.occurrence_id(item),
        type=kind,
        data={**orjson.loads(_stored(item)), **named},
        occurred_at=int(moment) if moment else None,
        order=deliveries.order(item),
    )


def _why_unreadable(item: Any) -> str:
    if not isinstance(item, dict):
        return "It is not an object of names and values."
    if not deliveries.event_type(item):
        return "It does not say what happened."
    if not deliveries.record_id(item):
        return "It does not name a record."
    if not (deliveries.digits(item.get("occurredAt")) or deliveries.digits(item.get("eventId"))):
        return "It carries neither a time nor a number."
    try:
        _stored(item)
    except orjson.JSONEncodeError:
        return "It holds values that cannot be stored, such as half a character."
    return ""


def _stored(item: dict[str, Any]) -> bytes:
    return orjson.dumps(item, default=str)  # numbers with a point become text


def _rejected(webhook: Webhook, place: int, item: Any, reason: str) -> Event:
    try:
        shown = json.dumps(item, default=str)[:_SHOWN]
    except RecursionError:
        shown = ""
    digest = hashlib.sha256(f"{place}:".encode() + webhook.raw).hexdigest()
    data = {"reason": reason, "position": place + 1, "event": shown}
    return Event(id=f"hubspot-rejected-{digest}", type=REJECTED, data=data)

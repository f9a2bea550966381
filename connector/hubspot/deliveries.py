"""Reads the events of a delivery: what happened to which record, and when it is the same again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

DEAL = "deal"
GENERIC = "object"
PROPERTY_CHANGE = "propertyChange"

# The names of the first object types (HubSpot's page on object type ids), singular as in events.
KINDS: Mapping[str, str] = {
    "0-1": "contact",
    "0-2": "company",
    "0-3": DEAL,
    "0-5": "ticket",
    "0-7": "product",
    "0-8": "line_item",
}

# What tells one occurrence from another. Left out on purpose: attemptNumber (a retry is the same
# occurrence), eventId (HubSpot does not promise that it is unique, nor that it stays), and
# subscriptionId (two subscriptions to one property report one change).
_IDENTITY = (
    "propertyName",
    "propertyValue",
    "occurredAt",
    "associationType",
    "associationRemoved",
    "fromObjectId",
    "toObjectId",
    "newObjectId",
    "mergedObjectIds",
)


def event_type(event: Mapping[str, Any]) -> str:
    """Return what happened, such as ``deal.propertyChange``; empty when the event does not say.

    Generic events (``object.propertyChange`` with an object type) get the name of the kind too,
    or the number of the type where it is one of the portal's own.
    """
    named = event.get("subscriptionType") or event.get("eventType")
    if not isinstance(named, str):
        return ""
    kind, _, what = named.partition(".")
    if kind != GENERIC:
        return named
    number = str(event.get("objectTypeId") or "")
    return f"{KINDS.get(number, number)}.{what}" if number else named


def record_id(event: Mapping[str, Any]) -> str:
    """Return the id of the record the event is about, or empty text.

    A merge names the record that remains; a changed association has it at one of its ends.
    """
    kind = event_type(event).partition(".")[0]
    end = "toObjectId"
    if str(event.get("associationType")).startswith(f"{kind.upper()}_TO_"):
        end = "fromObjectId"
    names = ("objectId", "newObjectId", "primaryObjectId", end)
    return next(filter(None, (digits(event.get(name)) for name in names)), "")


def occurrence_id(event: Mapping[str, Any]) -> str:
    """Return the same text for the same occurrence, however often and by whom it is delivered."""
    names = _IDENTITY if digits(event.get("occurredAt")) else (*_IDENTITY, "eventId")
    parts = [event_type(event), digits(event.get("portalId")), record_id(event)]
    parts += [_canonical(event.get(name)) for name in names]
    return "hubspot-" + hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def order(event: Mapping[str, Any]) -> str:
    """Return what the changes of one property of one record share; empty for all other events."""
    kind = event_type(event)
    if not kind.endswith(f".{PROPERTY_CHANGE}"):
        return ""
    portal, changed = digits(event.get("portalId")), event.get("propertyName")
    return f"{portal}/{kind}/{record_id(event)}/{changed}"


def digits(value: Any) -> str:
    """Return a whole number or its digits as text, else empty text."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if re.fullmatch(r"[0-9]{1,20}", text) else ""


def _canonical(value: Any) -> str:
    # Ids are numbers in one of HubSpot's APIs and text in another.
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else str(value)

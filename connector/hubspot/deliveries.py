"""Reads the events of a delivery: what happened to which deal, and when it is the same again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

DEAL_OBJECT_TYPE = "0-3"

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

    Generic events (``object.propertyChange`` with an object type) get the name of the kind too.
    """
    named = event.get("subscriptionType") or event.get("eventType")
    if not isinstance(named, str):
        return ""
    kind, _, what = named.partition(".")
    if kind == "object" and event.get("objectTypeId") == DEAL_OBJECT_TYPE:
        return f"deal.{what}"
    return named


def deal_id(event: Mapping[str, Any]) -> str:
    """Return the id of the deal the event is about, or empty text.

    A merge names the deal that remains; a changed association has the deal at one of its ends.
    """
    ends = ("toObjectId",)
    if str(event.get("associationType")).startswith("DEAL_TO_"):
        ends = ("fromObjectId",)
    names = ("objectId", "newObjectId", "primaryObjectId", *ends)
    return next(filter(None, (digits(event.get(name)) for name in names)), "")


def occurrence_id(event: Mapping[str, Any]) -> str:
    """Return the same text for the same occurrence, however often and by whom it is delivered."""
    names = _IDENTITY if digits(event.get("occurredAt")) else (*_IDENTITY, "eventId")
    parts = [event_type(event), digits(event.get("portalId")), deal_id(event)]
    parts += [_canonical(event.get(name)) for name in names]
    return "hubspot-" + hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def digits(value: Any) -> str:
    """Return a whole number or its digits as text, else empty text."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if re.fullmatch(r"[0-9]{1,20}", text) else ""


def _canonical(value: Any) -> str:
    # Ids are numbers in one of HubSpot's APIs and text in another.
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else str(value)

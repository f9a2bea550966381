"""CloudEvents 1.0 over HTTP: one event as a document, one in headers, or many in a list.

After the specification's HTTP protocol binding; which form it is, the content type says first.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from connector.errors import InputError
from connector.webhooks import bodies
from connector.webhooks.delivery import Delivery

MOST_EVENTS = 1000
_VERSION = "1.0"
_STRUCTURED = "application/cloudevents+json"
_BATCH = "application/cloudevents-batch+json"
_PREFIX = "ce-"


@dataclass(frozen=True)
class CloudEvent:
    """One event; ``source`` and ``id`` together are its identity.

    Args:
        attributes: All attributes as text, extensions too.
        data: What it carries.
    """

    attributes: Mapping[str, str]
    data: Any

    @property
    def id(self) -> str:
        """The id among those of its source."""
        return self.attributes["id"]

    @property
    def source(self) -> str:
        """Where it happened."""
        return self.attributes["source"]

    @property
    def type(self) -> str:
        """What happened."""
        return self.attributes["type"]


def read(delivery: Delivery) -> list[CloudEvent] | None:
    """Return the delivery's events, or None when it is not written as CloudEvents.

    Raises:
        InputError: It says that it is and then breaks the rules.
    """
    kind = delivery.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _BATCH:
        return _batch(bodies.read(delivery.content, kind).value)
    if kind == _STRUCTURED:
        return [_structured(bodies.read(delivery.content, kind).value)]
    if f"{_PREFIX}specversion" in delivery.headers:
        return [_binary(delivery)]
    return None


def _batch(value: Any) -> list[CloudEvent]:
    if not isinstance(value, list) or len(value) > MOST_EVENTS:
        raise InputError(f"The batch is not a list of at most {MOST_EVENTS} CloudEvents.")
    return [_structured(item) for item in value]


def _structured(value: Any) -> CloudEvent:
    if not isinstance(value, dict):
        raise InputError("The delivery is not a CloudEvent.")
    data = value.get("data")
    if "data_base64" in value:
        data = _unpacked(value["data_base64"], str(value.get("datacontenttype") or ""))
    named = {name: item for name, item in value.items() if name not in {"data", "data_base64"}}
    return _checked(named, data)


def _binary(delivery: Delivery) -> CloudEvent:
    named = {
        name.removeprefix(_PREFIX): unquote(value)
        for name, value in delivery.headers.items()
        if name.startswith(_PREFIX)
    }
    kind = delivery.headers.get("content-type", "")
    return _checked({**named, "datacontenttype": kind}, bodies.read(delivery.content, kind).value)


def _unpacked(text: Any, kind: str) -> Any:
    try:
        return bodies.read(base64.b64decode(text, validate=True), kind).value
    except (binascii.Error, TypeError, ValueError):
        raise InputError("The CloudEvent's data is not written in base 64.") from None


def _checked(named: Mapping[str, Any], data: Any) -> CloudEvent:
    attributes = {name: str(value) for name, value in named.items() if value not in (None, "")}
    missing = [name for name in ("id", "source", "type") if not attributes.get(name)]
    if missing or attributes.get("specversion") != _VERSION:
        raise InputError("The CloudEvent is not of version 1.0, or has no id, source or type.")
    return CloudEvent(attributes, data)

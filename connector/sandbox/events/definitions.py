"""Triggers and Smart Events as an administrator defines them, checked when they are defined."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from connector.sandbox.events import formula
from connector.sandbox.events.merge_fields import check_template
from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.rest.catalogue import CATALOGUE
from connector.sandbox.store import Record, Store

# Kept among the records of the company, so that a reset, a snapshot and a data file cover them.
TRIGGERS = "PLATFORMTRIGGER"
SMART_EVENTS = "SMARTEVENT"
HTTP_POST = "http_post"
EVENT_QUEUE = "event_queue"
LOG = "log"
ACTIVATIONS = tuple(
    f"{moment}_{operation}"
    for moment in ("before", "after")
    for operation in ("create", "update", "delete")
)
# What Smart Events call the operations of the ledger.
SMART_OPERATIONS = {"add": "create", "set": "update", "delete": "delete"}


def rest_name(name: str) -> str:
    """Return the REST name of an object, empty for one that REST does not have."""
    found = (path for path, shape in CATALOGUE.items() if shape.described.name == name)
    return next(found, "")


@dataclass(frozen=True)
class Trigger:
    """A platform trigger. `object` is the XML name; `activation` holds members of ACTIVATIONS.

    `on_field_change` is the field whose change an update needs, empty for any update. `type` is
    http_post (signed when `webhook_delivery`) or event_queue. `client_id` names the application
    whose secret signs and whose token reads the queue.
    """

    name: str
    object: str
    activation: tuple[str, ...]
    template: str
    type: str = HTTP_POST
    deployed: bool = True
    on_field_change: str = ""
    condition: str = "true"
    webhook_delivery: bool = True
    client_id: str = ""
    url: str = ""
    content_type: str = "application/json"

    def __post_init__(self) -> None:
        described = _object(self.object)
        if not self.activation or not set(self.activation) <= set(ACTIVATIONS):
            raise ValueError(f"activation takes one or more of {', '.join(ACTIVATIONS)}.")
        if self.type not in (HTTP_POST, EVENT_QUEUE):
            raise ValueError(f"type is {HTTP_POST} or {EVENT_QUEUE}.")
        if self.on_field_change and self.on_field_change not in described.fields:
            raise ValueError(f"{self.object} has no field {self.on_field_change}.")
        if (self.type == EVENT_QUEUE or self.webhook_delivery) and not self.client_id:
            raise ValueError("Name the application (client_id) whose secret or token is used.")
        if self.type == HTTP_POST:
            _check_url(self.url)
        formula.parse(described, self.condition)
        check_template(described, self.template)


@dataclass(frozen=True)
class SmartEvent:
    """A Smart Event: `event` is add, set or delete, `action` http_post (unsigned) or log."""

    name: str
    object: str
    event: str
    action: str = HTTP_POST
    condition: str = "true"
    url: str = ""
    body: str = ""
    content_type: str = "text/plain"

    def __post_init__(self) -> None:
        described = _object(self.object)
        if self.event not in SMART_OPERATIONS:
            raise ValueError(f"event is one of {', '.join(SMART_OPERATIONS)}.")
        if self.action not in (HTTP_POST, LOG):
            raise ValueError(f"action is {HTTP_POST} or {LOG}.")
        if self.action == HTTP_POST:
            _check_url(self.url)
        formula.parse(described, self.condition)
        check_template(described, self.body)


def _object(name: str) -> ObjectType:
    described = OBJECTS.get(name)
    if described is None:
        raise ValueError(f"There is no object {name}.")
    return described


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("url is a full address that starts with http:// or https://.")


def trigger_of(given: dict[str, Any]) -> Trigger:
    """Return the trigger that a JSON object describes.

    `object` may be the REST name, `activation` one text or a list, also written `after.create`.
    Raises ValueError for what does not fit.
    """
    settings = _settings(Trigger, given)
    settings["object"] = _xml_name(settings["object"])
    settings["on_field_change"] = str(settings.get("on_field_change", "")).upper()
    activation = settings["activation"]
    moments = [activation] if isinstance(activation, str) else activation
    if not isinstance(moments, list) or not all(isinstance(moment, str) for moment in moments):
        raise ValueError("activation is a text or a list of texts.")
    settings["activation"] = tuple(moment.replace(".", "_").lower() for moment in moments)
    return Trigger(**settings)


def smart_event_of(given: dict[str, Any]) -> SmartEvent:
    """Return the Smart Event that a JSON object describes; raises ValueError."""
    settings = _settings(SmartEvent, given)
    settings["object"] = _xml_name(settings["object"])
    settings["event"] = settings["event"].lower()
    return SmartEvent(**settings)


def _settings(kind: type[Trigger | SmartEvent], given: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with their names and types checked."""
    known = {field.name: field for field in fields(kind)}
    unknown = ", ".join(sorted(given.keys() - known.keys()))
    if unknown:
        raise ValueError(f"Unknown: {unknown}. Known: {', '.join(known)}.")
    own = ("activation", "template") if kind is Trigger else ("event",)
    missing = ", ".join(name for name in ("name", "object", *own) if not given.get(name))
    if missing:
        raise ValueError(f"Missing: {missing}.")
    for name, value in given.items():
        wanted = known[name].type
        if wanted in (str, bool) and not isinstance(value, wanted):
            raise ValueError(f"{name} is {'text' if wanted is str else 'true or false'}.")
    return dict(given)


def _xml_name(name: str) -> str:
    shape = CATALOGUE.get(name.lower())
    return shape.described.name if shape else name.upper()


def keep(store: Store, definition: Trigger | SmartEvent) -> None:
    """Remember a definition, in place of an earlier one of the same name."""
    kind = TRIGGERS if isinstance(definition, Trigger) else SMART_EVENTS
    with store.transaction():
        forget(store, kind, definition.name)
        number = store.next_number(kind)
        # Found by the object that is written, hence that is the id.
        body = {"NAME": definition.name, "DEFINITION": json.dumps(asdict(definition))}
        store.put(Record(kind, number, definition.object, "", None, body))


def forget(store: Store, kind: str, name: str) -> bool:
    """Remove the definition with that name; return whether there was one."""
    found = store.where(kind, "NAME", name)
    for record in found:
        store.remove(record)
    return bool(found)


def triggers(store: Store, object_name: str | None = None) -> list[Trigger]:
    """Return the triggers in the order of their definition, of one object or of all."""
    return [
        Trigger(**{**kept, "activation": tuple(kept["activation"])})
        for kept in _kept(store, TRIGGERS, object_name)
    ]


def smart_events(store: Store, object_name: str | None = None) -> list[SmartEvent]:
    """Return the Smart Events in the order of their definition, of one object or of all."""
    return [SmartEvent(**kept) for kept in _kept(store, SMART_EVENTS, object_name)]


def _kept(store: Store, kind: str, object_name: str | None) -> Iterable[dict[str, Any]]:
    found = store.by_id(kind, object_name) if object_name else store.select(kind)
    return [json.loads(record.body["DEFINITION"]) for record in found]

"""HubSpot Object: start when anything happens to any kind of record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import schemas
from connector.component import Context, Event, Trigger
from connector.errors import NotFound
from connector.hubspot.client import HubspotClient
from triggers import hubspot_events

# Where events name a kind in the singular and the CRM's addresses name it otherwise.
_PATHS: Mapping[str, str] = {
    "contact": "contacts",
    "company": "companies",
    "deal": "deals",
    "ticket": "tickets",
    "product": "products",
    "line_item": "line_items",
}
_GONE = frozenset({"deletion", "privacyDeletion"})


def matches(event: Event, config: Mapping[str, Any]) -> bool:
    """Say whether the event is about a wanted kind of record, event, property and value."""
    kind, _, what = event.type.partition(".")
    changed = event.data.get("propertyName")
    return (
        kind in config["objects"]
        and _is_among(what, config.get("events"))
        and (changed is None or _is_among(changed, config.get("properties")))
        and (changed is None or _is_among(_text(event, "propertyValue"), config.get("values")))
    )


def enrich(ctx: Context, event: Event, config: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what happened with the record as it is now; the record is null once it is deleted.

    A record that is gone although the event is not about its end starts nothing.
    """
    kind, _, what = event.type.partition(".")
    record = _record(ctx.hubspot, kind, str(event.data["recordId"]), config)
    if record is None and what not in _GONE:
        return None
    return {"event": _described(event, kind, what), "record": record}


def _record(
    hubspot: HubspotClient, kind: str, record_id: str, config: Mapping[str, Any]
) -> dict[str, Any] | None:
    wanted: Sequence[str] = config.get("fetch") or ()
    others: Sequence[str] = config.get("associations") or ()
    try:
        found = hubspot.get_record(_PATHS.get(kind, kind), record_id, wanted, others)
    except NotFound:
        return None
    return {
        "id": found.id,
        "isArchived": found.is_archived,
        "properties": dict(found.properties),
        "associations": {
            name.replace(" ", "_"): list(ids) for name, ids in found.associated.items()
        },
    }


def _described(event: Event, kind: str, what: str) -> dict[str, Any]:
    merged = event.data.get("mergedObjectIds")
    return {
        "object": kind,
        "what": what,
        "id": str(event.data["recordId"]),
        "portalId": _text(event, "portalId"),
        "occurredAt": event.occurred_at,
        "property": _text(event, "propertyName"),
        "value": _text(event, "propertyValue"),
        "source": _text(event, "changeSource"),
        "association": _association(event) if what == "associationChange" else None,
        "mergedIds": [str(one) for one in merged] if isinstance(merged, list) else [],
    }


def _association(event: Event) -> dict[str, Any]:
    return {
        "type": _text(event, "associationType"),
        "fromId": _text(event, "fromObjectId"),
        "toId": _text(event, "toObjectId"),
        "isRemoved": event.data.get("associationRemoved") is True,
        "isPrimary": event.data.get("isPrimaryAssociation") is True,
    }


def _is_among(found: str, wanted: Sequence[str] | None) -> bool:
    return not wanted or found in wanted


def _text(event: Event, name: str) -> str:
    value = event.data.get(name)
    return "" if value is None else str(value)


EVENT = "events/hubspot.object.json"

TRIGGER = Trigger(
    key="hubspot.object",
    label="HubSpot Object",
    description="Starts the workflow when a record of HubSpot is created, changed, linked, merged,"
    " deleted or restored.",
    connection="hubspot",
    event=EVENT,
    config="triggers/hubspot.object.json",
    verify=hubspot_events.verify,
    receive=hubspot_events.receive,
    matches=matches,
    enrich=enrich,
    example=schemas.load(EVENT)["examples"][0],
)

"""Defining triggers and Smart Events, and seeing their events: an extension under /_sandbox/.

Intacct has no API for it; there an administrator does it on a page.
"""

import json
from dataclasses import asdict, fields
from typing import Any

import flask

from connector.sandbox.company import Company
from connector.sandbox.events import definitions, faults
from connector.sandbox.events.definitions import SMART_EVENTS, TRIGGERS
from connector.sandbox.events.faults import DeliveryFault
from connector.sandbox.events.outbox import EVENTS
from connector.sandbox.rest.clients import CLIENTS
from connector.sandbox.store import Record

_FAULT_FIELDS = tuple(field.name for field in fields(DeliveryFault))


def create_admin(company: Company) -> flask.Blueprint:
    """Return the blueprint of /_sandbox/triggers, /_sandbox/smart_events and /_sandbox/events."""
    blueprint = flask.Blueprint("sandbox_events", __name__, url_prefix="/_sandbox")
    _add_definitions(blueprint, company)
    _add_events(blueprint, company)
    blueprint.register_error_handler(ValueError, _bad_request)
    return blueprint


def _bad_request(error: ValueError) -> tuple[flask.Response, int]:
    return flask.jsonify(error=str(error)), 400


def _posted() -> dict[str, Any]:
    body = flask.request.get_json(silent=True)
    if not isinstance(body, dict):
        raise ValueError("Post a JSON object.")  # noqa: TRY004 # one error type means a bad request
    return body


def _add_definitions(blueprint: flask.Blueprint, company: Company) -> None:
    store = company.store

    @blueprint.get("/triggers")
    def show_triggers() -> flask.Response:
        return flask.jsonify([asdict(trigger) for trigger in definitions.triggers(store)])

    @blueprint.post("/triggers")
    def define_trigger() -> flask.Response:
        trigger = definitions.trigger_of(_posted())
        if trigger.client_id and trigger.client_id not in CLIENTS:
            raise ValueError(f"There is no application {trigger.client_id}.")
        definitions.keep(store, trigger)
        return flask.jsonify(asdict(trigger))

    @blueprint.delete("/triggers/<path:name>")
    def remove_trigger(name: str) -> tuple[flask.Response, int]:
        return _removed(name, is_found=definitions.forget(store, TRIGGERS, name))

    @blueprint.get("/smart_events")
    def show_smart_events() -> flask.Response:
        return flask.jsonify([asdict(found) for found in definitions.smart_events(store)])

    @blueprint.post("/smart_events")
    def define_smart_event() -> flask.Response:
        smart_event = definitions.smart_event_of(_posted())
        definitions.keep(store, smart_event)
        return flask.jsonify(asdict(smart_event))

    @blueprint.delete("/smart_events/<path:name>")
    def remove_smart_event(name: str) -> tuple[flask.Response, int]:
        return _removed(name, is_found=definitions.forget(store, SMART_EVENTS, name))


def _removed(name: str, *, is_found: bool) -> tuple[flask.Response, int]:
    if is_found:
        return flask.jsonify(removed=name), 200
    return flask.jsonify(error=f"Nothing is named {name}."), 404


def _add_events(blueprint: flask.Blueprint, company: Company) -> None:
    @blueprint.get("/events")
    def show_events() -> flask.Response:
        return flask.jsonify([_shown(event) for event in company.store.select(EVENTS)])

    @blueprint.get("/events/faults")
    def show_faults() -> flask.Response:
        return flask.jsonify(faults.armed(company.store))

    @blueprint.post("/events/faults")
    def arm() -> flask.Response:
        faults.arm(company.store, _fault(_posted()))
        return flask.jsonify(faults.armed(company.store))

    @blueprint.delete("/events/faults")
    def disarm() -> flask.Response:
        faults.disarm(company.store)
        return flask.jsonify([])


def _fault(given: dict[str, Any]) -> DeliveryFault:
    """Return the fault that a posted object describes, its numbers checked."""
    unknown = ", ".join(sorted(given.keys() - set(_FAULT_FIELDS)))
    if unknown or "fault" not in given:
        raise ValueError(f"Unknown: {unknown}." if unknown else "Name a fault.")
    try:
        times, seconds = int(given.get("times", 1)), float(given.get("seconds", 5))
    except TypeError:
        raise ValueError("times and seconds are numbers.") from None
    return DeliveryFault(str(given["fault"]), times, seconds)


def _shown(event: Record) -> dict[str, Any]:
    """Return an event for reading; its state, and every attempt to deliver it."""
    body = event.body
    return {
        "id": body["KEY"],
        "name": body["NAME"],
        "state": event.id,
        "kind": body["KIND"],
        "url": body.get("URL", ""),
        "payload": body.get("PAYLOAD", ""),
        "context": json.loads(body.get("CONTEXT", "{}")),
        "attempts": json.loads(body.get("ATTEMPTS", "[]")),
    }

"""The event queue of an application: count, list and acknowledge, as its REST services."""

import base64
import uuid
from dataclasses import replace
from typing import Any

import flask

from connector.sandbox.company import Company
from connector.sandbox.events.deliveries import client_context
from connector.sandbox.events.outbox import EVENTS, QUEUE, queued
from connector.sandbox.rest.errors import RestError, enveloped, invalid, no_payload
from connector.sandbox.rest.grants import caller
from connector.sandbox.rest.http import API, error_reply, reply
from connector.sandbox.store import Record

PATH = f"{API}/services/delivery/event"
BATCH = 100
KEPT_SECONDS = 7 * 24 * 3600


def create_queue(company: Company) -> flask.Blueprint:
    """Return the blueprint of the queue services; a bearer token says whose queue it is."""
    blueprint = flask.Blueprint("sandbox_event_queue", __name__, url_prefix=PATH)

    @blueprint.get("/count")
    def count() -> flask.Response:
        return reply(enveloped({"count": len(_waiting(company, _client(company)))}))

    @blueprint.get("/list")
    def list_events() -> flask.Response:
        return reply(enveloped(_batch(company, _client(company))))

    @blueprint.post("/ack")
    def acknowledge() -> flask.Response:
        client = _client(company)
        ack_id = _ack_id()
        _acknowledge(company, client, ack_id)
        return reply(enveloped({"ackId": ack_id, "status": "success"}))

    @blueprint.errorhandler(RestError)
    def refuse(refused: RestError) -> flask.Response:
        return error_reply(company, refused)

    return blueprint


def _client(company: Company) -> str:
    return caller(company, flask.request.headers.get("Authorization", "")).sender


def _waiting(company: Company, client: str) -> list[Record]:
    """Return the events of the queue, oldest first, without those that are over seven days old."""
    oldest = company.now().timestamp() - KEPT_SECONDS
    with company.store.transaction():
        found = company.store.by_id(EVENTS, queued(client))
        for event in found:
            if float(event.body["MADE"]) < oldest:
                company.store.remove(event)
    return [event for event in found if float(event.body["MADE"]) >= oldest]


def _batch(company: Company, client: str) -> dict[str, Any] | list[Any]:
    """Return the next batch, the same one until it is acknowledged; an empty list for none."""
    with company.store.transaction():
        waiting = _waiting(company, client)
        if not waiting:
            return []
        ack_id = waiting[0].body.get("ACKID") or str(uuid.uuid4())
        batch = [event for event in waiting if event.body.get("ACKID") == ack_id]
        if not batch:
            batch = waiting[:BATCH]
            for event in batch:
                company.store.put(replace(event, body={**event.body, "ACKID": ack_id}))
    return {"ackId": ack_id, "events": [_shown(company, event) for event in batch]}


def _shown(company: Company, event: Record) -> dict[str, str]:
    return {
        "eventId": event.body["KEY"],
        "eventType": QUEUE,
        "payload": base64.b64encode(event.body.get("PAYLOAD", "").encode()).decode(),
        "clientContext": client_context(company, event.body),
        "contentType": event.body.get("CONTENTTYPE", ""),
    }


def _ack_id() -> str:
    body = flask.request.get_json(silent=True)
    if not flask.request.get_data():
        raise no_payload()
    if not isinstance(body, dict) or not isinstance(body.get("ackId"), str):
        raise invalid("Name the batch: ackId.")
    return str(body["ackId"])


def _acknowledge(company: Company, client: str, ack_id: str) -> None:
    """Remove a batch; raises RestError when there is none with that id."""
    with company.store.transaction():
        batch = [event for event in _waiting(company, client) if event.body.get("ACKID") == ack_id]
        if not batch:
            raise invalid(f"There is no batch {ack_id}.")
        for event in batch:
            company.store.remove(event)

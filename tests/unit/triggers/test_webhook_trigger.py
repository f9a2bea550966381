"""Any program's delivery: its id, its type, its order, and what a workflow sees of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import schemas
from connector.component import Context, Event, Webhook
from connector.component.trigger import PLAIN_REPLY
from tests.unit.connector.webhooks.deliveries import URL, delivery, signed_token
from tests.unit.connector.webhooks.test_bodies import ROW, message
from triggers.webhook import TRIGGER


def received(webhook: Webhook, **settings: Any) -> list[Event]:
    events = TRIGGER.receive(webhook, {"scheme": "hmac", **settings})
    for event in events:
        filled = TRIGGER.enrich(Context(), event, {})
        Draft202012Validator(schemas.resolve(TRIGGER.event)).validate(filled)
    return events


def one(body: Any, settings: Mapping[str, Any] | None = None, /, **headers: str) -> Event:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    (event,) = received(delivery(raw, **headers), **(settings or {}))
    return event


IDS: list[tuple[dict[str, Any], Any, dict[str, str]]] = [
    ({"scheme": "standard-webhooks"}, {"a": 1}, {"webhook_id": "ID"}),
    ({"scheme": "stripe"}, {"id": "ID"}, {}),
    ({"scheme": "github"}, {"a": 1}, {"x_github_delivery": "ID"}),
    ({"scheme": "shopify"}, {"a": 1}, {"x_shopify_event_id": "ID"}),
    ({"scheme": "shopify"}, {"a": 1}, {"x_shopify_webhook_id": "ID"}),
    ({"idHeader": "X-Delivery"}, {"a": 1}, {"x_delivery": "ID"}),
    ({"idPath": "event.0.id"}, {"event": [{"id": "ID"}]}, {}),
]


@pytest.mark.parametrize(("settings", "body", "headers"), IDS)
def test_senders_own_id_tells_one_event_from_another(
    settings: dict[str, Any], body: Any, headers: dict[str, str]
) -> None:
    def with_id(number: str, stamp: str = "1") -> Event:
        given = json.loads(json.dumps(body).replace("ID", number))
        named = {name: value.replace("ID", number) for name, value in headers.items()}
        return one(given, settings, webhook_timestamp=stamp, **named)

    assert with_id("evt_1").id == with_id("evt_1", stamp="2").id
    assert with_id("evt_1").id != with_id("evt_2").id
    assert with_id("evt_1").data["id"] == "evt_1"


def test_body_played_back_under_another_id_is_known_where_nobody_signs_the_id() -> None:
    for scheme, header in (("github", "x_github_delivery"), ("shopify", "x_shopify_event_id")):
        first = one({"a": 1}, {"scheme": scheme}, **{header: "1"})
        again = one({"a": 1}, {"scheme": scheme}, **{header: "2"})
        assert first.aliases == again.aliases != ()


def test_one_token_with_two_bodies_makes_two_events() -> None:
    settings = {"scheme": "jwt", "secret": "j"}
    token = "Bearer " + signed_token("j", {"jti": "1"})
    first = one({"a": 1}, settings, authorization=token)
    other = one({"a": 2}, settings, authorization=token)
    assert first.id != other.id
    assert first.id == one({"a": 1}, settings, authorization=token).id


def test_without_an_id_the_same_bytes_are_the_same_event_for_a_while() -> None:
    assert one({"a": 1}).id == one({"a": 1}).id != one({"a": 2}).id
    assert one({"a": 1}).window_ms == 86_400_000
    assert one({"a": 1}, {"scheme": "none"}).window_ms == 60_000
    assert one({"a": 1}, {"repeatSeconds": 5}).window_ms == 5000
    assert one({"id": "1"}, {"scheme": "stripe"}).window_ms is None


@pytest.mark.parametrize(
    ("body", "settings", "headers", "kind"),
    [
        ({"type": "a"}, {}, {}, "a"),
        ({"event": "a", "type": 1.5}, {}, {}, "1.5"),
        ({"event": {"name": "a"}}, {"typePath": "event.name"}, {}, "a"),
        ({"action": "opened"}, {}, {"x_github_event": "issues"}, "issues"),
        ({}, {}, {"x_shopify_topic": "orders/create"}, "orders/create"),
        ({}, {}, {}, "delivery"),
        (b"hello", {}, {}, "delivery"),
    ],
)
def test_type_is_found_where_senders_put_it(
    body: Any, settings: dict[str, Any], headers: dict[str, str], kind: str
) -> None:
    assert one(body, settings, **headers).type == kind


def test_order_is_known_only_where_the_connection_says_that_newer_replaces_older() -> None:
    paths = {"subjectPath": "order.id", "timePath": "order.at"}
    body = {"type": "t", "order": {"id": 7, "at": "2026-01-01T00:00:00Z"}}
    assert one(body, paths).order == ""
    event = one(body, {**paths, "onlyNewest": True})
    assert event.order == "t 7"
    assert event.occurred_at == 1767225600000
    assert event.data["subject"] == "7"
    assert one({"type": "t"}, {**paths, "onlyNewest": True}).order == ""


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2026-01-01T01:00:00+01:00", 1767225600000),
        ("2026-01-01T00:00:00", 1767225600000),
        (1767225600, 1767225600000),
        (1767225600000, 1767225600000),
        ("1767225600.5", 1767225600500),
        ("yesterday", None),
        ("1" * 30, None),
        (True, None),
        (None, None),
    ],
)
def test_time_is_read_in_every_common_form(moment: Any, found: int | None) -> None:
    assert one({"at": moment}, {"timePath": "at"}).occurred_at == found


def test_cloud_events_are_known_by_source_and_id() -> None:
    event = {"specversion": "1.0", "id": "1", "source": "/x", "type": "t", "data": {"a": 1}}
    kind = "application/cloudevents-batch+json"
    batch = [event, {**event, "source": "/y"}, {**event, "data": {"a": 2}}]
    first, other, same = received(delivery(json.dumps(batch).encode(), content_type=kind))
    assert first.id == same.id != other.id
    assert (first.type, first.data["source"], first.data["data"]) == ("t", "/x", {"a": 1})


def test_salesforce_is_answered_with_its_own_document() -> None:
    webhook = delivery(message(ROW.format(id="04l1") + ROW.format(id="04l2")))
    first, second = received(webhook, scheme="salesforce")
    assert first.id != second.id
    assert (first.type, first.data["subject"]) == ("Opportunity", "0065g")
    reply = TRIGGER.acknowledge(webhook, {"scheme": "salesforce"})
    assert b"<Ack>true</Ack>" in reply.body
    assert reply.headers["Content-Type"].startswith("text/xml")


def test_challenge_in_json_is_echoed_and_is_no_event() -> None:
    webhook = delivery(b'{"type": "url_verification", "challenge": "c-1"}')
    assert received(webhook) == []
    assert TRIGGER.acknowledge(webhook, {"scheme": "hmac"}).body == b"c-1"
    assert TRIGGER.acknowledge(delivery(b'{"a": 1}'), {"scheme": "hmac"}) == PLAIN_REPLY


def test_handshake_is_answered_before_anything_is_signed() -> None:
    question = delivery(b"", "GET", f"{URL}?hub.challenge=c-2")
    reply = TRIGGER.handshake(question, {"scheme": "hmac"})
    assert reply is not None
    assert reply.body == b"c-2"
    assert TRIGGER.handshake(delivery(b"{}"), {"scheme": "hmac"}) is None


def test_what_could_open_something_is_not_shown() -> None:
    settings = {"header": "X-Custom"}
    shown = one(
        {"a": 1},
        settings,
        authorization="Bearer s",
        cookie="s",
        x_api_key="s",
        x_hub_signature_256="s",
        x_shopify_hmac_sha256="s",
        x_auth_token="s",
        x_custom="s",
        x_forwarded_for="s",
        x_shop="harbour",
    ).data["headers"]
    assert shown == {"x-shop": "harbour"}


def test_proof_says_how_much_the_sender_has_shown() -> None:
    assert one({"a": 1}).data["proof"] == "signed"
    assert one({"a": 1}, {"scheme": "none"}).data["proof"] == "address"
    assert TRIGGER.weakness({"scheme": "none"}) != ""
    assert TRIGGER.weakness({"scheme": "stripe"}) == ""


@pytest.mark.parametrize(
    ("types", "is_wanted"),
    [(None, True), (["a.b"], True), (["a.*"], True), (["*"], True), (["a"], False), (["b"], False)],
)
def test_workflow_chooses_types(types: list[str] | None, *, is_wanted: bool) -> None:
    event = one({"type": "a.b"})
    assert TRIGGER.matches(event, {"types": types} if types else {}) is is_wanted


def test_example_fits_the_schema_of_the_event() -> None:
    Draft202012Validator(schemas.resolve(TRIGGER.event)).validate(TRIGGER.example)

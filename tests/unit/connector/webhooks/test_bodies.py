"""What arrives is read whatever it is, and nothing of it does harm."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from typing import Any

import pytest

from connector.component import Webhook
from connector.errors import InputError
from connector.store.json_text import from_json, to_json
from connector.webhooks import bodies, cloud_events, handshakes, salesforce
from tests.unit.connector.webhooks.deliveries import URL, delivery

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("content", "kind", "form", "value"),
    [
        (b'{"a": 1.10, "b": [1]}', "", "json", {"a": Decimal("1.10"), "b": [1]}),
        (b'\xef\xbb\xbf{"a": 1}', "text/plain", "json", {"a": 1}),
        (b"[1]", "application/json", "json", [1]),
        (b"<r><key>812</key></r>", "application/json", "xml", {"r": {"key": "812"}}),
        (b"<r a='1'><k/><k/></r>", "", "xml", {"r": {"@a": "1", "k": [None, None]}}),
        (b"key=812&id=A%26B", FORM, "form", {"key": "812", "id": "A&B"}),
        (b"key=812", "text/plain", "text", "key=812"),
        (b"812", "application/json", "text", "812"),
        (b" hello\n", "", "text", " hello\n"),
        (b"", "application/json", "empty", ""),
        (b'{"name": "The "best" shop"}', "", "text", '{"name": "The "best" shop"}'),
        (b'{"a": NaN}', "", "text", '{"a": NaN}'),
        (b'{"a": 1, "a": 2}', "", "text", '{"a": 1, "a": 2}'),
        (b"<r><a></r>", "", "text", "<r><a></r>"),
    ],
)
def test_body_is_read_by_what_it_is(content: bytes, kind: str, form: str, value: Any) -> None:
    assert bodies.read(content, kind) == bodies.Body(form, value)


HOSTILE = [
    b"[" * 100_000,
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
    b"<a>" * 5000,
    b"<a>" * 100 + b"</a>" * 100,
    b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    b"<!DOCTYPE a [<!ENTITY b 'xxxxxxxx'><!ENTITY c '&b;&b;'>]><a>&c;</a>",
    b'{"a": 1' + b"0" * 5000 + b"}",
    b'{"a": 1e999999}',
    b'{"a": "\\ud800"}',
    b'{"a": "\\u0000"}',
    b"\xff\xfe\x00\x01",
    b"\x00",
    "\ud7ff￾".encode(),
]


@pytest.mark.parametrize("content", HOSTILE, ids=[repr(one[:24]) for one in HOSTILE])
def test_hostile_body_is_read_and_can_be_kept(content: bytes) -> None:
    kept = from_json(to_json({"body": bodies.read(content, "").value}))
    text = json.dumps(kept, default=str)
    assert "root:" not in text
    assert "\\u0000" not in text


def test_value_is_found_by_its_path() -> None:
    found = {"a": [{"b": Decimal("1.10")}, {"b": True}]}
    assert bodies.text_at(found, "a.0.b") == "1.10"
    for nothing in ("", "a", "a.1.b", "a.2.b", "a.x", "b", "a.0.b.c", "a." + "9" * 50):
        assert bodies.text_at(found, nothing) == ""


# CloudEvents

EVENT = {"specversion": "1.0", "id": "1", "source": "/x", "type": "t", "data": {"a": 1}}


def cloud(value: Any, kind: str = "application/cloudevents+json; charset=utf-8") -> Webhook:
    return delivery(json.dumps(value).encode(), content_type=kind)


def test_cloud_events_are_read_in_all_three_forms() -> None:
    (structured,) = cloud_events.read(cloud(EVENT)) or []
    binary = delivery(
        b'{"a": 1}',
        ce_specversion="1.0",
        ce_id="1",
        ce_source="/x",
        ce_type="t",
        ce_subject="caf%C3%A9",
        content_type="application/json",
    )
    (in_headers,) = cloud_events.read(binary) or []
    batch = cloud_events.read(cloud([EVENT, EVENT], "application/cloudevents-batch+json")) or []
    for event in (structured, in_headers, *batch):
        assert (event.id, event.source, event.type, event.data) == ("1", "/x", "t", {"a": 1})
    assert in_headers.attributes["subject"] == "café"
    assert len(batch) == 2
    assert cloud_events.read(cloud([], "application/cloudevents-batch+json")) == []
    assert cloud_events.read(delivery(b"{}", content_type="application/json")) is None


def test_cloud_event_may_carry_bytes() -> None:
    packed = base64.b64encode(b'{"a": 2}').decode()
    (event,) = cloud_events.read(cloud({**EVENT, "data_base64": packed})) or []
    assert event.data == {"a": 2}


@pytest.mark.parametrize(
    "value",
    [
        {**EVENT, "specversion": "0.3"},
        {**EVENT, "id": ""},
        {**EVENT, "source": None},
        {**EVENT, "type": ""},
        {**EVENT, "data_base64": "%"},
        {**EVENT, "data_base64": 5},
        [EVENT],
        "text",
    ],
)
def test_broken_cloud_event_is_refused(value: Any) -> None:
    with pytest.raises(InputError):
        cloud_events.read(cloud(value))


def test_batch_has_an_end() -> None:
    with pytest.raises(InputError):
        cloud_events.read(cloud([EVENT] * 1001, "application/cloudevents-batch+json"))


# Salesforce

MESSAGE = """<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>
<notifications xmlns="http://soap.sforce.com/2005/09/outbound">
  <OrganizationId>00D5g000004abcdEAA</OrganizationId><ActionId>04k1</ActionId>
  <SessionId>00D!secret</SessionId>{rows}
</notifications></soapenv:Body></soapenv:Envelope>"""
ROW = """<Notification><Id>{id}</Id>
  <sObject xsi:type="sf:Opportunity" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">
  <sf:Id>0065g</sf:Id><sf:Amount>1200.0</sf:Amount><sf:Name>Caf\u00e9 &amp; Co</sf:Name></sObject>
</Notification>"""


def message(rows: str) -> bytes:
    return MESSAGE.format(rows=rows).encode()


def test_notifications_of_a_message_are_read_one_by_one() -> None:
    first, second = salesforce.notifications(message(ROW.format(id="04l1") + ROW.format(id="04l2")))
    assert (first.id, second.id) == ("04l1", "04l2")
    assert first.record_type == "Opportunity"
    assert first.fields == {"Id": "0065g", "Amount": "1200.0", "Name": "Café & Co"}
    assert (first.organization, first.action) == ("00D5g000004abcdEAA", "04k1")
    assert "secret" not in repr(first)


@pytest.mark.parametrize(
    "content",
    [
        message(ROW.format(id="")),
        message("<Notification><Id>1</Id></Notification>"),
        message(ROW.format(id="1") * 101),
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + message(ROW.format(id="&b;")).partition(b"\n")[2],
        b"",
        b"<soap/>",
    ],
)
def test_broken_message_is_refused(content: bytes) -> None:
    with pytest.raises(InputError):
        salesforce.notifications(content)


# Handshakes


def asked(method: str, query: str = "", **headers: str) -> handshakes.Answer | None:
    settings = {"verifyToken": headers.pop("token", "")}
    return handshakes.answer(delivery(b"", method, f"{URL}?{query}", **headers), settings)


def test_question_for_the_address_is_answered_in_plain_text() -> None:
    for found in (
        asked("GET", "hub.mode=subscribe&hub.challenge=abc%20d"),
        asked("POST", "validationToken=abc%20d"),
    ):
        assert found is not None
        assert found.body == b"abc d"
        assert found.headers == {"Content-Type": "text/plain"}
    allowed = asked("OPTIONS", webhook_request_origin="eventemitter.example.com")
    assert allowed is not None
    assert allowed.headers["WebHook-Allowed-Origin"] == "eventemitter.example.com"


def test_question_with_the_wrong_word_gets_no_answer() -> None:
    assert asked("GET", "hub.challenge=a&hub.verify_token=right", token="right") is not None
    assert asked("GET", "hub.challenge=a&hub.verify_token=wrong", token="right") is None
    assert asked("GET", "hub.challenge=a", token="right") is None
    assert asked("GET", "hub.mode=denied&hub.challenge=a") is None


@pytest.mark.parametrize(
    "query",
    [
        "",
        "hub.challenge=",
        "hub.challenge=a%0d%0ab",
        "hub.challenge=%C3%A9",
        "x=1&" * 60,
        f"hub.challenge={'a' * 513}",
    ],
)
def test_what_could_be_more_than_a_word_is_not_echoed(query: str) -> None:
    assert asked("GET", query) is None


def test_only_a_bare_challenge_is_one() -> None:
    assert handshakes.challenge({"type": "url_verification", "challenge": "c", "token": "t"}) == "c"
    other: list[Any] = [{"challenge": "c", "order": 1}, {"type": "x"}, {"challenge": 1}, [], "c"]
    for news in other:
        assert handshakes.challenge(news) == ""


def test_delivery_is_no_question() -> None:
    assert asked("POST") is None
    assert handshakes.answer(delivery(b"{}", "POST", f"{URL}?validationToken=a"), {}) is None
    assert asked("OPTIONS") is None
    assert asked("OPTIONS", webhook_request_origin="a b") is None

"""Events reach the target address, signed, and again when it did not take them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connector.sandbox.hubspot import HubspotSettings, seed
from connector.sandbox.hubspot.deliveries import DeliverySender, make_deliveries

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.sandbox_hubspot.conftest import Receiver

TARGET = "https://hooks.example.com/hubspot"
SECRET = b"sandbox-hubspot-secret"
STAGE = f"/_sandbox/hubspot/deals/{seed.FIRST_DEAL}/stage"
DELIVER = "/_sandbox/hubspot/deliver"


def events_of(body: bytes) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = json.loads(body)
    return events


def test_a_stage_change_sends_one_signed_event(portal: httpx.Client, receiver: Receiver) -> None:
    before = time.time_ns() // 1_000_000
    reply = portal.post(STAGE, json={"stage": "closedwon", "deliver": True})
    assert reply.status_code == 200
    assert reply.json()["deal"]["properties"]["dealstage"] == "closedwon"
    assert reply.json()["deliveries"][0]["status"] == 200

    ((url, body, headers),) = receiver.received
    (event,) = events_of(body)
    event_id, occurred_at = event.pop("eventId"), event.pop("occurredAt")
    assert event == {
        "subscriptionId": 25,
        "portalId": 4774001,
        "appId": 1160452,
        "subscriptionType": "deal.propertyChange",
        "attemptNumber": 0,
        "objectId": 63252656431,
        "propertyName": "dealstage",
        "propertyValue": "closedwon",
        "changeSource": "CRM_UI",
        "sourceId": "userId:1",
    }
    assert isinstance(event_id, int)
    assert occurred_at >= before

    timestamp = headers["X-HubSpot-Request-Timestamp"]
    source = b"POST" + url.encode() + body + timestamp.encode()
    expected = base64.b64encode(hmac.digest(SECRET, source, hashlib.sha256)).decode()
    assert headers["X-HubSpot-Signature-v3"] == expected
    assert int(timestamp) >= before
    assert url == TARGET


def test_a_stage_change_can_be_kept_quiet(portal: httpx.Client, receiver: Receiver) -> None:
    reply = portal.post(STAGE, json={"stage": "closedlost", "deliver": False})
    assert reply.json()["deliveries"] == []
    assert receiver.received == []
    read = portal.get(f"/crm/v3/objects/deals/{seed.FIRST_DEAL}").json()
    assert read["properties"]["dealstage"] == "closedlost"


@pytest.mark.parametrize("stage", ["won", "148212003", 7, None])
def test_a_stage_the_pipeline_does_not_have_is_refused(
    portal: httpx.Client, receiver: Receiver, stage: object
) -> None:
    assert portal.post(STAGE, json={"stage": stage}).status_code == 400
    assert receiver.received == []


def test_without_a_target_nothing_changes(open_portal: Callable[..., httpx.Client]) -> None:
    portal = open_portal(target_url="")
    refusal = portal.post(STAGE, json={"stage": "closedwon"})
    assert refusal.status_code == 400
    assert "target_url" in refusal.json()["message"]
    read = portal.get(f"/crm/v3/objects/deals/{seed.FIRST_DEAL}").json()
    assert read["properties"]["dealstage"] == "contractsent"


def test_the_target_can_be_named_later(
    open_portal: Callable[..., httpx.Client], receiver: Receiver
) -> None:
    portal = open_portal(target_url="")
    portal.post("/_sandbox/hubspot/settings", json={"target_url": "http://127.0.0.1:1/x"})
    portal.post(STAGE, json={"stage": "closedwon"})
    assert receiver.received[0][0] == "http://127.0.0.1:1/x"


@pytest.mark.parametrize("url", ["ftp://h/x", "hooks.example.com", "http://", "http://[", 5])
def test_a_target_that_is_no_web_address_is_refused(portal: httpx.Client, url: object) -> None:
    refusal = portal.post("/_sandbox/hubspot/settings", json={"target_url": url})
    assert refusal.status_code == 400


def test_a_failed_delivery_is_repeated_with_its_attempts_counted(
    portal: httpx.Client, receiver: Receiver
) -> None:
    receiver.statuses = [500, None, 429]
    reply = portal.post(STAGE, json={"stage": "closedwon"})
    assert reply.json()["deliveries"][0]["status"] == 500
    receiver.wait_for(4)
    sent = [events_of(body)[0] for _, body, _ in receiver.received]
    assert [event["attemptNumber"] for event in sent] == [0, 1, 2, 3]
    assert len({event["eventId"] for event in sent}) == 1
    signatures = {headers["X-HubSpot-Signature-v3"] for _, _, headers in receiver.received}
    assert len(signatures) == 4  # each attempt is signed anew


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [([500] * 10, [500, 500, 500]), ([500, 204], [500, 204]), ([302], [302, 200])],
)
def test_repetitions_end_with_a_yes_or_with_the_last_one(
    receiver: Receiver, statuses: list[int | None], expected: list[int]
) -> None:
    receiver.statuses = statuses
    sender = DeliverySender(HubspotSettings(retries=2, retry_seconds=0), receiver)
    threads_before = set(threading.enumerate())
    sender.send(make_deliveries([sender.complete({"objectId": 1})], TARGET))
    for thread in set(threading.enumerate()) - threads_before:
        thread.join(20)
    assert [one["status"] for one in sender.attempts()] == expected
    assert [one["attempt"] for one in sender.attempts()] == list(range(len(expected)))


def test_a_reset_gives_up_what_waits_for_its_repetition(receiver: Receiver) -> None:
    receiver.statuses = [500]
    sender = DeliverySender(HubspotSettings(retry_seconds=3600), receiver)
    threads_before = set(threading.enumerate())
    sender.send(make_deliveries([sender.complete({"objectId": 1})], TARGET))
    (waiting,) = set(threading.enumerate()) - threads_before
    sender.reset()
    waiting.join(20)
    assert not waiting.is_alive()
    assert len(receiver.received) == 1
    assert sender.attempts() == []


def test_the_list_of_deliveries_says_what_happened(
    open_portal: Callable[..., httpx.Client], receiver: Receiver
) -> None:
    portal = open_portal(retries=0)
    receiver.statuses = [None]
    portal.post(STAGE, json={"stage": "closedwon"})
    (attempt,) = portal.get("/_sandbox/hubspot/deliveries").json()["deliveries"]
    assert attempt["status"] is None
    assert attempt["error"] == "ConnectError: nobody answers"
    assert attempt["attempt"] == 0
    assert attempt["time"].endswith("Z")


@pytest.mark.parametrize(
    ("version", "source"),
    [("v1", b""), ("v2", b"POST" + TARGET.encode())],
)
def test_events_can_be_signed_the_older_ways(
    portal: httpx.Client, receiver: Receiver, version: str, source: bytes
) -> None:
    portal.post(DELIVER, json={"events": [{"objectId": 1}], "signature": version})
    _, body, headers = receiver.received[0]
    expected = hashlib.sha256(SECRET + source + body).hexdigest()
    assert headers["X-HubSpot-Signature"] == expected


def test_an_event_says_what_it_says(portal: httpx.Client, receiver: Receiver) -> None:
    event = {
        "eventId": 9,
        "eventType": "deal.associationChange",
        "fromObjectId": 1,
        "toObjectId": 2,
        "share": 0.5,
        "occurredAt": 1767225600000,
        "attemptNumber": 4,
    }
    portal.post(DELIVER, json={"events": [event]})
    (sent,) = events_of(receiver.received[0][1])
    assert sent == event | {"portalId": 4774001, "appId": 1160452, "subscriptionId": 25}


def test_each_event_gets_an_id_of_its_own(portal: httpx.Client, receiver: Receiver) -> None:
    portal.post(DELIVER, json={"events": [{"objectId": 1}, {"objectId": 2}]})
    first, second = events_of(receiver.received[0][1])
    assert first["eventId"] != second["eventId"]


def test_copies_are_the_same_bytes(portal: httpx.Client, receiver: Receiver) -> None:
    portal.post(DELIVER, json={"events": [{"objectId": 1}], "copies": 3})
    assert len(receiver.received) == 3
    assert len({body for _, body, _ in receiver.received}) == 1


def test_parallel_copies_are_under_way_together(receiver: Receiver) -> None:
    together = threading.Barrier(8, timeout=20)

    def post(url: str, body: bytes, headers: dict[str, str]) -> int:
        together.wait()
        return receiver(url, body, headers)

    sender = DeliverySender(HubspotSettings(), post)
    deliveries = make_deliveries([sender.complete({"objectId": 1})], TARGET, copies=8)
    attempts = sender.send(deliveries, is_parallel=True)
    assert [attempt["status"] for attempt in attempts] == [200] * 8


def test_a_delivery_holds_a_hundred_events_at_most(
    portal: httpx.Client, receiver: Receiver
) -> None:
    portal.post(DELIVER, json={"events": [{"objectId": number} for number in range(101)]})
    assert [len(events_of(body)) for _, body, _ in receiver.received] == [100, 1]


def test_the_clock_of_a_delivery_can_be_wrong(portal: httpx.Client, receiver: Receiver) -> None:
    body = {"events": [{"objectId": 1}], "timestamp_offset_ms": -3_600_000}
    portal.post(DELIVER, json=body)
    timestamp = int(receiver.received[0][2]["X-HubSpot-Request-Timestamp"])
    assert timestamp < time.time_ns() // 1_000_000 - 3_590_000


def test_a_delivery_can_go_elsewhere_once(portal: httpx.Client, receiver: Receiver) -> None:
    elsewhere = "https://other.example/hook?x=%2F"
    portal.post(DELIVER, json={"events": [{"objectId": 1}], "target_url": elsewhere})
    portal.post(DELIVER, json={"events": [{"objectId": 1}]})
    assert [url for url, _, _ in receiver.received] == [elsewhere, TARGET]


def test_a_delivery_is_plain_utf8(portal: httpx.Client, receiver: Receiver) -> None:
    content = '{"events": [{"propertyValue": "Łódź \\ud800"}]}'
    portal.post(DELIVER, content=content.encode())
    assert "Łódź \\ud800".encode() in receiver.received[0][1]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"events": {}},
        {"events": [1]},
        {"events": [{"attemptNumber": "0"}]},
        {"events": [{}], "copies": 0},
        {"events": [{}], "copies": 1001},
        {"events": [{}], "copies": True},
        {"events": [{}], "parallel": "yes"},
        {"events": [{}], "signature": "v4"},
        {"events": [{}], "signature": []},
        {"events": [{}], "timestamp_offset_ms": 0.5},
    ],
)
def test_an_order_nobody_understands_sends_nothing(
    portal: httpx.Client, receiver: Receiver, body: dict[str, Any]
) -> None:
    assert portal.post(DELIVER, json=body).status_code == 400
    assert receiver.received == []

import base64
import json
from typing import Any

import httpx
import pytest

from connector.sandbox.company import Company
from connector.sandbox.rest.clients import CLIENT_ID, OTHER_CLIENT_ID
from connector.sandbox.rest.grants import Holder, open_grant
from tests.unit.sandbox_events.conftest import (
    TRIGGER,
    Clock,
    Receiver,
    create_classes,
    until,
)

QUEUE = "/ia/api/v1/services/delivery/event"
PULL = TRIGGER | {"type": "event_queue", "url": ""}
Sandbox = tuple[httpx.Client, Company]


def bearer(company: Company, client_id: str = CLIENT_ID) -> dict[str, str]:
    grant = open_grant(
        company, Holder(client_id, "apiuser"), is_offline=False, is_authorization=False
    )
    return {"Authorization": f"Bearer {grant['access_token']}"}


def listed(client: httpx.Client, headers: dict[str, str]) -> Any:
    reply = client.get(f"{QUEUE}/list", headers=headers)
    assert reply.status_code == 200, reply.text
    return reply.json()["ia::result"]


def count(client: httpx.Client, headers: dict[str, str]) -> int:
    found: int = client.get(f"{QUEUE}/count", headers=headers).json()["ia::result"]["count"]
    return found


def test_events_are_counted_listed_and_acknowledged(app_company: Sandbox) -> None:
    client, company = app_company
    headers = bearer(company)
    client.post("/_sandbox/triggers", json=PULL).raise_for_status()
    assert (count(client, headers), listed(client, headers)) == (0, [])
    create_classes(client, "Q1", "Q2")
    assert count(client, headers) == 2
    batch = listed(client, headers)
    first, second = batch["events"]
    assert json.loads(base64.b64decode(first["payload"]))["id"] == "Q1"
    assert json.loads(base64.b64decode(first["clientContext"]))["OBJECTNAME"] == "CLASS"
    assert (first["eventType"], first["contentType"]) == ("pull", "application/json")
    assert first["eventId"] != second["eventId"]
    reply = client.post(f"{QUEUE}/ack", headers=headers, json={"ackId": batch["ackId"]})
    assert reply.json()["ia::result"] == {"ackId": batch["ackId"], "status": "success"}
    assert (count(client, headers), listed(client, headers)) == (0, [])


def test_a_batch_stays_the_same_until_it_is_acknowledged(app_company: Sandbox) -> None:
    client, company = app_company
    headers = bearer(company)
    client.post("/_sandbox/triggers", json=PULL)
    create_classes(client, "Q1")
    batch = listed(client, headers)
    create_classes(client, "Q2")
    assert listed(client, headers) == batch
    client.post(f"{QUEUE}/ack", headers=headers, json={"ackId": batch["ackId"]})
    (later,) = listed(client, headers)["events"]
    assert json.loads(base64.b64decode(later["payload"]))["id"] == "Q2"


def test_a_queue_belongs_to_its_application(app_company: Sandbox) -> None:
    client, company = app_company
    client.post("/_sandbox/triggers", json=PULL)
    create_classes(client, "Q1")
    ack_id = listed(client, bearer(company))["ackId"]
    other = bearer(company, OTHER_CLIENT_ID)
    assert count(client, other) == 0
    assert client.post(f"{QUEUE}/ack", headers=other, json={"ackId": ack_id}).status_code == 400
    assert count(client, bearer(company)) == 1


def test_nobody_reads_a_queue_without_a_token(client: httpx.Client) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}):
        assert client.get(f"{QUEUE}/count", headers=headers).status_code == 401
        assert client.get(f"{QUEUE}/list", headers=headers).status_code == 401
        assert client.post(f"{QUEUE}/ack", headers=headers, json={}).status_code == 401


@pytest.mark.parametrize("body", [b"", b"[]", b'{"ackId": 1}', b'{"ackId": "unknown"}'])
def test_a_wrong_acknowledgement_is_refused(app_company: Sandbox, body: bytes) -> None:
    client, company = app_company
    headers = {**bearer(company), "Content-Type": "application/json"}
    reply = client.post(f"{QUEUE}/ack", headers=headers, content=body)
    assert reply.status_code == 400
    assert "ia::error" in reply.text


def test_an_event_is_kept_for_seven_days(app_company: Sandbox, clock: Clock) -> None:
    client, company = app_company
    client.post("/_sandbox/triggers", json=PULL)
    create_classes(client, "Q1")
    clock.advance(7 * 24 * 3600)
    assert count(client, bearer(company)) == 1
    clock.advance(1)
    assert count(client, bearer(company)) == 0


def test_a_batch_has_a_hundred_events_at_most(app_company: Sandbox) -> None:
    client, company = app_company
    client.post("/_sandbox/triggers", json=PULL)
    create_classes(client, *(f"Q{number}" for number in range(101)))
    assert len(listed(client, bearer(company))["events"]) == 100
    assert count(client, bearer(company)) == 101


def test_a_post_that_nobody_took_ends_in_the_queue(
    app_company: Sandbox, receiver: Receiver, clock: Clock
) -> None:
    client, company = app_company
    receiver.statuses = [503]
    company.policies.change({"delivery_retry_scale": "0"})
    client.post("/_sandbox/triggers", json=TRIGGER)
    create_classes(client, "Q1")
    headers = bearer(company)
    until(lambda: count(client, headers))
    (event,) = listed(client, headers)["events"]
    assert event["eventId"] == receiver.received[0][2]["Idempotency-Key"]
    assert len(receiver.received) == 4

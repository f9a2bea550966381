import base64
import json
from typing import Any

import pytest

from connector.sandbox.events import faults
from connector.sandbox.events.faults import DeliveryFault
from connector.sandbox.events.outbox import EVENTS
from connector.sandbox.events.signatures import signature_token
from connector.sandbox.rest.clients import CLIENT_ID, CLIENT_SECRET
from tests.unit.sandbox_events.conftest import Books, Receiver


def state(books: Books) -> str:
    return books.store.select(EVENTS)[0].id


def attempts(books: Books) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(books.store.select(EVENTS)[0].body["ATTEMPTS"])
    return found


def expected_token(books: Books, body: bytes) -> str:
    at = int(books.clock.now().timestamp() * 1000)
    return signature_token(CLIENT_SECRET, body, tenant_id="SANDBOX", app_id=CLIENT_ID, issued_at=at)


def test_a_delivery_is_signed_with_the_secret_of_its_application(
    books: Books, receiver: Receiver
) -> None:
    books.trigger()
    books.change(NAME="Łódź")
    books.deliverer.deliver_due()
    ((url, body, headers),) = receiver.received
    assert url == "https://hooks.example.com/intacct"
    assert headers["X-IA-Sage-Signature"] == expected_token(books, body)
    assert headers["Content-Type"] == "application/json"
    assert headers["Authorization"].startswith("Bearer ")
    assert json.loads(base64.b64decode(headers["X-ClientContext"]))["EVENT"] == "after_create"
    assert state(books) == "delivered"


def test_both_documented_forms_and_spellings_are_sent_on_request(
    books: Books, receiver: Receiver
) -> None:
    books.company.policies.change({"webhook_signature": "envelope", "webhook_headers": "older"})
    books.trigger()
    books.change()
    books.deliverer.deliver_due()
    ((_, body, headers),) = receiver.received
    envelope = json.loads(base64.b64decode(headers["X-Trusted-Context"]))
    assert envelope == {"jwtData": expected_token(books, body)}
    assert headers["X-IdempotencyKey"]
    assert "X-IA-Sage-Signature" not in headers


def test_a_context_can_be_what_no_parser_reads(books: Books, receiver: Receiver) -> None:
    books.company.policies.change({"event_context": "broken"})
    books.trigger()
    books.change()
    books.deliverer.deliver_due()
    text = base64.b64decode(receiver.received[0][2]["X-ClientContext"]).decode()
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    assert "after_create" in text


def test_four_attempts_wait_ten_thirty_and_ninety_seconds(books: Books, receiver: Receiver) -> None:
    receiver.statuses = [503]
    books.trigger()
    books.change()
    assert books.deliverer.deliver_due() == 1
    for seconds in (10, 30, 90):
        books.clock.advance(seconds - 1)
        assert books.deliverer.deliver_due() == 0
        books.clock.advance(1)
        assert books.deliverer.deliver_due() == 1
    books.clock.advance(10_000)
    assert books.deliverer.deliver_due() == 0
    assert [attempt["status"] for attempt in attempts(books)] == [503] * 4
    assert state(books) == f"queued {CLIENT_ID}"


def test_a_repetition_keeps_key_and_body_and_is_signed_anew(
    books: Books, receiver: Receiver
) -> None:
    receiver.statuses = [500, 200]
    books.trigger()
    books.change()
    books.deliverer.deliver_due()
    books.clock.advance(10)
    books.deliverer.deliver_due()
    (_, first_body, first), (_, second_body, second) = receiver.received
    assert first["Idempotency-Key"] == second["Idempotency-Key"]
    assert first_body == second_body
    assert second["X-IA-Sage-Signature"] == expected_token(books, second_body)
    assert first["X-IA-Sage-Signature"] != second["X-IA-Sage-Signature"]
    assert state(books) == "delivered"


def test_two_events_have_two_keys(books: Books, receiver: Receiver) -> None:
    books.trigger()
    books.change()
    books.change("update")
    books.deliverer.deliver_due()
    keys = {headers["Idempotency-Key"] for _, _, headers in receiver.received}
    assert len(keys) == 2


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, None])
def test_these_answers_are_tried_again(
    books: Books, receiver: Receiver, status: int | None
) -> None:
    receiver.statuses = [status]
    books.trigger()
    books.change()
    books.deliverer.deliver_due()
    assert state(books) == "waiting"
    assert attempts(books)[0]["status"] == status


@pytest.mark.parametrize("status", [201, 204, 301, 400, 401, 404, 413, 501])
def test_other_answers_end_it(books: Books, receiver: Receiver, status: int) -> None:
    receiver.statuses = [status]
    books.trigger()
    books.change()
    books.deliverer.deliver_due()
    assert state(books) == "refused"


def test_the_waits_can_be_scaled(books: Books, receiver: Receiver) -> None:
    books.company.policies.change({"delivery_retry_scale": "0.01"})
    receiver.statuses = [500]
    books.trigger()
    books.change()
    books.deliverer.deliver_due()
    books.clock.advance(0.1)
    assert books.deliverer.deliver_due() == 1


def test_a_post_without_webhook_delivery_is_unsigned_and_sent_once(
    books: Books, receiver: Receiver
) -> None:
    receiver.statuses = [500]
    books.trigger(webhook_delivery=False, client_id="", content_type="text/xml", template="<a/>")
    books.smart_event(body="hello")
    books.change()
    books.deliverer.deliver_due()
    assert receiver.bodies == ["<a/>", "hello"]
    sent = [headers for _, _, headers in receiver.received]
    assert sent == [{"Content-Type": "text/xml"}, {"Content-Type": "text/plain"}]
    assert [event.id for event in books.store.select(EVENTS)] == ["refused", "refused"]


def test_an_event_of_a_queue_is_not_posted(books: Books, receiver: Receiver) -> None:
    books.trigger(type="event_queue", url="")
    books.change()
    assert books.deliverer.deliver_due() == 0
    assert state(books) == f"queued {CLIENT_ID}"


def test_a_delivery_comes_twice_on_request(books: Books, receiver: Receiver) -> None:
    faults.arm(books.store, DeliveryFault("duplicate_delivery"))
    books.trigger()
    books.change()
    books.change("update")
    books.deliverer.deliver_due()
    keys = [headers["Idempotency-Key"] for _, _, headers in receiver.received]
    assert len(keys) == 3
    assert keys[0] == keys[1] != keys[2]


def test_a_delivery_is_overtaken_on_request(books: Books, receiver: Receiver) -> None:
    faults.arm(books.store, DeliveryFault("out_of_order", seconds=5))
    books.trigger(template="{!NAME!}")
    books.change(NAME="first")
    books.change("update", NAME="second")
    books.deliverer.deliver_due()
    books.clock.advance(5)
    books.deliverer.deliver_due()
    assert receiver.bodies == ["second", "first"]


def test_a_reset_during_a_delivery_stays_a_reset(books: Books, receiver: Receiver) -> None:
    """A new event may have got the number of the one under way."""
    books.trigger()
    books.change()
    due = books.store.select(EVENTS)[0]
    books.company.forget()
    books.trigger(template="new")
    books.change()
    books.deliverer._deliver(due)
    assert state(books) == "waiting"

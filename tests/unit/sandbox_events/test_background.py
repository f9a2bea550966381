"""Deliveries leave by themselves, as soon as the change that caused them is done."""

import threading
from collections.abc import Callable
from typing import Any

import httpx

from tests.unit.sandbox_events.conftest import (
    PATIENCE_SECONDS,
    TRIGGER,
    Clock,
    Receiver,
    create_classes,
    until,
)


def test_a_created_record_is_delivered(
    client: httpx.Client, receiver: Receiver, events: Callable[[], list[dict[str, Any]]]
) -> None:
    client.post("/_sandbox/triggers", json=TRIGGER)
    create_classes(client, "B1")
    until(lambda: [event["state"] for event in events()] == ["delivered"])
    assert '"id":"B1"' in receiver.bodies[0]
    (event,) = events()
    assert event["attempts"][0]["status"] == 200
    assert event["id"] == receiver.received[0][2]["Idempotency-Key"]


def test_a_repetition_comes_when_its_time_has_come(
    client: httpx.Client,
    receiver: Receiver,
    clock: Clock,
    events: Callable[[], list[dict[str, Any]]],
) -> None:
    receiver.statuses = [None, 200]
    client.post("/_sandbox/triggers", json=TRIGGER)
    create_classes(client, "B1")
    until(lambda: events()[0]["attempts"])
    assert events()[0]["attempts"][0]["error"] == "ConnectError: nobody answers"
    clock.advance(10)
    until(lambda: events()[0]["state"] == "delivered")


def test_the_background_ends_when_nothing_is_defined(client: httpx.Client) -> None:
    before = set(threading.enumerate())
    client.post("/_sandbox/triggers", json=TRIGGER)
    (thread,) = set(threading.enumerate()) - before
    client.post("/_sandbox/reset")
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


def test_a_fault_is_armed_shown_and_disarmed(client: httpx.Client) -> None:
    path = "/_sandbox/events/faults"
    fault = {"fault": "out_of_order", "times": 2, "seconds": 1.5}
    assert client.post(path, json=fault).json() == [fault]
    assert client.get(path).json() == [fault]
    assert client.delete(path).json() == []
    client.post(path, json=fault)
    client.post("/_sandbox/reset")
    assert client.get(path).json() == []
    wrongs: list[Any] = [{"fault": "fire"}, {}, {"fault": "out_of_order", "speed": 1}, []]
    for wrong in wrongs:
        assert client.post(path, json=wrong).status_code == 400

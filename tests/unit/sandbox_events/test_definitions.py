from typing import Any

import httpx
import pytest

from connector.sandbox.rest.clients import CLIENT_ID
from tests.unit.sandbox_events.conftest import TRIGGER

TRIGGERS, SMART_EVENTS = "/_sandbox/triggers", "/_sandbox/smart_events"
SMART: dict[str, Any] = {
    "name": "big invoice",
    "object": "ARINVOICE",
    "event": "add",
    "url": "http://127.0.0.1:1/secret-path",
}


def test_a_trigger_is_shown_with_every_setting(client: httpx.Client) -> None:
    reply = client.post(TRIGGERS, json=TRIGGER)
    assert reply.status_code == 200, reply.text
    assert client.get(TRIGGERS).json() == [
        TRIGGER
        | {
            "type": "http_post",
            "deployed": True,
            "on_field_change": "",
            "condition": "true",
            "webhook_delivery": True,
            "content_type": "application/json",
        }
    ]


def test_a_trigger_replaces_the_one_of_the_same_name(client: httpx.Client) -> None:
    client.post(TRIGGERS, json=TRIGGER)
    client.post(TRIGGERS, json=TRIGGER | {"object": "CUSTOMER", "template": "{!CUSTOMERID!}"})
    assert [trigger["object"] for trigger in client.get(TRIGGERS).json()] == ["CUSTOMER"]


def test_the_rest_name_and_the_dotted_activation_mean_the_same(client: httpx.Client) -> None:
    other = {"object": "company-config/class", "activation": "after.create"}
    reply = client.post(TRIGGERS, json=TRIGGER | other).json()
    assert (reply["object"], reply["activation"]) == ("CLASS", ["after_create"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"object": "SPACESHIP"}, "There is no object SPACESHIP"),
        ({"activation": "after_lunch"}, "activation takes"),
        ({"activation": [1]}, "activation is"),
        ({"type": "fax"}, "type is"),
        ({"on_field_change": "NO_FIELD"}, "CLASS has no field NO_FIELD"),
        ({"condition": "LENGTH(x) > 1"}, "condition is not understood"),
        ({"template": "{!CLASS.NO_FIELD!}"}, "CLASS has no field NO_FIELD"),
        ({"template": ""}, "Missing: template"),
        ({"url": "ftp://example.com"}, "url is a full address"),
        ({"client_id": ""}, "Name the application"),
        ({"client_id": "nobody"}, "There is no application nobody"),
        ({"deployed": "yes"}, "deployed is true or false"),
        ({"run_offline": True}, "Unknown: run_offline"),
        ({"type": "event_queue", "client_id": ""}, "Name the application"),
    ],
)
def test_a_trigger_that_cannot_work_is_refused(
    client: httpx.Client, change: dict[str, Any], sentence: str
) -> None:
    reply = client.post(TRIGGERS, json=TRIGGER | change)
    assert reply.status_code == 400
    assert sentence in reply.json()["error"]
    assert client.get(TRIGGERS).json() == []


@pytest.mark.parametrize(
    "change",
    [{"event": "buy"}, {"action": "email"}, {"url": ""}, {"body": "{!X!}"}, {"condition": "?"}],
)
def test_a_smart_event_that_cannot_work_is_refused(
    client: httpx.Client, change: dict[str, str]
) -> None:
    assert client.post(SMART_EVENTS, json=SMART | change).status_code == 400
    assert client.get(SMART_EVENTS).json() == []


def test_definitions_can_be_removed(client: httpx.Client) -> None:
    client.post(TRIGGERS, json=TRIGGER)
    client.post(SMART_EVENTS, json=SMART)
    assert client.delete(f"{TRIGGERS}/class changed").status_code == 200
    assert client.delete(f"{SMART_EVENTS}/big invoice").status_code == 200
    assert client.delete(f"{TRIGGERS}/class changed").status_code == 404
    assert client.get(TRIGGERS).json() == client.get(SMART_EVENTS).json() == []


def test_a_reset_forgets_triggers_and_events(client: httpx.Client) -> None:
    queue = {"type": "event_queue", "client_id": CLIENT_ID, "url": ""}
    assert client.post(TRIGGERS, json=TRIGGER | queue).status_code == 200
    client.post("/_sandbox/reset")
    assert client.get(TRIGGERS).json() == []
    assert client.get("/_sandbox/events").json() == []

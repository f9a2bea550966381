"""Any event of HubSpot about any record: what starts a workflow, and what it sees."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

import schemas
from connector.component import Context, Event, Webhook
from connector.errors import InputError
from connector.http import OutboundClient
from connector.hubspot.client import HubspotClient
from triggers.hubspot_deal import TRIGGER as DEAL
from triggers.hubspot_object import TRIGGER

CHANGE: dict[str, Any] = {
    "eventId": 1,
    "portalId": 33,
    "occurredAt": 1767225600000,
    "subscriptionType": "contact.propertyChange",
    "objectId": 97,
    "propertyName": "lifecyclestage",
    "propertyValue": "customer",
    "changeSource": "CRM_UI",
}
LINK = {
    "portalId": 33,
    "occurredAt": 1767225600000,
    "subscriptionType": "contact.associationChange",
    "associationType": "CONTACT_TO_COMPANY",
    "fromObjectId": 97,
    "toObjectId": 55,
    "associationRemoved": False,
    "isPrimaryAssociation": True,
}
MERGE = {
    "portalId": 33,
    "occurredAt": 1767225600000,
    "subscriptionType": "contact.merge",
    "primaryObjectId": 96,
    "mergedObjectIds": [96, 98],
    "newObjectId": 97,
    "numberOfPropertiesMoved": 3,
}
CONTACTS = {"objects": ["contact"]}


def one(event: dict[str, Any]) -> Event:
    raw = json.dumps([event]).encode()
    (found,) = TRIGGER.receive(Webhook("POST", "https://h.example/x", {}, raw, 0), {})
    return found


def test_it_shares_its_deliveries_with_the_deal_trigger() -> None:
    assert TRIGGER.receive is DEAL.receive
    assert TRIGGER.connection == DEAL.connection


@pytest.mark.parametrize(
    ("event", "config", "is_wanted"),
    [
        (CHANGE, CONTACTS, True),
        (CHANGE, {"objects": ["deal", "contact"]}, True),
        (CHANGE, {"objects": ["deal"]}, False),
        (CHANGE, {**CONTACTS, "events": ["creation"]}, False),
        (CHANGE, {**CONTACTS, "events": ["creation", "propertyChange"]}, True),
        (CHANGE, {**CONTACTS, "properties": ["lifecyclestage"]}, True),
        (CHANGE, {**CONTACTS, "properties": ["email"]}, False),
        (CHANGE, {**CONTACTS, "values": ["customer"]}, True),
        (CHANGE, {**CONTACTS, "values": ["lead"]}, False),
        (LINK, {**CONTACTS, "events": ["associationChange"]}, True),
        (LINK, {**CONTACTS, "properties": ["email"], "values": ["x"]}, True),
        (MERGE, {**CONTACTS, "events": ["merge"]}, True),
        ({**CHANGE, "subscriptionType": "object.creation", "objectTypeId": "0-1"}, CONTACTS, True),
        (
            {**CHANGE, "subscriptionType": "object.creation", "objectTypeId": "2-77"},
            {"objects": ["2-77"]},
            True,
        ),
        ({**CHANGE, "subscriptionType": "object.creation"}, CONTACTS, False),
    ],
)
def test_workflow_chooses_objects_events_properties_and_values(
    event: dict[str, Any], config: dict[str, Any], *, is_wanted: bool
) -> None:
    assert TRIGGER.matches(one(event), TRIGGER.form.check(config)) is is_wanted


def filled(event: dict[str, Any], status: int = 200, **config: Any) -> tuple[Any, list[str]]:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url).removeprefix("https://api.hubapi.com"))
        record = {
            "id": "97",
            "archived": False,
            "properties": {"email": "ada@x.example", "a": None},
        }
        links = {"line items": {"results": [{"id": "7"}, {"id": "7"}]}}
        return httpx.Response(status, json={**record, "associations": links})

    http = OutboundClient(transport=httpx.MockTransport(answer))
    client = HubspotClient(http, "https://api.hubapi.com", "t", pause=lambda _: None)
    found = TRIGGER.enrich(Context(hubspot_client=client), one(event), {**CONTACTS, **config})
    if found is not None:
        Draft202012Validator(schemas.resolve(TRIGGER.event)).validate(found)
    return found, asked


def test_workflow_sees_the_event_and_the_record_as_it_is_now() -> None:
    found, asked = filled(CHANGE, fetch=["email", "a"], associations=["line_items"])
    assert asked == ["/crm/v3/objects/contacts/97?properties=email,a&associations=line_items"]
    assert found["event"]["property"] == "lifecyclestage"
    assert found["event"]["value"] == "customer"
    assert found["record"] == {
        "id": "97",
        "isArchived": False,
        "properties": {"email": "ada@x.example", "a": ""},
        "associations": {"line_items": ["7"]},
    }


def test_link_and_merge_say_which_records_they_join() -> None:
    link, _ = filled(LINK)
    assert link["event"]["association"] == {
        "type": "CONTACT_TO_COMPANY",
        "fromId": "97",
        "toId": "55",
        "isRemoved": False,
        "isPrimary": True,
    }
    merge, _ = filled(MERGE)
    assert (merge["event"]["id"], merge["event"]["mergedIds"]) == ("97", ["96", "98"])


def test_deleted_record_is_null_and_a_changed_one_that_is_gone_starts_nothing() -> None:
    found, _ = filled({**CHANGE, "subscriptionType": "contact.deletion"}, 404)
    assert found["record"] is None
    assert filled(CHANGE, 404)[0] is None


def test_object_type_of_the_portals_own_is_asked_for_by_its_number() -> None:
    event = {**CHANGE, "subscriptionType": "object.creation", "objectTypeId": "2-77"}
    _, asked = filled(event)
    assert asked == ["/crm/v3/objects/2-77/97"]


@pytest.mark.parametrize("name", ["../deals", "a b", ""])
def test_name_that_is_none_never_gets_into_an_address(name: str) -> None:
    with pytest.raises(InputError):
        filled(CHANGE, fetch=[name])


def test_example_fits_the_schema_of_the_event() -> None:
    Draft202012Validator(schemas.resolve(TRIGGER.event)).validate(TRIGGER.example)

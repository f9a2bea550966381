"""Reading, creating and changing what the portal holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.sandbox.hubspot import seed

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

OPENING_ORDER = f"/crm/v3/objects/deals/{seed.FIRST_DEAL}"
ERROR_KEYS = {"status", "message", "correlationId", "category"}


def test_a_deal_is_read_as_hubspot_shows_it(portal: httpx.Client) -> None:
    asked = {
        "properties": "dealname,amount,dealstage,description,no_such_thing",
        "associations": "companies,contacts,line_items",
    }
    reply = portal.get(OPENING_ORDER, params=asked)
    body = reply.json()
    created = body["createdAt"]
    assert reply.status_code == 200
    assert body == {
        "id": "63252656431",
        "properties": {
            "dealname": "Harbour Café opening order",
            "amount": "3138.00",
            "dealstage": "contractsent",
            "description": None,
            "hs_object_id": "63252656431",
        },
        "createdAt": created,
        "updatedAt": created,
        "archived": False,
        "associations": {
            "companies": {
                "results": [
                    {"id": "5501", "type": "deal_to_company"},
                    {"id": "5501", "type": "deal_to_company_unlabeled"},
                ]
            },
            "contacts": {"results": [{"id": "9701", "type": "deal_to_contact"}]},
            "line items": {
                "results": [
                    {"id": "28901", "type": "deal_to_line_item"},
                    {"id": "28902", "type": "deal_to_line_item"},
                    {"id": "28903", "type": "deal_to_line_item"},
                ]
            },
        },
    }


def test_an_association_that_does_not_exist_has_no_key(portal: httpx.Client) -> None:
    address = f"/crm/v3/objects/deals/{seed.FIRST_DEAL + 1}"
    body = portal.get(address, params={"associations": "companies,line_items"}).json()
    assert body["associations"].keys() == {"companies"}


def test_associations_are_shown_only_when_asked_for(portal: httpx.Client) -> None:
    assert "associations" not in portal.get(OPENING_ORDER).json()


@pytest.mark.parametrize(
    ("address", "name", "value"),
    [
        ("companies/5502", "name", "Smith & Sons"),
        ("companies/5504", "city", "Łódź"),
        ("contacts/9705", "lastname", "田中"),
        ("line_items/28902", "price", "0.30"),
        ("0-2/5509", "address", None),
    ],
)
def test_every_kind_is_read_by_the_same_rules(
    portal: httpx.Client, address: str, name: str, value: str | None
) -> None:
    body = portal.get(f"/crm/v3/objects/{address}", params={"properties": name}).json()
    assert body["properties"][name] == value


def test_a_missing_object_is_not_found(portal: httpx.Client) -> None:
    reply = portal.get("/crm/v3/objects/deals/1")
    assert reply.status_code == 404
    assert reply.json().keys() == ERROR_KEYS
    assert reply.json()["category"] == "OBJECT_NOT_FOUND"


def test_an_unknown_kind_and_an_unknown_address_are_refused(portal: httpx.Client) -> None:
    assert portal.get("/crm/v3/objects/sheep/1").status_code == 400
    assert portal.get("/crm/v9/anything").json()["category"] == "OBJECT_NOT_FOUND"


@pytest.mark.parametrize("headers", [{"Authorization": ""}, {"Authorization": "Bearer wrong"}])
def test_a_call_without_the_token_is_refused(portal: httpx.Client, headers: dict[str, str]) -> None:
    reply = portal.get(OPENING_ORDER, headers=headers)
    assert reply.status_code == 401
    assert reply.json().keys() == ERROR_KEYS
    assert reply.json()["status"] == "error"
    assert reply.json()["category"] == "INVALID_AUTHENTICATION"


def batch(portal: httpx.Client, *ids: str) -> httpx.Response:
    body = {"properties": ["name", "amount"], "inputs": [{"id": one} for one in ids]}
    return portal.post("/crm/v3/objects/line_items/batch/read", json=body)


def test_a_batch_reads_many_objects(portal: httpx.Client) -> None:
    reply = batch(portal, "28901", "28903")
    body = reply.json()
    assert reply.status_code == 200
    assert body.keys() == {"status", "results", "startedAt", "completedAt"}
    amounts = {one["id"]: one["properties"]["amount"] for one in body["results"]}
    assert amounts == {"28901": "12.10", "28903": "3125.00"}


def test_a_batch_with_missing_ids_is_207_and_names_them(portal: httpx.Client) -> None:
    reply = batch(portal, "28901", "7")
    assert reply.status_code == 207
    assert reply.json()["numErrors"] == 1
    assert reply.json()["errors"][0]["context"] == {"ids": ["7"]}
    assert [one["id"] for one in reply.json()["results"]] == ["28901"]


def test_a_batch_holds_a_hundred_inputs_at_most(portal: httpx.Client) -> None:
    assert batch(portal, *["28901"] * 100).status_code == 200
    assert batch(portal, *["28901"] * 101).status_code == 400


def test_an_unknown_property_is_refused_until_it_is_created(portal: httpx.Client) -> None:
    change = {"properties": {"intacct_invoice_number": "INV-9"}}
    refusal = portal.patch(OPENING_ORDER, json=change)
    assert refusal.status_code == 400
    assert refusal.json()["category"] == "VALIDATION_ERROR"
    assert refusal.json()["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"

    definition = {
        "name": "intacct_invoice_number",
        "label": "Intacct invoice",
        "type": "string",
        "fieldType": "text",
        "groupName": "dealinformation",
    }
    assert portal.post("/crm/v3/properties/deals", json=definition).status_code == 201
    assert portal.post("/crm/v3/properties/deals", json=definition).status_code == 409
    assert portal.patch(OPENING_ORDER, json=change).status_code == 200
    asked = {"properties": "intacct_invoice_number"}
    after = portal.get(OPENING_ORDER, params=asked).json()
    assert after["properties"]["intacct_invoice_number"] == "INV-9"
    assert after["updatedAt"] > after["createdAt"]


def test_a_change_leaves_the_other_properties_alone(portal: httpx.Client) -> None:
    portal.patch(OPENING_ORDER, json={"properties": {"description": "called back"}})
    properties = portal.get(OPENING_ORDER).json()["properties"]
    assert properties["dealname"] == "Harbour Café opening order"


def test_a_number_in_a_change_keeps_its_digits(portal: httpx.Client) -> None:
    """An amount that went through a float would come back as 12.1."""
    portal.patch(OPENING_ORDER, content=b'{"properties": {"amount": 12.10}}')
    assert portal.get(OPENING_ORDER).json()["properties"]["amount"] == "12.10"


def test_what_hubspot_writes_itself_cannot_be_changed(portal: httpx.Client) -> None:
    refusal = portal.patch(OPENING_ORDER, json={"properties": {"hs_object_id": "1"}})
    assert refusal.json()["errors"][0]["code"] == "READ_ONLY_VALUE"


def test_a_deal_stays_in_the_stages_of_its_pipeline(portal: httpx.Client) -> None:
    refusal = portal.patch(OPENING_ORDER, json={"properties": {"dealstage": "148212003"}})
    assert refusal.status_code == 400
    both = {"pipeline": "75812345", "dealstage": "148212003"}
    assert portal.patch(OPENING_ORDER, json={"properties": both}).status_code == 200


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"properties": []}', b'{"properties": {"amount": []}}']
)
def test_a_body_of_the_wrong_shape_is_refused(portal: httpx.Client, body: bytes) -> None:
    assert portal.patch(OPENING_ORDER, content=body).status_code == 400


def test_a_created_deal_can_bring_its_associations(portal: httpx.Client) -> None:
    primary = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 5}]
    body = {
        "properties": {"dealname": "New", "dealstage": "closedwon"},
        "associations": [{"to": {"id": "5503"}, "types": primary}],
    }
    created = portal.post("/crm/v3/objects/deals", json=body)
    assert created.status_code == 201
    address = f"/crm/v3/objects/deals/{created.json()['id']}"
    read = portal.get(address, params={"associations": "company"}).json()
    assert [one["type"] for one in read["associations"]["companies"]["results"]] == [
        "deal_to_company",
        "deal_to_company_unlabeled",
    ]


def test_created_objects_get_ids_of_their_own(new_deal: Callable[..., str]) -> None:
    assert new_deal() != new_deal()


def test_the_won_stage_is_known_by_its_metadata(portal: httpx.Client) -> None:
    pipelines = portal.get("/crm/v3/pipelines/deals").json()["results"]
    won: dict[str, Any] = {
        pipeline["id"]: [
            stage["id"]
            for stage in pipeline["stages"]
            if stage["metadata"] == {"isClosed": "true", "probability": "1.0"}
        ]
        for pipeline in pipelines
    }
    assert won == {"default": ["closedwon"], "75812345": ["148212003"]}

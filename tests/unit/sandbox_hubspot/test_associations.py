"""What belongs to a deal, and how tests build more of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.hubspot import seed

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

DEALS = "/crm/v4/objects/deals"
PRIMARY = {"category": "HUBSPOT_DEFINED", "typeId": 5, "label": "Primary"}
PLAIN = {"category": "HUBSPOT_DEFINED", "typeId": 341, "label": None}
ASK_PRIMARY = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 5}]


def companies(portal: httpx.Client, deal_id: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = portal.get(f"{DEALS}/{deal_id}/associations/companies").json()[
        "results"
    ]
    return found


def test_the_primary_company_has_a_label_and_a_number_for_an_id(portal: httpx.Client) -> None:
    expected = [{"toObjectId": 5501, "associationTypes": [PRIMARY, PLAIN]}]
    assert companies(portal, seed.FIRST_DEAL) == expected


def test_one_deal_has_a_company_without_a_label(portal: httpx.Client) -> None:
    expected = [{"toObjectId": 5503, "associationTypes": [PLAIN]}]
    assert companies(portal, seed.FIRST_DEAL + 2) == expected


def test_associations_come_in_pages(portal: httpx.Client) -> None:
    address = f"{DEALS}/{seed.FIRST_DEAL}/associations/line_items"
    first = portal.get(address, params={"limit": 2}).json()
    assert [one["toObjectId"] for one in first["results"]] == [28901, 28902]
    after = first["paging"]["next"]["after"]
    assert after == "28902"
    second = portal.get(address, params={"limit": 2, "after": after}).json()
    assert [one["toObjectId"] for one in second["results"]] == [28903]
    assert "paging" not in second


def test_the_associations_of_a_missing_deal_are_not_found(portal: httpx.Client) -> None:
    assert portal.get(f"{DEALS}/1/associations/companies").status_code == 404


def test_a_page_without_a_number_is_refused(portal: httpx.Client) -> None:
    address = f"{DEALS}/{seed.FIRST_DEAL}/associations/contacts"
    assert portal.get(address, params={"after": "x"}).status_code == 400
    assert portal.get(address, params={"limit": "0"}).status_code == 400


def test_a_deal_is_built_piece_by_piece(portal: httpx.Client, new_deal: Callable[..., str]) -> None:
    deal_id = new_deal()
    body = {"properties": {"name": "Chair", "price": "0.30", "quantity": "3"}}
    line_id = portal.post("/crm/v3/objects/line_items", json=body).json()["id"]
    reply = portal.put(f"{DEALS}/{deal_id}/associations/default/line_items/{line_id}")
    assert reply.status_code == 200
    assert reply.json()["status"] == "COMPLETE"
    read = portal.get(f"/crm/v3/objects/deals/{deal_id}", params={"associations": "line_items"})
    expected = [{"id": line_id, "type": "deal_to_line_item"}]
    assert read.json()["associations"]["line items"]["results"] == expected
    back = portal.get(f"/crm/v4/objects/line_items/{line_id}/associations/deals").json()
    assert [one["toObjectId"] for one in back["results"]] == [int(deal_id)]


def test_the_default_association_of_a_company_has_no_label(
    portal: httpx.Client, new_deal: Callable[..., str]
) -> None:
    deal_id = new_deal()
    portal.put(f"{DEALS}/{deal_id}/associations/default/companies/5501")
    assert companies(portal, deal_id) == [{"toObjectId": 5501, "associationTypes": [PLAIN]}]


def test_a_deal_has_one_primary_company(portal: httpx.Client) -> None:
    address = f"{DEALS}/{seed.FIRST_DEAL}/associations/companies/5504"
    assert portal.put(address, json=ASK_PRIMARY).status_code == 201
    assert companies(portal, seed.FIRST_DEAL) == [
        {"toObjectId": 5501, "associationTypes": [PLAIN]},
        {"toObjectId": 5504, "associationTypes": [PRIMARY, PLAIN]},
    ]


def test_an_association_type_of_other_kinds_is_refused(portal: httpx.Client) -> None:
    address = f"{DEALS}/{seed.FIRST_DEAL}/associations/contacts/9701"
    assert portal.put(address, json=ASK_PRIMARY).status_code == 400


def test_the_billing_contact_of_a_company_is_labelled(portal: httpx.Client) -> None:
    found = portal.get("/crm/v4/objects/companies/5501/associations/contacts").json()["results"]
    labels = {
        one["toObjectId"]: [kind["label"] for kind in one["associationTypes"]] for one in found
    }
    assert labels == {9701: [None, "Billing contact"], 9711: [None]}

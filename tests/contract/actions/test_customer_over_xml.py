"""Customer actions over the sandbox: what travels, and what comes back in each form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from connector import registry
from connector.errors import DuplicateRecord, NotFound, Refused

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

QUAY = {"customerId": "C-QUAY", "customerName": "Quay Ltd", "city": "York"}


def run(books: Books, key: str, **inputs: Any) -> dict[str, Any]:
    """Run an action and hold its normal result against what it promises."""
    action = registry.load().action(key)
    output = action.run(books.context, inputs)
    if "resultForm" not in inputs:
        Draft202012Validator(dict(action.output)).validate(output)
    return output


def function_sent(books: Books) -> str:
    """Return the function element of the last request, without its control id."""
    found = re.search(r"<function[^>]*>(.*)</function>", books.sent[-1], re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.mark.accepts("A10", "C40")
def test_update_customer_changes_what_is_given_and_nothing_else(books: Books) -> None:
    run(books, "createCustomer", **QUAY, primaryEmailAddress="a@quay.example", creditLimit="10")
    changed = run(books, "updateCustomer", customerId="C-QUAY", city="Leeds", onHold=True)
    assert function_sent(books) == (
        "<update><CUSTOMER><CUSTOMERID>C-QUAY</CUSTOMERID><DISPLAYCONTACT><MAILADDRESS>"
        "<CITY>Leeds</CITY></MAILADDRESS></DISPLAYCONTACT><ONHOLD>true</ONHOLD>"
        "</CUSTOMER></update>"
    )
    found = run(books, "getCustomer", customerId="C-QUAY")
    assert (changed["key"], changed["id"]) == (found["key"], "C-QUAY")
    assert (found["city"], found["onHold"]) == ("Leeds", True)
    assert found["primaryEmailAddress"] == "a@quay.example"
    assert found["customerName"] == "Quay Ltd"
    assert found["creditLimit"] in {"10", "10.00"}


def test_update_of_an_unknown_customer_is_refused_in_words(books: Books) -> None:
    with pytest.raises((Refused, NotFound)) as refused:
        run(books, "updateCustomer", customerId="NOBODY", city="York")
    assert "NOBODY" in refused.value.title


@pytest.mark.accepts("C86")
def test_update_customer_echoes_its_inputs_in_the_envelope_form(books: Books) -> None:
    run(books, "createCustomer", **QUAY)
    given = {"customerId": "C-QUAY", "customerName": "John Doe", "excludedFromContactList": False}
    echo = run(books, "updateCustomer", **given, resultForm="envelope")["data"]
    assert echo.pop("_controlId").startswith("fn-")
    assert echo == given


def test_update_customer_gives_the_reply_in_the_raw_form(books: Books) -> None:
    run(books, "createCustomer", **QUAY)
    reply = run(books, "updateCustomer", customerId="C-QUAY", city="Leeds", resultForm="raw")
    result = reply["data"]["response"]["operation"][0]["result"][0]
    assert (result["status"], result["function"]) == (["success"], ["update"])


@pytest.mark.accepts("C83", "C84")
def test_create_customer_names_both_keys_in_the_envelope_form(books: Books) -> None:
    data = run(books, "createCustomer", **QUAY, resultForm="envelope")["data"]
    assert (data["_status"], data["_functionName"], data["_count"]) == ("success", "create", 1)
    assert data["_listType"] == "objects"
    [row] = data["_data"]
    assert row == {"RECORDNO": row["RECORDNO"], "CUSTOMERID": "C-QUAY"}


@pytest.mark.accepts("C83", "C89")
def test_get_customer_nests_its_contacts_in_the_envelope_form(books: Books) -> None:
    run(books, "createContact", contactName="Jane Smith", city="Hull")
    run(books, "createCustomer", **QUAY, billToContactName="Jane Smith")
    data = run(books, "getCustomer", customerId="C-QUAY", resultForm="envelope")["data"]
    assert (data["_listType"], data["_count"]) == ("CUSTOMER", 1)
    [row] = data["_data"]
    assert row["DISPLAYCONTACT"]["MAILADDRESS"]["CITY"] == "York"
    assert row["BILLTO"]["CONTACTNAME"] == "Jane Smith"
    assert row["BILLTO"]["MAILADDRESS"]["CITY"] == "Hull"
    assert {"CONTACTINFO", "SHIPTO"} <= row.keys()


@pytest.mark.accepts("C60")
def test_get_of_nobody_counts_nothing_in_the_envelope_form(books: Books) -> None:
    data = run(books, "getCustomer", recordNo="999999", resultForm="envelope")["data"]
    assert (data["_count"], data["_data"]) == (0, [])


@pytest.mark.accepts("A11", "A45", "B10", "B16", "B17")
def test_list_customers_gives_keys_ids_and_addresses_page_by_page(books: Books) -> None:
    first = run(books, "listCustomers", pagesize=2)
    assert "<pagesize>2</pagesize>" in function_sent(books)
    second = run(books, "listCustomers", pagesize=2, next=first["next"])
    keys = [row["key"] for page in (first, second) for row in page["customers"]]
    assert len(set(keys)) == 4
    assert first["totalCount"] > 4
    row = first["customers"][0]
    assert row["href"] == f"/objects/accounts-receivable/customer/{row['key']}"
    assert row["id"] == row["customerId"]
    everyone = run(books, "listCustomers", allPages=True)
    assert everyone["count"] == everyone["totalCount"] == first["totalCount"]


@pytest.mark.accepts("A11")
def test_list_customers_filters_by_what_is_given(books: Books) -> None:
    run(books, "createCustomer", **QUAY, active=False)
    found = run(books, "listCustomers", customerName="Quay Ltd", active=False)
    assert [row["id"] for row in found["customers"]] == ["C-QUAY"]
    assert found["customers"][0]["active"] is False
    assert run(books, "listCustomers", customerName="Quay Ltd", active=True)["count"] == 0
    rows = run(books, "listCustomers", customerName="Quay Ltd", resultForm="envelope")["data"]
    assert [row["CUSTOMERID"] for row in rows] == ["C-QUAY"]


def test_create_or_update_customer_creates_then_changes(books: Books) -> None:
    made = run(books, "createOrUpdateCustomer", **QUAY)
    assert "<create><CUSTOMER>" in function_sent(books)
    run(books, "updateCustomer", customerId="C-QUAY", printAs="QUAY", comments="kept")
    changed = run(books, "createOrUpdateCustomer", **{**QUAY, "city": "Hull"})
    assert function_sent(books) == (
        "<update><CUSTOMER><CUSTOMERID>C-QUAY</CUSTOMERID><NAME>Quay Ltd</NAME>"
        "<DISPLAYCONTACT><MAILADDRESS><CITY>Hull</CITY></MAILADDRESS></DISPLAYCONTACT>"
        "</CUSTOMER></update>"
    )
    assert (made["outcome"], changed["outcome"]) == ("created", "updated")
    assert made["key"] == changed["key"]
    found = run(books, "getCustomer", customerId="C-QUAY")
    assert (found["city"], found["printAs"], found["comments"]) == ("Hull", "QUAY", "kept")


def test_create_or_update_customer_answers_in_every_form(books: Books) -> None:
    for function in ("create", "update"):
        data = run(books, "createOrUpdateCustomer", **QUAY, resultForm="envelope")["data"]
        assert data["_functionName"] == function
        assert data["_data"][0]["CUSTOMERID"] == "C-QUAY"
    reply = run(books, "createOrUpdateCustomer", **QUAY, resultForm="raw")
    assert "response" in reply["data"]


def test_a_contact_in_the_way_of_a_new_customer_stays_a_refusal(books: Books) -> None:
    run(books, "createContact", contactName="Quay Ltd(CC-QUAY)")
    for key in ("findOrCreateCustomer", "createOrUpdateCustomer"):
        with pytest.raises(DuplicateRecord):
            run(books, key, **QUAY)


@pytest.mark.accepts("C40", "C70", "C76", "C77")
def test_every_kind_of_input_of_a_customer_comes_back(books: Books) -> None:
    run(books, "createContact", contactName="Jane Smith")
    given: dict[str, Any] = {
        "customerName": "Quay & Sons",
        "active": False,
        "secondaryEmailAddress": "b@quay.example",
        "deliveryMethod": "Print#~#E-Mail",
        "primaryEmailAddress": "a@quay.example",
        "restrictionType": "Restricted",
        "restrictedLocations": ["100", "200"],
        "primaryContactName": "Jane Smith",
        "country": "United States",
        "isoCountryCode": "US",
        "oneTime": True,
        "taxId": "12-3456789",
    }
    run(books, "createCustomer", **QUAY)
    run(
        books,
        "updateCustomer",
        customerId="C-QUAY",
        **given,
        customFields=[["HUBSPOT_DEAL_ID", 77]],
        additionalFields={"INTEGRATION_KEY": "K-1"},
    )
    assert "<HUBSPOT_DEAL_ID>77</HUBSPOT_DEAL_ID>" in function_sent(books)
    assert "<RESTRICTEDLOCATIONS>100#~#200</RESTRICTEDLOCATIONS>" in function_sent(books)
    found = run(books, "getCustomer", customerId="C-QUAY")
    assert {name: found[name] for name in given} == given
    assert found["INTEGRATION_KEY"] == "K-1"

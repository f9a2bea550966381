"""Contact actions over the sandbox: what travels, and what comes back in each form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from connector import registry
from connector.errors import DuplicateRecord

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

JANE = {"contactName": "Lantern, Jane", "printAs": "Jane Smith", "city": "York"}


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


@pytest.mark.accepts("C18")
def test_create_contact(books: Books) -> None:
    created = run(books, "createContact", contactName="Jane", city="York", taxable="")
    assert function_sent(books) == (
        "<create><CONTACT><CONTACTNAME>Jane</CONTACTNAME><PRINTAS>Jane</PRINTAS>"
        "<MAILADDRESS><CITY>York</CITY></MAILADDRESS></CONTACT></create>"
    )
    assert (created["id"], created["outcome"]) == ("Jane", "created")
    assert created["href"] == f"/objects/company-config/contact/{created['key']}"
    with pytest.raises(DuplicateRecord):
        run(books, "createContact", contactName="Jane", city="York")


@pytest.mark.accepts("C83", "C84")
def test_create_contact_names_both_keys_in_the_envelope_form(books: Books) -> None:
    data = run(books, "createContact", **JANE, resultForm="envelope")["data"]
    [row] = data["_data"]
    assert row == {"RECORDNO": row["RECORDNO"], "CONTACTNAME": "Lantern, Jane"}
    assert (data["_functionName"], data["_listType"]) == ("create", "objects")
    reply = run(books, "createContact", contactName="Bob", resultForm="raw")
    result = reply["data"]["response"]["operation"][0]["result"][0]
    assert result["data"][0]["contact"][0]["CONTACTNAME"] == ["Bob"]


@pytest.mark.accepts("C30", "C49")
def test_get_contact_reads_every_kind_of_input_back(books: Books) -> None:
    given = {
        **JANE,
        "companyName": "Quay",
        "prefix": "Ms.",
        "firstName": "Jane",
        "middleName": "Q",
        "lastName": "Smith",
        "primaryEmailAddress": "a@quay.example",
        "secondaryEmailAddress": "b@quay.example",
        "primaryPhoneNo": "1",
        "secondaryPhoneNo": "2",
        "cellularPhoneNo": "3",
        "pagerNo": "4",
        "faxNo": "5",
        "primaryUrl": "https://quay.example",
        "secondaryUrl": "https://shop.example",
        "addressLine1": "1 Mill Rd",
        "addressLine2": "Suite 2",
        "stateProvince": "NY",
        "zipPostalCode": "10001",
        "country": "United States",
        "isoCountryCode": "US",
        "taxable": False,
        "taxId": "12-3456789",
        "active": False,
    }
    created = run(books, "createContact", **given)
    found = run(books, "getContact", contactName="Lantern, Jane")
    assert {name: found[name] for name in given} == given
    assert run(books, "getContact", recordNo=created["key"]) == found


def test_get_contact_by_a_plain_name_reads_by_name(books: Books) -> None:
    run(books, "createContact", contactName="Jane")
    assert run(books, "getContact", contactName="Jane")["found"]
    assert function_sent(books) == (
        "<readByName><object>CONTACT</object><keys>Jane</keys><fields>*</fields></readByName>"
    )


@pytest.mark.accepts("C60", "C83")
def test_get_contact_answers_in_the_envelope_form(books: Books) -> None:
    created = run(books, "createContact", **JANE)
    data = run(books, "getContact", recordNo=created["key"], resultForm="envelope")["data"]
    assert (data["_functionName"], data["_listType"], data["_count"]) == ("read", "CONTACT", 1)
    assert data["_data"][0]["MAILADDRESS"]["CITY"] == "York"
    for given in ({"recordNo": "999999"}, {"contactName": "Nobody, at all"}):
        none = run(books, "getContact", **given, resultForm="envelope")["data"]
        assert (none["_count"], none["_data"]) == (0, [])
        assert run(books, "getContact", **given) == {"found": False}


@pytest.mark.accepts("C39", "C78")
def test_update_contact_changes_what_is_given_and_nothing_else(books: Books) -> None:
    run(books, "createContact", **JANE, taxable=True)
    run(books, "updateContact", contactName="Lantern, Jane", firstName="Jane", taxable="")
    assert function_sent(books) == (
        "<update><CONTACT><CONTACTNAME>Lantern, Jane</CONTACTNAME><FIRSTNAME>Jane</FIRSTNAME>"
        "</CONTACT></update>"
    )
    found = run(books, "getContact", contactName="Lantern, Jane")
    assert (found["firstName"], found["printAs"], found["city"]) == ("Jane", "Jane Smith", "York")
    assert found["taxable"] is True


@pytest.mark.accepts("C86")
def test_update_contact_echoes_its_inputs_in_the_envelope_form(books: Books) -> None:
    run(books, "createContact", contactName="John Doe")
    given = {
        "contactName": "John Doe",
        "addressLine1": "123 Main St",
        "firstName": "John",
        "pagerNo": "123",
        "taxable": False,
    }
    echo = run(books, "updateContact", **given, resultForm="envelope")["data"]
    assert echo.pop("_controlId").startswith("fn-")
    assert echo == given
    assert "response" in run(books, "updateContact", **given, resultForm="raw")["data"]


def test_list_contacts_filters_by_what_is_given(books: Books) -> None:
    run(books, "createContact", **JANE, companyName="Quay")
    found = run(books, "listContacts", companyName="Quay")
    [row] = found["contacts"]
    assert (row["id"], row["printAs"], row["active"]) == ("Lantern, Jane", "Jane Smith", True)
    assert row["href"] == f"/objects/company-config/contact/{row['key']}"
    [native] = run(books, "listContacts", companyName="Quay", resultForm="envelope")["data"]
    assert native["CONTACTNAME"] == "Lantern, Jane"
    assert run(books, "listContacts", pageSize=1)["next"]


def test_find_or_create_contact_creates_once(books: Books) -> None:
    first = run(books, "findOrCreateContact", **JANE)
    second = run(books, "findOrCreateContact", contactName="Lantern, Jane", city="Hull")
    assert (first["created"], second["created"]) == (True, False)
    assert first["key"] == second["key"]
    assert run(books, "getContact", contactName="Lantern, Jane")["city"] == "York"


def test_create_or_update_contact_creates_then_changes(books: Books) -> None:
    made = run(books, "createOrUpdateContact", **JANE)
    changed = run(books, "createOrUpdateContact", contactName="Lantern, Jane", city="Hull")
    assert function_sent(books) == (
        "<update><CONTACT><CONTACTNAME>Lantern, Jane</CONTACTNAME><MAILADDRESS><CITY>Hull</CITY>"
        "</MAILADDRESS></CONTACT></update>"
    )
    assert (made["outcome"], changed["outcome"]) == ("created", "updated")
    found = run(books, "getContact", recordNo=made["key"])
    assert (found["city"], found["printAs"]) == ("Hull", "Jane Smith")

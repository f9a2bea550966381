"""Vendor actions over the sandbox: what travels, and what comes back in each form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from connector import registry
from connector.component import Search
from connector.errors import DuplicateRecord, InputError

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

TEA = {"vendorId": "V-TEA", "vendorName": "Tea & Co", "city": "York"}


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


@pytest.mark.accepts("A13", "C22")
def test_create_vendor(books: Books) -> None:
    created = run(books, "createVendor", **TEA, onHold="", termDiscountDisplayedOnCheckStub=False)
    assert function_sent(books) == (
        "<create><VENDOR><VENDORID>V-TEA</VENDORID><NAME>Tea &amp; Co</NAME>"
        "<DISPLAYCONTACT><PRINTAS>Tea &amp; Co</PRINTAS><MAILADDRESS><CITY>York</CITY>"
        "</MAILADDRESS></DISPLAYCONTACT><DISPLAYTERMDISCOUNT>false</DISPLAYTERMDISCOUNT>"
        "</VENDOR></create>"
    )
    assert (created["id"], created["outcome"]) == ("V-TEA", "created")
    assert created["href"] == f"/objects/accounts-payable/vendor/{created['key']}"


def test_create_vendor_that_is_there_is_a_duplicate(books: Books) -> None:
    run(books, "createVendor", **TEA)
    with pytest.raises(DuplicateRecord):
        run(books, "createVendor", **TEA)


@pytest.mark.accepts("C83", "C84")
@pytest.mark.parametrize(
    ("key", "function"), [("createVendor", "create"), ("updateVendor", "update")]
)
def test_writes_of_a_vendor_name_both_keys_in_the_envelope_form(
    books: Books, key: str, function: str
) -> None:
    if key == "updateVendor":
        run(books, "createVendor", **TEA)
    data = run(books, key, **TEA, resultForm="envelope")["data"]
    [row] = data.pop("_data")
    assert row == {"RECORDNO": row["RECORDNO"], "VENDORID": "V-TEA"}
    assert data.pop("_controlId").startswith("fn-")
    assert data == {
        "_status": "success",
        "_functionName": function,
        "_listType": "objects",
        "_count": 1,
    }


def test_writes_of_a_vendor_give_the_reply_in_the_raw_form(books: Books) -> None:
    for key in ("createVendor", "updateVendor"):
        reply = run(books, key, **TEA, resultForm="raw")
        result = reply["data"]["response"]["operation"][0]["result"][0]
        assert result["data"][0]["vendor"][0]["VENDORID"] == ["V-TEA"]


@pytest.mark.accepts("A12", "C34", "C55")
def test_get_vendor_reads_every_kind_of_input_back(books: Books) -> None:
    run(books, "createContact", contactName="Jane Smith")
    given: dict[str, Any] = {
        **TEA,
        "active": True,
        "taxId": "12-3456789",
        "vendorTypeId": "Contractor",
        "form1099Name": "Tea Inc",
        "form1099Type": "MISC",
        "form1099Box": "7",
        "defaultExpenseGlAccountNo": "6000",
        "defaultCurrency": "USD",
        "paymentPriority": "High",
        "preferredPaymentMethod": "Printed Check",
        "vendorBillingType": "openitem",
        "mergePaymentRequests": False,
        "sendAutomaticPaymentNotification": True,
        "locationAssignedAccountNoDisplayedOnCheckStub": True,
        "achEnabled": True,
        "achBankRoutingNo": "021000021",
        "achBankAccountNo": "1234567890",
        "achBankAccountType": "Checking Account",
        "achBankAccountClass": "CTX",
        "vendorAccountNo": "ACCT-9988",
        "payToContactName": "Jane Smith",
        "doNotPay": True,
        "excludedFromContactList": True,
        "restrictionType": "Restricted",
        "restrictedDepartments": ["10", "20"],
        "comments": "Mondays",
    }
    created = run(books, "createVendor", **given)
    found = run(books, "getVendor", vendorId="V-TEA")
    assert function_sent(books) == (
        "<readByName><object>VENDOR</object><keys>V-TEA</keys><fields>*</fields></readByName>"
    )
    assert {name: found[name] for name in given} == given
    assert run(books, "getVendor", recordNo=created["key"]) == found


@pytest.mark.accepts("C83", "C89")
def test_get_vendor_nests_its_contacts_in_the_envelope_form(books: Books) -> None:
    run(books, "createVendor", **TEA)
    data = run(books, "getVendor", vendorId="V-TEA", resultForm="envelope")["data"]
    assert (data["_listType"], data["_count"]) == ("VENDOR", 1)
    [row] = data["_data"]
    assert row["DISPLAYCONTACT"]["MAILADDRESS"]["CITY"] == "York"
    assert {"CONTACTINFO", "PAYTO", "RETURNTO"} <= row.keys()


@pytest.mark.accepts("C60")
def test_get_of_no_vendor_is_an_answer(books: Books) -> None:
    assert run(books, "getVendor", recordNo="999999") == {"found": False}


def test_get_vendor_reads_only_the_fields_asked_for(books: Books) -> None:
    run(books, "createVendor", **TEA)
    found = run(books, "getVendor", vendorId="V-TEA", field="NAME")
    assert "<fields>RECORDNO,VENDORID,NAME</fields>" in function_sent(books)
    assert found["vendorName"] == "Tea & Co"
    assert "city" not in found


@pytest.mark.accepts("C43", "C78")
def test_update_vendor_changes_what_is_given_and_nothing_else(books: Books) -> None:
    run(books, "createVendor", **TEA, achEnabled=True, creditLimit="5")
    changed = run(books, "updateVendor", vendorId="V-TEA", onHold=True, achEnabled="", zip="YO1")
    assert function_sent(books) == (
        "<update><VENDOR><VENDORID>V-TEA</VENDORID><DISPLAYCONTACT><MAILADDRESS><ZIP>YO1</ZIP>"
        "</MAILADDRESS></DISPLAYCONTACT><ONHOLD>true</ONHOLD></VENDOR></update>"
    )
    found = run(books, "getVendor", recordNo=changed["key"])
    assert (found["onHold"], found["achEnabled"], found["city"]) == (True, True, "York")
    assert (found["zipPostalCode"], found["vendorName"]) == ("YO1", "Tea & Co")


@pytest.mark.accepts("A14", "B14", "B16")
def test_list_vendors_gives_keys_ids_and_addresses(books: Books) -> None:
    run(books, "createVendor", **TEA, onHold=True)
    [row] = run(books, "listVendors", onHold=True, vendorName="Tea & Co")["vendors"]
    assert (row["id"], row["active"]) == ("V-TEA", True)
    assert row["href"] == f"/objects/accounts-payable/vendor/{row['key']}"
    first = run(books, "listVendors", pagesize=1)
    second = run(books, "listVendors", pagesize=1, next=first["next"])
    assert first["vendors"][0]["key"] != second["vendors"][0]["key"]
    rows = run(books, "listVendors", vendorName="Tea & Co", resultForm="envelope")["data"]
    assert [row["VENDORID"] for row in rows] == ["V-TEA"]


def test_find_or_create_vendor_creates_once(books: Books) -> None:
    found = [
        run(books, "findOrCreateVendor", **given)
        for given in (TEA, TEA, {"vendorName": "Tea & Co"})
    ]
    assert [result["created"] for result in found] == [True, False, False]
    assert len({result["key"] for result in found}) == 1
    data = run(books, "findOrCreateVendor", **TEA, resultForm="envelope")["data"]
    assert data["_data"][0]["VENDORID"] == "V-TEA"
    assert "response" in run(books, "findOrCreateVendor", **TEA, resultForm="raw")["data"]


def test_create_or_update_vendor_creates_then_changes(books: Books) -> None:
    made = run(books, "createOrUpdateVendor", **TEA)
    changed = run(books, "createOrUpdateVendor", vendorName="Tea & Co", comments="Mondays")
    assert function_sent(books) == (
        f"<update><VENDOR><RECORDNO>{made['key']}</RECORDNO><NAME>Tea &amp; Co</NAME>"
        "<COMMENTS>Mondays</COMMENTS></VENDOR></update>"
    )
    assert (made["outcome"], changed["outcome"]) == ("created", "updated")
    assert (changed["key"], changed["id"]) == (made["key"], "V-TEA")


def test_several_vendors_of_one_name_are_not_guessed(books: Books) -> None:
    run(books, "createVendor", **TEA)
    run(books, "createVendor", **{**TEA, "vendorId": "V-TEA2"})
    sent = len(books.sent)
    for key in ("findOrCreateVendor", "createOrUpdateVendor"):
        with pytest.raises(InputError, match="Several vendors"):
            run(books, key, vendorName="Tea & Co")
    assert all("<create>" not in body for body in books.sent[sent:])


def test_terms_for_vendors_are_offered(books: Books) -> None:
    choices = registry.load().data_sources["selectApTerm"].choices(books.context, Search())
    assert choices
    term = choices[0].key
    run(books, "createVendor", **TEA, paymentTerm=term)
    assert run(books, "getVendor", vendorId="V-TEA")["paymentTerm"] == term

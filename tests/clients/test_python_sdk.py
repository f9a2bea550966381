"""The package sageintacctsdk, unchanged, against the sandbox."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.clients.conftest import Sandbox

Story = Callable[..., Any]


def found(told: dict[str, Any]) -> Any:
    """Return what a story found; it was not refused."""
    assert "error" not in told, told
    return told["found"]


def test_it_creates_and_gets_a_vendor(python_sdk: Story, sandbox: Sandbox) -> None:
    """What it reads is not compared: it takes UTF-8 for Latin-1 when no charset is named."""
    name = "Łódź Boats & Sons"
    values = {"VENDORID": "V-PY", "NAME": name, "DISPLAYCONTACT": {"PRINTAS": "Boats"}}
    made = found(python_sdk("create", part="vendors", values=values))
    assert made["data"]["vendor"]["VENDORID"] == "V-PY"
    answer = found(python_sdk("get", part="vendors", by=["VENDORID", "V-PY"]))
    assert answer["@totalcount"] == "1"
    (vendor,) = answer["VENDOR"]
    assert vendor["VENDORID"] == "V-PY"
    (kept,) = [one for one in sandbox.records("VENDOR") if one["VENDORID"] == "V-PY"]
    assert (kept["NAME"], kept["RECORDNO"]) == (name, made["data"]["vendor"]["RECORDNO"])


def test_it_creates_and_updates_a_customer(python_sdk: Story, sandbox: Sandbox) -> None:
    values = {"CUSTOMERID": "C-PY", "NAME": "Harbour", "DISPLAYCONTACT": {"PRINTAS": "Harbour"}}
    python_sdk("create", part="customers", values=values)
    changed = {"CUSTOMERID": "C-PY", "NAME": "New Harbour"}
    by = ["CUSTOMERID", "C-PY"]
    answer = found(python_sdk("update", part="customers", values=changed, by=by))
    customer = answer["customer"]
    assert customer["NAME"] == "New Harbour"
    assert sandbox.ledger("CUSTOMER", "update") == ["C-PY"]


def test_it_creates_an_invoice(python_sdk: Story, sandbox: Sandbox) -> None:
    customer = sandbox.records("CUSTOMER")[0]["CUSTOMERID"]
    day = {"year": "2026", "month": "3", "day": "2"}
    line = {"glaccountno": "4000", "amount": "100.10", "memo": "Refit", "locationid": "100"}
    values = {"customerid": customer, "datecreated": day, "datedue": day, "invoiceno": "INV-PY"}
    values |= {"invoiceitems": {"lineitem": [line, line]}}
    made = found(python_sdk("create", part="ar_invoices", values=values))
    assert made["key"].isdecimal()
    (invoice,) = [one for one in sandbox.records("ARINVOICE") if one["RECORDID"] == "INV-PY"]
    assert (invoice["RECORDNO"], invoice["TOTALENTERED"]) == (made["key"], "200.20")


def test_it_creates_a_bill(python_sdk: Story, sandbox: Sandbox) -> None:
    vendor = sandbox.records("VENDOR")[0]["VENDORID"]
    line = {"ACCOUNTNO": "6700", "TRX_AMOUNT": "120.10", "LOCATIONID": "100"}
    values = {
        "WHENCREATED": "03/02/2026",
        "VENDORID": vendor,
        "RECORDID": "BILL-PY",
        "WHENDUE": "04/01/2026",
        "APBILLITEMS": {"APBILLITEM": [line, line]},
    }
    made = found(python_sdk("create", part="bills", values=values))
    (bill,) = [one for one in sandbox.records("APBILL") if one["RECORDID"] == "BILL-PY"]
    assert made["data"]["apbill"]["RECORDNO"] == bill["RECORDNO"]
    assert bill["TOTALENTERED"] == "240.20"


def test_it_creates_a_journal_entry(python_sdk: Story, sandbox: Sandbox) -> None:
    lines = [
        {"ACCOUNTNO": "6700", "TR_TYPE": side, "TRX_AMOUNT": "80.50", "LOCATION": "100"}
        for side in ("1", "-1")
    ]
    values: dict[str, Any] = {"JOURNAL": "GJ", "BATCH_DATE": "03/02/2026", "BATCH_TITLE": "Refit"}
    values |= {"ENTRIES": {"GLENTRY": lines}}
    made = found(python_sdk("create", part="journal_entries", values=values))
    assert made["data"]["glbatch"]["RECORDNO"]
    assert len(sandbox.ledger("GLBATCH")) == 1


@pytest.mark.parametrize(
    ("part", "object_name"),
    [
        ("accounts", "GLACCOUNT"),
        ("classes", "CLASS"),
        ("contacts", "CONTACT"),
        ("customers", "CUSTOMER"),
        ("departments", "DEPARTMENT"),
        ("items", "ITEM"),
        ("locations", "LOCATION"),
        ("projects", "PROJECT"),
        ("vendors", "VENDOR"),
    ],
)
def test_it_lists_all_with_the_fields_it_knows(
    python_sdk: Story, sandbox: Sandbox, part: str, object_name: str
) -> None:
    everyone = found(python_sdk("calls", calls=[[part, "get_all"]]))[0]
    keys = {one["RECORDNO"] for one in sandbox.records(object_name)}
    assert {one["RECORDNO"] for one in everyone} == keys


def test_it_lists_page_by_page(python_sdk: Story, sandbox: Sandbox) -> None:
    everyone = sorted(one["CUSTOMERID"] for one in sandbox.records("CUSTOMER"))
    fields = ["CUSTOMERID", "NAME"]
    pages = found(python_sdk("paged", part="customers", page_size=15, fields=fields))
    assert [len(page) for page in pages] == [15, 15, len(everyone) - 30]
    assert [row["CUSTOMERID"] for page in pages for row in page] == everyone


def test_it_filters(python_sdk: Story, sandbox: Sandbox) -> None:
    filters = [["like", "CUSTOMERID", "%1"], ["equalto", "STATUS", "active"]]
    fields = ["CUSTOMERID", "STATUS"]
    answer = found(python_sdk("filtered", part="customers", fields=fields, filters=filters))
    assert {row["CUSTOMERID"] for row in answer} == {
        one["CUSTOMERID"]
        for one in sandbox.records("CUSTOMER")
        if one["CUSTOMERID"].endswith("1") and one["STATUS"] == "active"
    }


def test_it_counts(python_sdk: Story, sandbox: Sandbox) -> None:
    customers = sandbox.records("CUSTOMER")
    active = [one for one in customers if one["STATUS"] == "active"]
    assert found(python_sdk("count", part="customers")) == [len(active), len(customers)]


def test_it_deletes(python_sdk: Story, sandbox: Sandbox) -> None:
    values = {"CUSTOMERID": "C-PY", "NAME": "Harbour", "DISPLAYCONTACT": {"PRINTAS": "Harbour"}}
    made = found(python_sdk("create", part="customers", values=values))
    key = made["data"]["customer"]["RECORDNO"]
    assert found(python_sdk("delete", part="customers", key=key))["status"] == "success"
    assert sandbox.ledger("CUSTOMER", "delete") == ["C-PY"]


def test_it_attaches_a_file(python_sdk: Story, sandbox: Sandbox) -> None:
    file = {"attachmentname": "a", "attachmenttype": "txt", "attachmentdata": "aGVsbG8="}
    document: dict[str, Any] = {"supdocid": "A-PY", "supdocname": "Paper", "supdocfoldername": "Py"}
    document |= {"attachments": {"attachment": file}}
    calls = [
        ["attachments", "create_attachments_folder", {"supdocfoldername": "Py"}],
        ["attachments", "post", document],
        ["attachments", "get_attachment", "supdocid", "A-PY"],
    ]
    folder, made, listed = found(python_sdk("calls", calls=calls))
    assert folder["status"] == made["status"] == "success"
    (kept,) = [one for one in sandbox.records("SUPDOC") if one["SUPDOCID"] == "A-PY"]
    assert made["key"] == kept["RECORDNO"]
    assert listed["data"]["supdoc"]["attachments"]["attachment"]["attachmentdata"] == "aGVsbG8="


def test_it_describes_the_company(python_sdk: Story) -> None:
    calls = [["dimensions", "get_all"], ["dimensions", "get_objects"], ["customers", "get_lookup"]]
    dimensions, objects, lookup = found(python_sdk("calls", calls=calls))
    assert "DEPARTMENT" in {dimension["objectName"] for dimension in dimensions}
    assert "customer" in {one["@typename"] for one in objects["type"]}
    fields = lookup["Type"]["Fields"]["Field"]
    assert "CUSTOMERID" in {field["ID"] for field in fields}


def test_a_duplicate_is_the_error_it_knows(python_sdk: Story, sandbox: Sandbox) -> None:
    values = {"CUSTOMERID": "C-PY", "NAME": "Harbour", "DISPLAYCONTACT": {"PRINTAS": "Harbour"}}
    python_sdk("create", part="customers", values=values)
    refused = python_sdk("create", part="customers", values=values)
    assert refused["error"] == "WrongParamsError"
    assert refused["response"]["error"][0]["errorno"] == "BL34000061"
    assert sandbox.ledger("CUSTOMER") == ["C-PY"]


def test_a_wrong_password_is_the_error_it_knows(python_sdk: Story) -> None:
    refused = python_sdk("count", part="customers", user_password="wrong")
    assert refused["error"] == "InvalidTokenError"

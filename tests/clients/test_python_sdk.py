"""The package sageintacctsdk, unchanged, against the sandbox."""

from collections.abc import Callable
from typing import Any

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


LISTED = {
    "accounts": "GLACCOUNT",
    "allocations": "ALLOCATION",
    "ap_payments": "APPYMT",
    "ar_invoice_items": "ARINVOICEITEM",
    "ar_invoices": "ARINVOICE",
    "ar_payments": "ARPYMT",
    "bills": "APBILL",
    "charge_card_accounts": "CREDITCARD",
    "charge_card_transactions": "CCTRANSACTION",
    "checking_accounts": "CHECKINGACCOUNT",
    "classes": "CLASS",
    "contacts": "CONTACT",
    "contract_lines": "CONTRACTDETAIL",
    "contracts": "CONTRACT",
    "cost_types": "COSTTYPE",
    "customers": "CUSTOMER",
    "departments": "DEPARTMENT",
    "employees": "EMPLOYEE",
    "expense_payment_types": "EXPENSEPAYMENTTYPE",
    "expense_reports": "EEXPENSES",
    "expense_types": "EEACCOUNTLABEL",
    "gl_detail": "GLDETAIL",
    "items": "ITEM",
    "location_entities": "LOCATIONENTITY",
    "locations": "LOCATION",
    "projects": "PROJECT",
    "reimbursements": "EPPAYMENT",
    "rev_rec_schedule_entries": "REVRECSCHEDULEENTRY",
    "rev_rec_schedules": "REVRECSCHEDULE",
    "tasks": "TASK",
    "tax_details": "TAXDETAIL",
    "tax_solutions": "TAXSOLUTION",
    "vendors": "VENDOR",
}


def test_it_lists_everything_with_the_fields_it_knows(python_sdk: Story, sandbox: Sandbox) -> None:
    listed = found(python_sdk("calls", calls=[[part, "get_all"] for part in LISTED]))
    for object_name, rows in zip(LISTED.values(), listed, strict=True):
        keys = {one["RECORDNO"] for one in sandbox.records(object_name)}
        assert keys, object_name
        assert {row["RECORDNO"] for row in rows} == keys, object_name


def test_it_lists_what_it_asks_for_in_other_ways(python_sdk: Story, sandbox: Sandbox) -> None:
    """These parts select no record number, wrap their rows, or take the fields from the caller."""
    calls = [
        ["journal_entries", "get_all"],
        ["savings_accounts", "get_all"],
        ["dimension_values", "get_all", "REGION"],
        ["attachments", "get_all_folders"],
        ["attachments", "get_all_attachments"],
        ["ap_detail", "get_all", None, None, ["RECORDNO"]],
        ["order_entry_transactions", "get_all", None, None, ["DOCID"]],
        ["inventory_control_price_list_entries", "get_all", None, None, ["RECORDNO"]],
    ]
    found_rows = found(python_sdk("calls", calls=calls))
    entries, savings, regions, folders, attachments, details, orders, prices = found_rows
    assert len(entries) == len(sandbox.records("GLBATCH"))
    assert savings["savingsaccount"]["BANKACCOUNTID"] == "SAV-100"
    assert {one["NAME"] for one in regions} == {"North", "South", "West"}
    assert {one["name"] for one in folders} == {"Bills", "Contracts"}
    assert attachments["supdocid"] == "ATT-100"
    assert len(details) == len(sandbox.records("APDETAIL"))
    assert {one["DOCID"] for one in orders} == {o["DOCID"] for o in sandbox.records("SODOCUMENT")}
    assert len(prices) == len(sandbox.records("INVPRICELISTENTRY"))


def test_it_lists_allocation_entries_with_the_dimensions(python_sdk: Story) -> None:
    pages = found(python_sdk("generated", part="allocation_entry"))
    assert {row["ALLOCATIONID"] for page in pages for row in page} == {"HALVES", "SHARED"}


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

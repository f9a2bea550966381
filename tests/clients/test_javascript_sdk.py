"""The official JavaScript SDK, unchanged, against the sandbox."""

from collections.abc import Callable
from typing import Any

from tests.clients.conftest import Sandbox

Story = Callable[..., Any]


def test_it_signs_in_and_uses_its_session(javascript: Story, sandbox: Sandbox) -> None:
    customer = sandbox.records("CUSTOMER")[0]
    found = javascript("session", customer=customer["CUSTOMERID"])
    assert found["company"] == "SANDBOX"
    assert found["name"] == customer["NAME"]
    assert found["endpoint"].startswith("http://localhost.intacct.com:")


def test_it_creates_a_vendor(javascript: Story, sandbox: Sandbox) -> None:
    values = {"vendorId": "V-JS", "vendorName": "Łódź Boats & Sons", "printAs": "Boats"}
    values |= {"primaryEmailAddress": "boats@example.com", "city": "Łódź"}
    found = javascript("vendor", values=values)
    (vendor,) = [one for one in sandbox.records("VENDOR") if one["VENDORID"] == "V-JS"]
    assert (found["VENDORID"], found["RECORDNO"]) == ("V-JS", vendor["RECORDNO"])
    assert vendor["NAME"] == "Łódź Boats & Sons"
    assert vendor["DISPLAYCONTACT.EMAIL1"] == "boats@example.com"
    assert vendor["DISPLAYCONTACT.MAILADDRESS.CITY"] == "Łódź"


def test_it_creates_and_updates_a_customer(javascript: Story, sandbox: Sandbox) -> None:
    javascript("customer", values={"customerId": "C-JS", "customerName": "Harbour"})
    values = {"customerId": "C-JS", "customerName": "New Harbour", "creditLimit": 1500.5}
    found = javascript("updated", values=values)
    assert (found["NAME"], found["CREDITLIMIT"]) == ("New Harbour", "1500.50")
    assert sandbox.ledger("CUSTOMER") == ["C-JS"]
    assert sandbox.ledger("CUSTOMER", "update") == ["C-JS"]


def test_it_creates_an_invoice(javascript: Story, sandbox: Sandbox) -> None:
    customer = sandbox.records("CUSTOMER")[0]["CUSTOMERID"]
    values = {"customerId": customer, "invoiceNumber": "INV-JS", "description": "Refit"}
    found = javascript("invoice", account="4000", amounts=[1650.25, 99.75], values=values)
    record = found["record"]
    assert record["RECORDNO"] == found["key"]
    assert (record["RECORDID"], record["CUSTOMERID"]) == ("INV-JS", customer)
    assert record["WHENCREATED"] == "2026-03-02"
    assert record["TOTALENTERED"] == "1750.00"
    lines = record["ARINVOICEITEMS"]["arinvoiceitem"]
    assert [line["ENTRYDESCRIPTION"] for line in lines] == ["Line of 1650.25", "Line of 99.75"]
    assert sandbox.ledger("ARINVOICE") == ["INV-JS"]


def test_it_creates_a_bill(javascript: Story, sandbox: Sandbox) -> None:
    vendor = sandbox.records("VENDOR")[0]["VENDORID"]
    values = {"vendorId": vendor, "billNumber": "BILL-JS", "description": "Rope"}
    found = javascript("bill", account="6700", amounts=[120.10, 30], values=values)
    record = found["record"]
    assert record["RECORDNO"] == found["key"]
    assert (record["RECORDID"], record["VENDORID"]) == ("BILL-JS", vendor)
    assert record["TOTALENTERED"] == "150.10"
    assert sandbox.ledger("APBILL") == ["BILL-JS"]


def test_it_creates_a_journal_entry(javascript: Story, sandbox: Sandbox) -> None:
    found = javascript("journal", account="6700", amounts=[80.5, -80.5])
    assert found["RECORDNO"]
    assert len(sandbox.ledger("GLBATCH")) == 1


def test_an_unbalanced_journal_entry_is_a_result_error(javascript: Story, sandbox: Sandbox) -> None:
    refused = javascript("unbalanced", account="6700", amounts=[80.5, -80])
    assert refused["kind"] == "ResultException"
    assert sandbox.ledger("GLBATCH") == []


def test_it_lists_every_customer_by_query(javascript: Story, sandbox: Sandbox) -> None:
    everyone = sorted((one["CUSTOMERID"] for one in sandbox.records("CUSTOMER")), reverse=True)
    pages = javascript("query")
    assert [identifier for page in pages for identifier in page["ids"]] == everyone
    assert [page["count"] for page in pages] == [15, 15, len(everyone) - 30]
    assert {page["total"] for page in pages} == {len(everyone)}
    assert [page["remaining"] for page in pages] == [len(everyone) - 15, len(everyone) - 30, 0]


def test_it_filters_a_query(javascript: Story, sandbox: Sandbox) -> None:
    active = {
        one["CUSTOMERID"]
        for one in sandbox.records("CUSTOMER")
        if one["CUSTOMERID"].endswith("1") and one["STATUS"] == "active"
    }
    (page,) = javascript("filtered", pattern="%1")
    assert set(page["ids"]) == active


def test_it_lists_every_customer_by_read_by_query(javascript: Story, sandbox: Sandbox) -> None:
    everyone = {one["CUSTOMERID"] for one in sandbox.records("CUSTOMER")}
    pages = javascript("readByQuery")
    listed = [identifier for page in pages for identifier in page["ids"]]
    assert len(listed) == len(everyone)
    assert set(listed) == everyone
    assert [page["remaining"] for page in pages] == [len(everyone) - 15, len(everyone) - 30, 0]


def test_a_duplicate_is_a_result_error(javascript: Story, sandbox: Sandbox) -> None:
    values = {"customerId": "C-JS", "customerName": "Harbour"}
    first, second = javascript("duplicate", values=values)
    assert first == {"refused": False, "status": "success"}
    assert second["kind"] == "ResultException"
    assert len(second["errors"]) == 4
    assert "BL34000061" in second["errors"][0]
    assert sandbox.ledger("CUSTOMER") == ["C-JS"]


def test_a_wrong_password_is_a_response_error(javascript: Story) -> None:
    refused = javascript("password", userPassword="wrong")
    assert refused["kind"] == "ResponseException"
    assert "XL03000006" in refused["errors"][0]


def test_a_wrong_password_is_understood_from_the_front_gateway_too(
    javascript: Story, sandbox: Sandbox
) -> None:
    sandbox.admin.post("/_sandbox/policies", json={"signin_errors": "gateway"})
    refused = javascript("password", userPassword="wrong")
    assert refused["kind"] == "ResponseException"
    assert "XMLGW_JPP0002" in refused["errors"][0]


def test_a_batch_keeps_what_worked(javascript: Story, sandbox: Sandbox) -> None:
    customers = [{"customerId": name, "customerName": name} for name in ("C-1", "C-1", "C-2")]
    statuses = javascript("batch", transaction=False, customers=customers)
    assert statuses == ["success", "failure", "success"]
    assert sandbox.ledger("CUSTOMER") == ["C-1", "C-2"]


def test_a_transaction_keeps_all_or_nothing(javascript: Story, sandbox: Sandbox) -> None:
    customers = [{"customerId": name, "customerName": name} for name in ("C-1", "C-1", "C-2")]
    failed = javascript("batch", transaction=True, customers=customers)
    assert failed["kind"] == "ResultException"
    assert any("XL03000009" in error for error in failed["errors"])
    assert sandbox.ledger("CUSTOMER") == []


def test_it_deletes_as_the_old_functions_do(javascript: Story, sandbox: Sandbox) -> None:
    """Its classes that delete master records know delete_customer and the like alone."""
    javascript("customer", values={"customerId": "C-JS", "customerName": "Harbour"})
    javascript("vendor", values={"vendorId": "V-JS", "vendorName": "Boats"})
    customer = {"of": "AccountsReceivable.CustomerDelete", "customerId": "C-JS"}
    vendor = {"of": "AccountsPayable.VendorDelete", "vendorId": "V-JS"}
    assert javascript("calls", call=customer)["status"] == "success"
    assert javascript("calls", call=vendor)["status"] == "success"
    assert sandbox.ledger("CUSTOMER", "delete") == ["C-JS"]
    assert sandbox.ledger("VENDOR", "delete") == ["V-JS"]


def test_an_invoice_is_changed_and_paid(javascript: Story, sandbox: Sandbox) -> None:
    customer = sandbox.records("CUSTOMER")[0]["CUSTOMERID"]
    values = {"customerId": customer, "invoiceNumber": "INV-JS"}
    key = javascript("invoice", account="4000", amounts=[100, 20], values=values)["key"]
    line = {"of": "AccountsReceivable.InvoiceLineUpdate", "lineNo": 2, "transactionAmount": 25.5}
    change = {"of": "AccountsReceivable.InvoiceUpdate", "recordNo": key, "lines": [line]}
    assert javascript("calls", call=change)["key"] == key
    applied = {"of": "AccountsReceivable.ArPaymentItem", "applyToRecordId": key}
    payment = {
        "of": "AccountsReceivable.ArPaymentCreate",
        "customerId": customer,
        "transactionPaymentAmount": 100,
        "receivedDate": "2026-03-09",
        "paymentMethod": "Cash",
        "undepositedFundsGlAccountNo": "1200",
        "applyToTransactions": [{**applied, "amountToApply": 100}],
    }
    assert javascript("calls", call=payment)["status"] == "success"
    (invoice,) = [one for one in sandbox.records("ARINVOICE") if one["RECORDNO"] == key]
    assert (invoice["TOTALENTERED"], invoice["TOTALDUE"]) == ("125.50", "25.50")
    assert invoice["STATE"] == "Partially Paid"


def test_an_invoice_is_reversed(javascript: Story, sandbox: Sandbox) -> None:
    customer = sandbox.records("CUSTOMER")[0]["CUSTOMERID"]
    values = {"customerId": customer, "invoiceNumber": "INV-JS"}
    key = javascript("invoice", account="4000", amounts=[100], values=values)["key"]
    reversal = {"of": "AccountsReceivable.InvoiceReverse", "recordNo": key}
    reversal |= {"reverseDate": "2026-03-09", "memo": "Wrong customer"}
    assert javascript("calls", call=reversal)["status"] == "success"
    (invoice,) = [one for one in sandbox.records("ARINVOICE") if one["RECORDNO"] == key]
    assert invoice["STATE"] == "Reversed"


def test_it_describes_and_lists_the_old_way(javascript: Story, sandbox: Sandbox) -> None:
    described = javascript("calls", call={"of": "Common.Lookup", "objectName": "CUSTOMER"})
    assert described["status"] == "success"
    listed = javascript("calls", call={"of": "Common.GetList.GetList", "object": "customer"})
    assert listed["listType"]
    assert listed["totalCount"] == len(sandbox.records("CUSTOMER"))

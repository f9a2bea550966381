"""The eight published REST actions: their inputs, and their results as REST gives them."""

from __future__ import annotations

from typing import Any

import pytest

from connector import registry
from connector.errors import InputError
from connector.intacct.transcript import Transcript
from tests.contract.actions.rest_books import RestBooks, open_rest_books

LINES = (
    '[{"glaccountno": "6400", "amount": "500.00", "memo": "Rent"},'
    ' {"glaccountno": "6400", "amount": "0.10", "memo": "Stamps"}]'
)
DATES = {"date_created": "2026-03-02", "date_due": "2026-04-01"}


@pytest.fixture
def books() -> RestBooks:
    """A fresh company that is reached over REST alone."""
    return open_rest_books()


def run(books: RestBooks, key: str, **inputs: Any) -> dict[str, Any]:
    return registry.load().action(key).run(books.context, inputs)


@pytest.mark.accepts("B1", "B2", "B3", "B5", "B6", "B7")
@pytest.mark.parametrize(
    ("key", "inputs", "path"),
    [
        ("createBill", {"vendor_id": "V-100"}, "accounts-payable/bill"),
        ("createInvoice", {"customer_id": "C-00001"}, "accounts-receivable/invoice"),
    ],
)
def test_documents_are_created_with_the_published_inputs_and_result(
    books: RestBooks, key: str, inputs: dict[str, str], path: str
) -> None:
    answer = run(books, key, **inputs, **DATES, line_items=LINES, resultForm="raw")
    created = answer["ia::result"]
    assert created.keys() == {"key", "id", "href"}
    assert created["href"] == f"/objects/{path}/{created['key']}"
    assert answer["ia::meta"] == {"totalCount": 1, "totalSuccess": 1, "totalError": 0}
    assert books.calls[0] == f"POST /objects/{path}"
    assert '"txnAmount":"500.00"' in books.sent[1]


@pytest.mark.accepts("B6")
def test_malformed_lines_are_refused_before_any_call(books: RestBooks) -> None:
    with pytest.raises(InputError):
        run(books, "createBill", vendor_id="V-100", **DATES, line_items='[{"amount": ]')
    assert books.requests == []


@pytest.mark.accepts("B9", "B10", "B11", "B12", "B13", "B14", "B15", "B16", "B17")
@pytest.mark.parametrize(
    ("key", "inputs", "plural", "path"),
    [
        ("listBills", {"vendor_id": "V-100"}, "bills", "accounts-payable/bill"),
        ("listCustomers", {}, "customers", "accounts-receivable/customer"),
        ("listInvoices", {"customer_id": "C-00002"}, "invoices", "accounts-receivable/invoice"),
        ("listAccounts", {}, "accounts", "general-ledger/account"),
        ("listJournalEntries", {}, "entries", "general-ledger/journal-entry"),
        ("listVendors", {}, "vendors", "accounts-payable/vendor"),
    ],
)
def test_lists_name_key_id_and_address_of_each_record(
    books: RestBooks, key: str, inputs: dict[str, str], plural: str, path: str
) -> None:
    listed = run(books, key, **inputs, pagesize=3)
    rows = listed[plural]
    assert 0 < len(rows) <= 3
    for row in rows:
        assert row["key"].isdecimal()
        assert row["href"] == f"/objects/{path}/{row['key']}"
        assert "id" in row
    assert books.calls == ["POST /services/core/query"]
    with pytest.raises(InputError):
        run(books, key, pagesize=0)


def test_a_whole_record_can_be_had_as_rest_gives_it(books: RestBooks) -> None:
    raw = run(books, "getCustomer", customerId="C-00001", resultForm="raw")
    assert raw["ia::result"]["id"] == "C-00001"
    assert "contacts" in raw["ia::result"]
    envelope = run(books, "getCustomer", customerId="C-00001", resultForm="envelope")["data"]
    assert envelope["_functionName"] == "GET /objects/accounts-receivable/customer"
    assert envelope["_data"][0]["CUSTOMERID"] == "C-00001"


def test_a_step_chooses_the_api_where_a_connection_has_both() -> None:
    books = open_rest_books(with_xml=True, prefers="xml")
    over_xml = run(books, "getCustomer", customerId="C-00001", fields="customerName")
    assert books.counted[-1] == "readByName"
    over_rest = run(books, "getCustomer", customerId="C-00001", fields="customerName", api="rest")
    assert books.counted[-1] == "POST /services/core/query"
    assert over_xml == over_rest


def test_what_rest_cannot_do_goes_over_xml_where_there_is_a_choice() -> None:
    books = open_rest_books(with_xml=True, prefers="rest")
    run(books, "createCustomer", customerId="C-1", customerName="One")
    assert books.counted[-1] == "POST /objects/accounts-receivable/customer"
    quote = {"printOptionOeQuoteTemplateName": "Standard Quote"}
    run(books, "createCustomer", customerId="C-2", customerName="Two", **quote)
    assert books.counted[-1] == "create"
    with pytest.raises(InputError) as refused:
        run(open_rest_books(), "createCustomer", customerId="C-2", customerName="Two", **quote)
    assert "OAuth application only" in refused.value.title


def test_each_call_says_which_api_it_took_and_why() -> None:
    books = open_rest_books(with_xml=True, prefers="rest")
    transcript = Transcript()
    context = books.context.recorded_in(transcript)
    line = {"accountNumber": "4000", "amount": "1.00"}
    invoice: dict[str, Any] = {"customerId": "C-00001", "dateCreated": "2026-03-02"}
    invoice |= {"invoiceNumber": "INV-9", "lineItems": [line], "noGl": True}
    registry.load().action("createInvoice").run(context, invoice)
    registry.load().action("getInvoice").run(context, {"invoiceNumber": "INV-9", "fields": "state"})
    assert transcript.routes[0] == {
        "function": "create_invoice",
        "api": "xml",
        "why": "The REST API has no place for noGl.",
    }
    assert transcript.routes[-1] == {
        "function": "POST /services/core/query",
        "api": "rest",
        "why": "The connection prefers the REST API.",
    }

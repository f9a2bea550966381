"""What nobody outside Sage knows is a switch in the sandbox: all works under each value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector import registry
from connector.errors import DuplicateRecord, Refused

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

LINES = [{"accountNumber": "4000", "amount": "10.00"}]


def run(books: Books, key: str, **inputs: Any) -> dict[str, Any]:
    return registry.load().action(key).run(books.context, inputs)


def test_the_story_of_an_invoice_does_not_depend_on_what_is_unknown(uncertain_books: Books) -> None:
    books = uncertain_books
    customer = run(books, "findOrCreateCustomer", customerId="C-Q", customerName="Quay Ltd")
    again = run(books, "findOrCreateCustomer", customerId="C-Q", customerName="Quay Ltd")
    assert (customer["created"], again["created"]) == (True, False)
    with pytest.raises(DuplicateRecord):
        run(books, "createCustomer", customerId="C-Q", customerName="Quay Ltd")
    wrong = {"customerId": "C-Q", "dateCreated": "2020-01-01", "lineItems": LINES}
    with pytest.raises(Refused):
        run(books, "createInvoice", **wrong, invoiceNumber="INV-Q")
    made = run(
        books, "createInvoice", **{**wrong, "dateCreated": "2026-03-02"}, invoiceNumber="INV-Q"
    )
    found = run(books, "getInvoice", recordNo=made["key"])
    assert (found["invoiceNumber"], found["dateCreated"]) == ("INV-Q", "2026-03-02")
    listed = run(
        books, "queryAndList", objectName="ARINVOICE", field="RECORDID", query="RECORDID = 'INV-Q'"
    )
    assert [row["RECORDID"] for row in listed["records"]] == ["INV-Q"]
    rows = books.context.intacct.query(
        "invoice", select=["invoiceNumber", "dateCreated"], contains={"invoiceNumber": "INV-Q"}
    )
    assert [row["dateCreated"] for row in rows] == ["2026-03-02"]


def test_expired_sessions_are_renewed_whatever_the_shape_of_the_refusal(
    uncertain_books: Books,
) -> None:
    books = uncertain_books
    run(books, "getCustomer", customerId="C-00001")
    books.expire_sessions()
    assert run(books, "getCustomer", customerId="C-00001")["found"] is True
    assert books.counted.count("getAPISession") == 2

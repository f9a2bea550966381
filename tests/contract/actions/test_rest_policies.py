"""What nobody outside Sage knows of REST is a switch: all works under each value."""

from __future__ import annotations

from typing import Any

import pytest

from connector import registry
from connector.errors import DuplicateRecord, Refused
from tests.contract.actions.conftest import UNKNOWN
from tests.contract.actions.rest_books import RestBooks, open_rest_books

OF_REST = [(name, value) for name, value in UNKNOWN if name.startswith("rest_")]
LINES = [{"accountNumber": "4000", "amount": "10.00"}]
COSTS = [{"accountNumber": "6400", "amount": "10.00"}]


def run(books: RestBooks, key: str, **inputs: Any) -> dict[str, Any]:
    return registry.load().action(key).run(books.context, inputs)


@pytest.mark.parametrize(
    ("name", "value"), OF_REST, ids=[f"{name}={value}" for name, value in OF_REST]
)
def test_the_story_of_documents_does_not_depend_on_what_is_unknown(name: str, value: str) -> None:
    policy: dict[str, Any] = {name: value}
    books = open_rest_books(**policy)
    customer = run(books, "findOrCreateCustomer", customerId="C-Q", customerName="Quay Ltd")
    again = run(books, "findOrCreateCustomer", customerId="C-Q", customerName="Quay Ltd")
    assert (customer["created"], again["created"]) == (True, False)
    with pytest.raises(DuplicateRecord):
        run(books, "createCustomer", customerId="C-Q", customerName="Quay Ltd")
    wrong = {"customerId": "C-Q", "dueDate": "2026-04-01", "lineItems": LINES}
    with pytest.raises(Refused):
        run(books, "createInvoice", **wrong, dateCreated="2020-01-01")
    made = run(books, "createInvoice", **wrong, dateCreated="2026-03-02", invoiceNumber="INV-Q")
    found = run(books, "getInvoice", recordNo=made["key"])
    assert (found["invoiceNumber"], found["state"]) == ("INV-Q", "Posted")
    bill = run(
        books,
        "createBill",
        vendorId="V-100",
        transactionDate="2026-03-02",
        dueDate="2026-04-01",
        billItems=COSTS,
    )
    # Without an action a bill is posted, whatever REST would make of one without a state.
    assert run(books, "getBill", recordNo=bill["key"], fields="state")["state"] == "Posted"
    books.expire_tokens()
    listed = run(books, "listInvoices", customerId="C-Q", allPages=True)
    assert [row["id"] for row in listed["invoices"]] == ["INV-Q"]

"""Looking tells what became of a write to an invoice or a bill whose answer was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.identity import identity_of, identity_of_change, identity_of_invocation
from tests.support.action_runs import run

if TYPE_CHECKING:
    from connector.intacct.operation import Identity
    from tests.contract.actions.conftest import Books

DRAFTS: dict[str, dict[str, Any]] = {
    "Invoice": {
        "customerId": "C-00001",
        "dateCreated": "2026-03-02",
        "invoiceNumber": "N-1",
        "lineItems": [{"accountNumber": "4000", "amount": "5.00"}],
    },
    "Bill": {
        "vendorId": "V-430",
        "transactionDate": "2026-03-02",
        "billNumber": "N-1",
        "billItems": [{"accountNumber": "6000", "amount": "5.00"}],
    },
}


def _looked(books: Books, object_name: str, identity: Identity | None) -> tuple[str, str, bool]:
    assert identity is not None
    found = books.context.intacct.find_same(object_name, identity)
    assert found is not None
    return found


@pytest.mark.parametrize("label", DRAFTS)
def test_a_new_document_is_known_by_its_number_party_and_total(books: Books, label: str) -> None:
    name, values = label.lower(), DRAFTS[label]
    created = run(books, f"create{label}", values)
    schema = ObjectSchema.named(name)
    looked = _looked(books, name, identity_of(schema, values))
    assert looked == (created["key"], "N-1", True)
    lines = schema.total["lines"] if schema.total else ""
    other = {**values, lines: [{**values[lines][0], "amount": "6.00"}]}
    assert _looked(books, name, identity_of(schema, other))[2] is False


@pytest.mark.parametrize("label", DRAFTS)
def test_posting_and_reversing_are_known_by_the_state(books: Books, label: str) -> None:
    name = label.lower()
    key = run(books, f"create{label}", {**DRAFTS[label], "action": "Draft"})["key"]
    schema = ObjectSchema.named(name)
    reversal = identity_of_invocation(schema, "reverse", {"recordNo": key})
    if label == "Invoice":
        posting = identity_of_invocation(schema, "submit", {"recordNo": key})
        assert _looked(books, name, posting)[2] is False
        run(books, "postInvoice", {"recordNo": key})
        assert _looked(books, name, posting)[2] is True
    else:
        run(books, "updateBill", {"recordNo": key, "action": "Submit"})
    assert _looked(books, name, reversal)[2] is False
    run(books, f"reverse{label}", {"recordNo": key, "reversalDate": "2026-03-31"})
    assert _looked(books, name, reversal) == (key, "N-1", True)


def test_a_changed_bill_is_known_by_its_new_values(books: Books) -> None:
    key = run(books, "createBill", {**DRAFTS["Bill"], "action": "Draft"})["key"]
    change = {"recordNo": key, "dueDate": "2026-05-01", "onHold": True}
    identity = identity_of_change(ObjectSchema.named("bill"), change)
    assert _looked(books, "bill", identity)[2] is False
    run(books, "updateBill", change)
    assert _looked(books, "bill", identity)[2] is True

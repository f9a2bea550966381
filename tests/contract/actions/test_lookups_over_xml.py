"""A lost answer: what looking finds of payments, advances, adjustments and journal entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.identity import identity_of
from tests.support.action_runs import run

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

ADVANCE: dict[str, Any] = {
    "customerId": "C-00001",
    "paymentMethod": "EFT",
    "paymentDate": "2026-03-01",
    "receiptDate": "2026-03-02",
    "financialEntity": "CHK-100",
    "documentNumber": "CHK-9",
    "advanceItems": [{"accountNumber": "2200", "amount": "500.00", "locationId": "100"}],
}
ENTRY: dict[str, Any] = {
    "journal": "GJ",
    "postingDate": "2026-03-31",
    "description": "Rent",
    "referenceNumber": "JE-1",
    "reversalDate": "2026-04-01",
    "lines": [
        {"accountNumber": "6400", "lineType": "1", "amount": "10.10", "locationId": "100"},
        {"accountNumber": "1300", "lineType": "-1", "amount": "10.10", "locationId": "100"},
    ],
}
ADJUSTMENT: dict[str, Any] = {
    "customerId": "C-00001",
    "dateCreated": "2026-03-02",
    "adjustmentNumber": "ADJ-7",
    "lineItems": [{"accountNumber": "4000", "amount": "-250.00", "locationId": "100"}],
}


def looked_up(
    books: Books, object_name: str, inputs: dict[str, Any]
) -> tuple[str, str, bool] | None:
    """Look as one does after silence, for a record of these inputs."""
    identity = identity_of(ObjectSchema.named(object_name), inputs)
    assert identity is not None
    return books.context.intacct.find_same(object_name, identity)


@pytest.mark.parametrize(
    ("key", "object_name", "inputs", "other"),
    [
        ("createARAdvance", "arAdvance", ADVANCE, {"receiptDate": "2026-03-03"}),
        ("createARAdjustment", "arAdjustment", ADJUSTMENT, {"lineItems": [{"amount": "1"}]}),
        ("createJournalEntry", "journalEntry", ENTRY, {"description": "Salaries"}),
    ],
)
def test_what_was_made_is_found_and_told_from_something_else(
    books: Books, key: str, object_name: str, inputs: dict[str, Any], other: dict[str, Any]
) -> None:
    """An entry's own reversal carries its number and its journal too, and is not taken for it."""
    assert looked_up(books, object_name, inputs) is None
    made = run(books, key, inputs)
    assert looked_up(books, object_name, inputs) == (made["key"], made["id"], True)
    assert looked_up(books, object_name, {**inputs, **other}) == (made["key"], made["id"], False)


def test_payments_are_found_by_their_number_and_told_apart_by_the_rest(books: Books) -> None:
    line = {"accountNumber": "4000", "amount": "99.00", "locationId": "100"}
    invoice = {"customerId": "C-00001", "dateCreated": "2026-03-02", "lineItems": [line]}
    bill = {"vendorId": "V-100", "transactionDate": "2026-03-01", "billItems": [line]}
    received: dict[str, Any] = {
        **{name: value for name, value in ADVANCE.items() if name != "advanceItems"},
        "paymentDetails": [
            {"invoiceKey": run(books, "createInvoice", invoice)["key"], "amount": "60.00"}
        ],
    }
    paid: dict[str, Any] = {
        "vendorId": "V-100",
        "financialEntity": "CHK-100",
        "paymentMethod": "Printed Check",
        "paymentDate": "2026-03-02",
        "documentNumber": "CHK-77",
        "paymentDetails": [{"billKey": run(books, "createBill", bill)["key"], "amount": "60.00"}],
    }
    for key, object_name, inputs, other in (
        ("createArPayment", "arPayment", received, {"receiptDate": "2026-03-03"}),
        ("createApPayment", "apPayment", paid, {"financialEntity": "CHK-200"}),
    ):
        made = run(books, key, inputs)
        assert looked_up(books, object_name, inputs) == (made["key"], made["id"], True)
        for changes in (other, {"paymentDetails": [{"amount": "59.00"}]}):
            found = looked_up(books, object_name, {**inputs, **changes})
            assert found == (made["key"], made["id"], False)


@pytest.mark.parametrize(
    ("object_name", "number", "inputs"),
    [
        ("arAdvance", "documentNumber", ADVANCE),
        ("arPayment", "documentNumber", ADVANCE),
        ("apPayment", "documentNumber", {"vendorId": "V-100", "documentNumber": "1"}),
        ("journalEntry", "referenceNumber", ENTRY),
    ],
)
def test_without_a_number_looking_cannot_tell(
    object_name: str, number: str, inputs: dict[str, Any]
) -> None:
    schema = ObjectSchema.named(object_name)
    assert identity_of(schema, inputs) is not None
    assert identity_of(schema, {**inputs, number: ""}) is None


def test_payments_of_several_customers_are_found_by_the_payer() -> None:
    given = {"payerName": "Acme Group", "documentNumber": "CHK-9"}
    identity = identity_of(ObjectSchema.named("arPayment"), given)
    assert identity is not None
    assert identity.match == {"documentNumber": "CHK-9", "payerName": "Acme Group"}


def test_reversals_are_seen_by_the_state_they_leave(books: Books) -> None:
    """So that a lost answer to a reversal is settled by looking."""
    invocations = {
        name: ObjectSchema.named(name).invocations["reverse"]["leaves"]
        for name in ("arPayment", "apPayment")
    }
    assert invocations == {"arPayment": {"state": "Reversed"}, "apPayment": {"state": "Voided"}}
    line = {"accountNumber": "4000", "amount": "99.00", "locationId": "100"}
    invoice = run(
        books,
        "createInvoice",
        {"customerId": "C-00001", "dateCreated": "2026-03-02", "lineItems": [line]},
    )["key"]
    header = {name: value for name, value in ADVANCE.items() if name != "advanceItems"}
    details = [{"invoiceKey": invoice, "amount": "1.00"}]
    key = run(books, "createArPayment", {**header, "paymentDetails": details})["key"]
    run(books, "reverseArPayment", {"recordNo": key, "reversalDate": "2026-03-31"})
    found = run(books, "getArPayment", {"recordNo": key})
    assert found["state"] == invocations["arPayment"]["state"]

"""Deleting over the sandbox: one call for all keys, and the truth about each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.errors import NotFound, Refused
from tests.support.action_runs import functions_sent, result_of, run

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books


def new_vendors(books: Books, *ids: str) -> list[str]:
    return [
        str(run(books, "createVendor", {"vendorId": each, "vendorName": each})["key"])
        for each in ids
    ]


def is_there(books: Books, key: str) -> bool:
    return bool(run(books, "getVendor", {"recordNo": key})["found"])


@pytest.mark.accepts("C23", "C57", "C58")
def test_several_records_go_in_one_call(books: Books) -> None:
    first, second = new_vendors(books, "V-D1", "V-D2")
    deleted = run(books, "deleteObject", {"object": "vendor", "keys": f" {first} , {second}"})
    assert functions_sent(books)[-1] == (
        f"<delete><object>VENDOR</object><keys>{first},{second}</keys></delete>"
    )
    assert deleted == {"deleted": [first, second]}
    assert not is_there(books, first)
    assert not is_there(books, second)


@pytest.mark.accepts("C58")
def test_a_refusal_tells_what_is_still_there(books: Books) -> None:
    [key] = new_vendors(books, "V-D1")
    with pytest.raises(NotFound) as refused:
        run(books, "deleteObject", {"object": "VENDOR", "keys": [key, "999999"]})
    assert f"Still there: {key}. Not there now: 999999." in refused.value.title
    assert is_there(books, key)


def test_one_record_that_cannot_go_is_refused_without_a_look(books: Books) -> None:
    with pytest.raises(Refused):
        run(books, "deleteObject", {"object": "VENDOR", "keys": "999999"})
    assert [sent.split(">")[0] for sent in functions_sent(books)] == ["<delete"]


@pytest.mark.accepts("A36", "C79")
def test_a_draft_payment_goes_by_its_other_name_too(books: Books) -> None:
    line = {"accountNumber": "4000", "amount": "9.00"}
    invoice = run(
        books,
        "createInvoice",
        {"customerId": "C-00001", "dateCreated": "2026-03-02", "lineItems": [line]},
    )["key"]
    payment = run(
        books,
        "createArPayment",
        {
            "customerId": "C-00001",
            "paymentMethod": "Cash",
            "receiptDate": "2026-03-02",
            "financialEntity": "CHK-100",
            "action": "Draft",
            "paymentDetails": [{"invoiceKey": invoice, "amount": "9.00"}],
        },
    )["key"]
    asked = {"object": "ARPAYMENT", "keys": payment, "resultForm": "raw"}
    assert result_of(run(books, "deleteObject", asked))["function"] == ["delete"]
    assert run(books, "getArPayment", {"recordNo": payment}) == {"found": False}


def test_delete_object_in_the_other_form(books: Books) -> None:
    [key] = new_vendors(books, "V-D1")
    asked = {"object": "VENDOR", "keys": key, "resultForm": "envelope"}
    assert run(books, "deleteObject", asked)["data"]["_functionName"] == "delete"

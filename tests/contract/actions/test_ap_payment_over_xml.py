"""The vendor payment actions over the sandbox: what travels, and what becomes of bills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.errors import Refused
from tests.support.action_runs import functions_sent, record_of, result_of, run

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books


def new_bill(books: Books) -> str:
    line = {"accountNumber": "6400", "amount": "50.00", "locationId": "100"}
    inputs = {"vendorId": "V-100", "transactionDate": "2026-03-01", "billNumber": "B-P"}
    return str(run(books, "createBill", {**inputs, "billItems": [line]})["key"])


def new_payment(books: Books, details: Any, **changes: Any) -> dict[str, Any]:
    inputs = {
        "vendorId": "V-100",
        "financialEntity": "CHK-100",
        "paymentMethod": "Printed Check",
        "paymentDate": "03/02/2026",
        "documentNumber": "CHK-77",
        "paymentDetails": details,
    }
    return run(books, "createApPayment", {**inputs, **changes})


def due(books: Books, bill: str) -> float:
    return float(run(books, "getBill", {"recordNo": bill})["totalDue"])


@pytest.mark.accepts("A25")
def test_create_ap_payment_pays_a_bill_from_a_bank_account(books: Books) -> None:
    bill = new_bill(books)
    created = new_payment(books, [{"billKey": bill, "amount": "50.00"}], currency="USD")
    assert functions_sent(books)[-1] == (
        "<create><APPYMT><VENDORID>V-100</VENDORID><FINANCIALENTITY>CHK-100</FINANCIALENTITY>"
        "<PAYMENTMETHOD>Printed Check</PAYMENTMETHOD><PAYMENTDATE>03/02/2026</PAYMENTDATE>"
        "<DOCNUMBER>CHK-77</DOCNUMBER><CURRENCY>USD</CURRENCY><APPYMTDETAILS><APPYMTDETAIL>"
        f"<RECORDKEY>{bill}</RECORDKEY><TRX_PAYMENTAMOUNT>50.00</TRX_PAYMENTAMOUNT>"
        "</APPYMTDETAIL></APPYMTDETAILS></APPYMT></create>"
    )
    assert created["href"] == f"/objects/accounts-payable/payment/{created['key']}"
    assert due(books, bill) == 0
    found = run(books, "getApPayment", {"recordNo": created["key"]})
    assert (found["vendorId"], found["totalAmount"]) == ("V-100", "50.00")
    assert (found["dateCreated"], found["paymentDetails"][0]["billKey"]) == ("2026-03-02", bill)


def test_details_in_each_form_make_the_same_request(books: Books) -> None:
    bill = new_bill(books)
    text = (
        f"<APPYMTDETAIL><RECORDKEY>{bill}</RECORDKEY>"
        "<TRX_PAYMENTAMOUNT>1.00</TRX_PAYMENTAMOUNT></APPYMTDETAIL>"
    )
    given = {"billKey": bill, "amount": "1.00"}
    for details in ([given], f'[{{"billKey": {bill}, "amount": 1.00}}]', text):
        new_payment(books, details)
    assert len(set(functions_sent(books)[1:])) == 1


def test_a_payment_beyond_what_is_due_is_refused_in_words(books: Books) -> None:
    with pytest.raises(Refused) as refused:
        new_payment(books, [{"billKey": new_bill(books), "amount": "50.01"}])
    assert "50.01" in refused.value.title


def test_create_ap_payment_in_every_form(books: Books) -> None:
    details = [{"billKey": new_bill(books), "amount": "1.00"}]
    assert result_of(new_payment(books, details, resultForm="raw"))["function"] == ["create"]
    assert record_of(new_payment(books, details, resultForm="envelope"))["RECORDNO"]


@pytest.mark.accepts("C24", "C59", "C60", "C83")
def test_get_ap_payment_in_the_published_form(books: Books) -> None:
    key = new_payment(books, [{"billKey": new_bill(books), "amount": "1.00"}])["key"]
    asked = {"recordNo": key, "fields": "*", "resultForm": "envelope"}
    assert record_of(run(books, "getApPayment", asked))["VENDORID"] == "V-100"
    missing = run(books, "getApPayment", {**asked, "recordNo": "999999"})["data"]
    assert (missing["_functionName"], missing["_listType"]) == ("read", "APPYMT")
    assert (missing["_count"], missing["_data"]) == (0, [])
    raw = run(books, "getApPayment", {"recordNo": key, "resultForm": "raw"})
    assert result_of(raw)["function"] == ["read"]


def test_reverse_ap_payment_makes_its_bills_due_again(books: Books) -> None:
    bill = new_bill(books)
    key = new_payment(books, [{"billKey": bill, "amount": "50.00"}])["key"]
    asked = {"recordNo": key, "reversalDate": "03/05/2026", "reversalReason": "A & B"}
    done = run(books, "reverseApPayment", asked)
    assert functions_sent(books)[-1] == (
        f'<reverse_appayment key="{key}">'
        "<datereversed><year>2026</year><month>03</month><day>05</day></datereversed>"
        "<description>A &amp; B</description></reverse_appayment>"
    )
    assert done["outcome"] == "reversed"
    assert due(books, bill) == 50
    assert run(books, "reverseApPayment", asked)["outcome"] == "already reversed"


def test_reverse_ap_payment_in_other_forms(books: Books) -> None:
    details = [{"billKey": new_bill(books), "amount": "1.00"}]
    day = {"reversalDate": "2026-03-05"}
    key = new_payment(books, details)["key"]
    raw = run(books, "reverseApPayment", {**day, "recordNo": key, "resultForm": "raw"})
    assert result_of(raw)["function"] == ["reverse_appayment"]
    key = new_payment(books, details)["key"]
    shown = run(books, "reverseApPayment", {**day, "recordNo": key, "resultForm": "envelope"})
    assert shown["data"]["_functionName"] == "reverse_appayment"


def test_list_ap_payments_by_what_they_have_to_be(books: Books) -> None:
    key = new_payment(books, [{"billKey": new_bill(books), "amount": "1.00"}])["key"]
    wanted = {"vendor_id": "V-100", "paymentDate": "03/02/2026", "documentNumber": "CHK-77"}
    [record] = run(books, "listApPayments", wanted)["payments"]
    assert (record["key"], record["dateCreated"]) == (key, "2026-03-02")
    shown = run(books, "listApPayments", {**wanted, "resultForm": "envelope"})
    assert [row["RECORDNO"] for row in shown["data"]] == [key]

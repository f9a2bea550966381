"""The customer payment actions over the sandbox: what travels, and what becomes of invoices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.errors import Refused
from tests.support.action_runs import functions_sent, record_of, result_of, run

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books


def new_invoice(books: Books, number: str = "INV-P") -> str:
    line = {"accountNumber": "4000", "amount": "99.00", "locationId": "100"}
    inputs = {"customerId": "C-00001", "dateCreated": "2026-03-02", "lineItems": [line]}
    return str(run(books, "createInvoice", {**inputs, "invoiceNumber": number})["key"])


def new_payment(books: Books, details: Any, **changes: Any) -> dict[str, Any]:
    inputs = {
        "customerId": "C-00001",
        "paymentMethod": "Cash",
        "receiptDate": "03/02/2026",
        "financialEntity": "CHK-100",
        "documentNumber": "CHK-9",
        "paymentDetails": details,
    }
    return run(books, "createArPayment", {**inputs, **changes})


def payment(books: Books, key: str) -> dict[str, Any]:
    return run(books, "getArPayment", {"recordNo": key})


def due(books: Books, invoice: str) -> str:
    return str(run(books, "getInvoice", {"recordNo": invoice})["totalDue"])


@pytest.mark.accepts("A24")
def test_create_ar_payment_pays_invoices(books: Books) -> None:
    first, second = new_invoice(books), new_invoice(books, "INV-Q")
    details = [{"invoiceKey": first, "amount": "99.00"}, {"invoiceKey": second, "amount": "9.00"}]
    created = new_payment(books, details)
    assert functions_sent(books)[-1] == (
        "<create><ARPYMT><CUSTOMERID>C-00001</CUSTOMERID><PAYMENTMETHOD>Cash</PAYMENTMETHOD>"
        "<RECEIPTDATE>03/02/2026</RECEIPTDATE><FINANCIALENTITY>CHK-100</FINANCIALENTITY>"
        "<DOCNUMBER>CHK-9</DOCNUMBER><ARPYMTDETAILS>"
        f"<ARPYMTDETAIL><RECORDKEY>{first}</RECORDKEY><TRX_PAYMENTAMOUNT>99.00</TRX_PAYMENTAMOUNT>"
        f"</ARPYMTDETAIL><ARPYMTDETAIL><RECORDKEY>{second}</RECORDKEY>"
        "<TRX_PAYMENTAMOUNT>9.00</TRX_PAYMENTAMOUNT></ARPYMTDETAIL></ARPYMTDETAILS></ARPYMT>"
        "</create>"
    )
    assert created["href"] == f"/objects/accounts-receivable/payment/{created['key']}"
    assert (float(due(books, first)), due(books, second)) == (0, "90.00")
    found = payment(books, created["key"])
    assert (found["totalAmount"], found["state"]) == ("108.00", "Posted")
    assert [each["invoiceKey"] for each in found["paymentDetails"]] == [first, second]


def test_details_in_each_form_make_the_same_request(books: Books) -> None:
    invoice = new_invoice(books)
    text = (
        f"<ARPYMTDETAIL><RECORDKEY>{invoice}</RECORDKEY>"
        "<TRX_PAYMENTAMOUNT>1.00</TRX_PAYMENTAMOUNT></ARPYMTDETAIL>"
    )
    given = {"invoiceKey": invoice, "amount": "1.00"}
    for details in ([given], f'[{{"invoiceKey": {invoice}, "amount": 1.00}}]', text):
        new_payment(books, details)
    assert len(set(functions_sent(books)[1:])) == 1


def test_an_advance_pays_an_invoice(books: Books) -> None:
    invoice = new_invoice(books)
    line = {"accountNumber": "2200", "amount": "50.00", "locationId": "100"}
    inputs = {"customerId": "C-00001", "paymentMethod": "EFT", "financialEntity": "CHK-100"}
    dates = {"paymentDate": "2026-03-02", "receiptDate": "2026-03-02"}
    advance = run(books, "createARAdvance", {**inputs, **dates, "advanceItems": [line]})["key"]
    new_payment(books, [{"invoiceKey": invoice, "advanceKey": advance, "advanceAmount": "50.00"}])
    assert due(books, invoice) == "49.00"
    assert float(run(books, "getARAdvance", {"recordNo": advance})["totalDue"]) == 0


def test_create_ar_payment_in_every_form(books: Books) -> None:
    details = [{"invoiceKey": new_invoice(books), "amount": "1.00"}]
    assert result_of(new_payment(books, details, resultForm="raw"))["function"] == ["create"]
    assert record_of(new_payment(books, details, resultForm="envelope"))["RECORDNO"]


@pytest.mark.accepts("C28", "C59", "C60", "C83")
def test_get_ar_payment_in_the_published_form(books: Books) -> None:
    details = [{"invoiceKey": new_invoice(books), "amount": "1.00"}]
    key = new_payment(books, details)["key"]
    asked = {"recordNo": key, "field": "CUSTOMERID", "resultForm": "envelope"}
    record = record_of(run(books, "getArPayment", asked))
    assert (record["RECORDNO"], record["CUSTOMERID"]) == (key, "C-00001")
    missing = run(books, "getArPayment", {**asked, "recordNo": "999999"})["data"]
    assert (missing["_functionName"], missing["_listType"]) == ("read", "ARPYMT")
    assert (missing["_count"], missing["_data"]) == (0, [])
    raw = run(books, "getArPayment", {"recordNo": key, "resultForm": "raw"})
    assert result_of(raw)["function"] == ["read"]


def test_apply_ar_payment_uses_what_is_left_over(books: Books) -> None:
    invoice = new_invoice(books)
    details = [{"invoiceKey": invoice, "amount": "50.00"}]
    key = new_payment(books, details, overpaymentAmount="10.00")["key"]
    asked = {
        "recordNo": key,
        "paymentDate": "03/05/2026",
        "memo": "A & B",
        "paymentDetails": [{"invoiceKey": invoice, "amount": "10.00"}],
    }
    applied = run(books, "applyArPayment", asked)
    assert functions_sent(books)[-1] == (
        f"<apply_arpayment><arpaymentkey>{key}</arpaymentkey>"
        "<paymentdate><year>2026</year><month>03</month><day>05</day></paymentdate>"
        "<memo>A &amp; B</memo><arpaymentitems><arpaymentitem>"
        f"<invoicekey>{invoice}</invoicekey><amount>10.00</amount></arpaymentitem>"
        "</arpaymentitems></apply_arpayment>"
    )
    assert applied == {"key": key, "applied": asked["paymentDetails"]}
    assert due(books, invoice) == "39.00"
    with pytest.raises(Refused):
        run(books, "applyArPayment", asked)


@pytest.mark.parametrize("form", ["raw", "envelope"])
def test_apply_ar_payment_in_other_forms(books: Books, form: str) -> None:
    invoice = new_invoice(books)
    details = [{"invoiceKey": invoice, "amount": "1.00"}]
    key = new_payment(books, details, overpaymentAmount="10.00")["key"]
    inputs = {"recordNo": key, "paymentDate": "2026-03-05", "paymentDetails": details}
    shown = run(books, "applyArPayment", {**inputs, "resultForm": form})
    function = result_of(shown)["function"] if form == "raw" else [shown["data"]["_functionName"]]
    assert function == ["apply_arpayment"]


def test_reverse_ar_payment_makes_its_invoices_due_again(books: Books) -> None:
    invoice = new_invoice(books)
    key = new_payment(books, [{"invoiceKey": invoice, "amount": "99.00"}])["key"]
    asked = {"recordNo": key, "reversalDate": "03/05/2026", "reversalReason": "A & B"}
    done = run(books, "reverseArPayment", {**asked, "closedAccount": True})
    assert functions_sent(books)[-1] == (
        f'<reverse_arpayment key="{key}">'
        "<datereversed><year>2026</year><month>03</month><day>05</day></datereversed>"
        "<description>A &amp; B</description><nsfclosedaccount>true</nsfclosedaccount>"
        "</reverse_arpayment>"
    )
    assert (done["key"], done["outcome"]) == (key, "reversed")
    assert due(books, invoice) == "99.00"
    again = run(books, "reverseArPayment", asked)
    assert again["outcome"] == "already reversed"
    assert functions_sent(books)[-1].startswith("<read>")


def test_reverse_ar_payment_in_other_forms(books: Books) -> None:
    details = [{"invoiceKey": new_invoice(books), "amount": "1.00"}]
    inputs = {"reversalDate": "2026-03-05"}
    key = new_payment(books, details)["key"]
    raw = run(books, "reverseArPayment", {**inputs, "recordNo": key, "resultForm": "raw"})
    assert result_of(raw)["function"] == ["reverse_arpayment"]
    key = new_payment(books, details)["key"]
    shown = run(books, "reverseArPayment", {**inputs, "recordNo": key, "resultForm": "envelope"})
    assert shown["data"]["_functionName"] == "reverse_arpayment"


def test_list_ar_payments_by_what_they_have_to_be(books: Books) -> None:
    key = new_payment(books, [{"invoiceKey": new_invoice(books), "amount": "1.00"}])["key"]
    wanted = {"documentNumber": "CHK-9", "receiptDate": "03/02/2026", "state": "Posted"}
    found = run(books, "listArPayments", {**wanted, "customer_id": "C-00001"})
    [record] = found["payments"]
    assert (record["key"], record["totalAmount"]) == (key, "1.00")
    assert run(books, "listArPayments", {"documentNumber": "NONE"})["payments"] == []
    page = run(books, "listArPayments", {"pagesize": "1"})
    assert (page["count"], bool(page["next"])) == (1, True)
    shown = run(books, "listArPayments", {"documentNumber": "CHK-9", "resultForm": "envelope"})
    assert [row["RECORDNO"] for row in shown["data"]] == [key]

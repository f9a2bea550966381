"""What a new record is worth, in both APIs, to the cent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connector.operations.amounts import Money, money_of

JOURNAL_XML = (
    "<create><GLBATCH><ENTRIES>"
    "<GLENTRY><TRX_AMOUNT>10.10</TRX_AMOUNT><TR_TYPE>1</TR_TYPE><CURRENCY>EUR</CURRENCY></GLENTRY>"
    "<GLENTRY><TRX_AMOUNT>20.20</TRX_AMOUNT><TR_TYPE>1</TR_TYPE><CURRENCY>EUR</CURRENCY></GLENTRY>"
    "<GLENTRY><TRX_AMOUNT>30.30</TRX_AMOUNT><TR_TYPE>-1</TR_TYPE></GLENTRY>"
    "</ENTRIES></GLBATCH></create>"
)
JOURNAL_REST = (
    "POST /objects/general-ledger/journal-entry\n\n"
    '{"lines": [{"txnType": "debit", "txnAmount": "12.50", "currency": {"txnCurrency": "GBP"}},'
    ' {"txnType": "credit", "txnAmount": "12.50"}]}'
)


def test_a_document_is_worth_its_total() -> None:
    agree = {"customerId": "C-1", "totalAmount": "0.30"}
    assert money_of("invoice", agree, "<create_invoice/>") == Money(Decimal("0.30"), "")


@pytest.mark.parametrize(
    ("payload", "currency"),
    [
        ("<create_invoice><currency>EUR</currency></create_invoice>", "EUR"),
        ('POST /objects/a\n\n{"currency": {"txnCurrency": "GBP"}}', "GBP"),
        ('POST /objects/a\n\n{"currency":"CHF"}', "CHF"),
        ("<create_invoice><memo>currency</memo></create_invoice>", ""),
    ],
)
def test_a_currency_is_read_from_the_write(payload: str, currency: str) -> None:
    found = money_of("bill", {"totalAmount": "5.00"}, payload)
    assert found == Money(Decimal("5.00"), currency)


def test_a_journal_entry_is_worth_its_debits() -> None:
    assert money_of("journalEntry", {}, JOURNAL_XML) == Money(Decimal("30.30"), "EUR")
    assert money_of("journalEntry", {}, JOURNAL_REST) == Money(Decimal("12.50"), "GBP")


@pytest.mark.parametrize(
    ("name", "agree", "payload"),
    [
        ("customer", {"customerName": "Blue"}, "<create/>"),
        ("invoice", {"customerId": "C-1"}, "<create_invoice/>"),
        ("invoice", {"totalAmount": "about ten"}, "<create_invoice/>"),
        ("invoice", {"totalAmount": "NaN"}, "<create_invoice/>"),
        ("journalEntry", {}, "<create><GLBATCH/></create>"),
        ("journalEntry", {}, JOURNAL_XML.replace("20.20", "much")),
    ],
)
def test_what_does_not_say_its_worth_has_none(
    name: str, agree: dict[str, str], payload: str
) -> None:
    assert money_of(name, agree, payload) is None

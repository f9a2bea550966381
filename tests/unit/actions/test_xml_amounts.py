"""Amounts in lines that were written as XML are checked like all others, before any call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from actions import xml_amounts
from connector import registry
from connector.errors import InputError

if TYPE_CHECKING:
    from connector.component import Context
    from tests.unit.actions.conftest import Calls

INVOICE = {"customerId": "C-1", "dateCreated": "2026-03-02"}
BILL = {"vendorId": "V-1", "transactionDate": "2026-03-02"}
RECEIPT = {
    "customerId": "C-1",
    "paymentMethod": "Cash",
    "receiptDate": "2026-03-02",
    "financialEntity": "CHK",
}
VENDOR_PAYMENT = {
    "vendorId": "V-1",
    "paymentDate": "2026-03-02",
    "currency": "USD",
    "financialEntity": "CHK",
    "paymentMethod": "Cash",
}
# Action, its other inputs, the input of its lines, a line around an amount.
CASES: dict[str, tuple[dict[str, Any], str, str]] = {
    "createInvoice": (
        INVOICE,
        "lineItems",
        "<lineitem><glaccountno>4000</glaccountno><amount>{}</amount></lineitem>",
    ),
    "updateInvoice": (
        {"recordNo": "7"},
        "lineItems",
        '<updatelineitem line_num="1"><amount>{}</amount></updatelineitem>',
    ),
    "createBill": (
        BILL,
        "billItems",
        "<APBILLITEM><ACCOUNTNO>6000</ACCOUNTNO><TRX_AMOUNT>{}</TRX_AMOUNT></APBILLITEM>",
    ),
    "updateBill": ({"recordNo": "7"}, "billItems", "<APBILLITEM><AMOUNT>{}</AMOUNT></APBILLITEM>"),
    "createArPayment": (
        RECEIPT,
        "paymentDetails",
        "<ARPYMTDETAIL><TRX_PAYMENTAMOUNT>{}</TRX_PAYMENTAMOUNT></ARPYMTDETAIL>",
    ),
    "createApPayment": (
        VENDOR_PAYMENT,
        "paymentDetails",
        "<APPYMTDETAIL><TRX_PAYMENTAMOUNT>{}</TRX_PAYMENTAMOUNT></APPYMTDETAIL>",
    ),
}


def run(ctx: Context, key: str, amount: str, *, is_list: bool) -> None:
    inputs, name, line = CASES[key]
    text = line.format(amount)
    registry.load().action(key).run(ctx, {**inputs, name: [text] if is_list else text})


@pytest.mark.parametrize("is_list", [False, True], ids=["text", "list"])
@pytest.mark.parametrize("key", CASES)
@pytest.mark.parametrize("amount", ["10.005", "1,000.00", "1e3", "ten", "NaN"])
def test_an_amount_that_intacct_would_change_is_refused(
    ctx: Context, calls: Calls, key: str, amount: str, *, is_list: bool
) -> None:
    with pytest.raises(InputError) as refused:
        run(ctx, key, amount, is_list=is_list)
    assert refused.value.field.startswith(CASES[key][1])
    assert amount in refused.value.title
    assert calls == []


@pytest.mark.parametrize("key", CASES)
def test_an_exact_amount_passes_as_it_is_written(ctx: Context, calls: Calls, key: str) -> None:
    run(ctx, key, "10.50", is_list=False)
    [(_, arguments, _)] = calls
    assert ">10.50<" in str(arguments)


def test_cents_of_a_currency_without_any_are_refused() -> None:
    line = "<lineitem><amount>10.50</amount></lineitem>"
    xml_amounts.check(line, "lineItems", "USD")
    with pytest.raises(InputError, match="JPY has no cents"):
        xml_amounts.check(line, "lineItems", "JPY")
    # A bill's AMOUNT is in the company's own currency, TRX_AMOUNT in the bill's.
    xml_amounts.check("<APBILLITEM><AMOUNT>10.50</AMOUNT></APBILLITEM>", "billItems", "JPY")
    with pytest.raises(InputError, match="JPY has no cents"):
        xml_amounts.check("<X><TRX_AMOUNT>10.50</TRX_AMOUNT></X>", "billItems", "JPY")


def test_an_amount_that_stands_twice_in_a_line_is_refused() -> None:
    with pytest.raises(InputError, match="twice in one line"):
        xml_amounts.check("<X><AMOUNT>1.00</AMOUNT><amount>2.00</amount></X>", "billItems")
    xml_amounts.check("<X><AMOUNT>1</AMOUNT></X><X><AMOUNT>1</AMOUNT></X>", "billItems")


def test_lines_that_are_no_xml_are_not_looked_at() -> None:
    xml_amounts.check([{"amount": "10.005"}], "lineItems")

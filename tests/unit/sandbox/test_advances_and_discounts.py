"""Advances to vendors, credit lines, discounts for early payment, and account labels."""

import re
from collections.abc import Callable

import pytest

Result = Callable[..., str]
Policy = Callable[..., None]
BANK = "<FINANCIALENTITY>CHK-100</FINANCIALENTITY><PAYMENTMETHOD>EFT</PAYMENTMETHOD>"
STATE = "STATE,TRX_TOTALDUE"


def _read(result: Result, name: str, key: str, names: str) -> list[str]:
    function = f"<read><object>{name}</object><keys>{key}</keys><fields>{names}</fields></read>"
    return re.findall(r"<[A-Z_0-9]+>([^<]*)</", result(function).replace("/>", "></x>"))


def _key(answer: str) -> str:
    found = re.search("<(?:key|RECORDNO)>(.*?)</", answer)
    assert found, answer
    return found[1]


def _lines(tag: str, *amounts: str, account: str = "<ACCOUNTNO>4000</ACCOUNTNO>") -> str:
    lines = "".join(f"<{tag}>{account}<TRX_AMOUNT>{a}</TRX_AMOUNT></{tag}>" for a in amounts)
    return f"<{tag}S>{lines}</{tag}S>"


def _invoice(result: Result, *amounts: str, term: str = "Net 30") -> str:
    return _key(
        result(
            f"<create><ARINVOICE><CUSTOMERID>C-00001</CUSTOMERID><TERMNAME>{term}</TERMNAME>"
            f"<WHENCREATED>02/01/2026</WHENCREATED>{_lines('ARINVOICEITEM', *amounts)}"
            "</ARINVOICE></create>"
        )
    )


def _bill(result: Result, amount: str) -> str:
    return _key(
        result(
            "<create><APBILL><VENDORID>V-200</VENDORID><WHENCREATED>02/01/2026</WHENCREATED>"
            f"<TERMNAME>Net 30</TERMNAME>{_lines('APBILLITEM', amount)}</APBILL></create>"
        )
    )


def _advance(vendor: str = "V-200", bank: str = BANK, amount: str = "80") -> str:
    return (
        f"<create><APADVANCE><VENDORID>{vendor}</VENDORID>{bank}"
        f"<PAYMENTDATE>02/10/2026</PAYMENTDATE>{_lines('APADVANCEITEM', amount)}"
        "</APADVANCE></create>"
    )


def _paid(result: Result, side: str, key: str, more: str, cash: str = "") -> str:
    party = {"AR": "<CUSTOMERID>C-00001</CUSTOMERID><RECEIPTDATE>02/20/2026</RECEIPTDATE>"}
    amount = f"<TRX_PAYMENTAMOUNT>{cash}</TRX_PAYMENTAMOUNT>" if cash else ""
    detail = f"<RECORDKEY>{key}</RECORDKEY>{amount}{more}"
    return result(
        f"<create><{side}PYMT>"
        f"{party.get(side, '<VENDORID>V-200</VENDORID><PAYMENTDATE>02/20/2026</PAYMENTDATE>')}"
        f"{BANK}<CURRENCY>USD</CURRENCY><{side}PYMTDETAILS><{side}PYMTDETAIL>{detail}"
        f"</{side}PYMTDETAIL></{side}PYMTDETAILS></{side}PYMT></create>"
    )


def test_an_advance_pays_a_bill_and_is_used_up_by_it(result: Result) -> None:
    bill, advance = _bill(result, "100"), _key(result(_advance()))

    def used(amount: str) -> str:
        posted = f"<TRX_POSTEDADVANCEAMOUNT>{amount}</TRX_POSTEDADVANCEAMOUNT>"
        return _paid(result, "AP", bill, f"<ADVANCEKEY>{advance}</ADVANCEKEY>{posted}")

    assert "more than the 80.00 that is open on advance" in used("80.01")
    assert "success" in used("80")
    assert _read(result, "APBILL", bill, STATE) == ["Partially Paid", "20.00"]
    assert _read(result, "APADVANCE", advance, STATE) == ["Paid", "0"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (_advance("V-999"), "Vendor 'V-999' specified is not valid."),
        (_advance(bank="<PAYMENTMETHOD>EFT</PAYMENTMETHOD>"), "Enter a financial entity or a"),
        (_advance(bank=BANK.replace("EFT", "Barter")), "not a valid value for PAYMENTMETHOD"),
        (_advance(amount=""), "Remove the extra line item"),
    ],
)
def test_a_wrong_advance_is_refused(result: Result, text: str, sentence: str) -> None:
    assert sentence in result(text)


def test_an_advance_of_another_vendor_pays_nothing(result: Result) -> None:
    bill, advance = _bill(result, "100"), _key(result(_advance("V-100")))
    more = f"<ADVANCEKEY>{advance}</ADVANCEKEY><TRX_POSTEDADVANCEAMOUNT>1</TRX_POSTEDADVANCEAMOUNT>"
    assert "does not belong to Vendor V-200" in _paid(result, "AP", bill, more)


def test_a_credit_line_pays_the_other_lines_of_its_invoice(result: Result) -> None:
    invoice = _invoice(result, "100", "-30")
    assert _read(result, "ARINVOICE", invoice, STATE) == ["Posted", "70.00"]
    inline = f"<INLINEKEY>{invoice}</INLINEKEY><TRX_INLINEAMOUNT>{{}}</TRX_INLINEAMOUNT>"
    assert "has credit lines of 30.00 only." in _paid(result, "AR", invoice, inline.format("31"))
    payment = _key(_paid(result, "AR", invoice, inline.format("30"), cash="70"))
    assert _read(result, "ARINVOICE", invoice, STATE) == ["Paid", "0"]
    day = "<year>2026</year><month>02</month><day>21</day>"
    result(
        f'<reverse_arpayment key="{payment}"><datereversed>{day}</datereversed></reverse_arpayment>'
    )
    assert _read(result, "ARINVOICE", invoice, STATE) == ["Posted", "70.00"]


def test_an_invoice_without_credit_lines_is_no_credit(result: Result) -> None:
    invoice = _invoice(result, "100")
    more = f"<INLINEKEY>{invoice}</INLINEKEY><TRX_INLINEAMOUNT>1</TRX_INLINEAMOUNT>"
    assert f"The record {invoice} is not a credit." in _paid(result, "AR", invoice, more)


def test_inline_credits_can_be_off(result: Result, policy: Policy) -> None:
    invoice = _invoice(result, "100", "-30")
    policy(ar_inline_credits="false")
    more = f"<INLINEKEY>{invoice}</INLINEKEY><TRX_INLINEAMOUNT>30</TRX_INLINEAMOUNT>"
    assert "Inline credits are not enabled" in _paid(result, "AR", invoice, more, cash="70")


@pytest.fixture
def early(result: Result) -> str:
    """Return the record number of an invoice of 200 with 2 percent off within 10 days."""
    result(
        "<create><ARTERM><NAME>2% 10</NAME><DUEDATE>30</DUEDATE><DISCDATE>10</DISCDATE>"
        "<DISCAMOUNT>2</DISCAMOUNT></ARTERM></create>"
    )
    return _invoice(result, "200", term="2% 10")


def _discount(day: str) -> str:
    return f"<DISCOUNTDATE>{day}</DISCOUNTDATE>"


def test_an_early_payment_takes_the_discount(result: Result, early: str) -> None:
    assert _read(result, "ARINVOICE", early, "WHENDISCOUNT") == ["2026-02-11"]
    assert "success" in _paid(result, "AR", early, _discount("02/11/2026"), cash="196")
    assert _read(result, "ARINVOICE", early, STATE) == ["Paid", "0"]


def test_a_late_payment_takes_none(result: Result, early: str) -> None:
    assert "success" in _paid(result, "AR", early, _discount("02/12/2026"), cash="196")
    assert _read(result, "ARINVOICE", early, STATE) == ["Partially Paid", "4.00"]


@pytest.mark.parametrize(
    ("more", "cash", "sentence"),
    [
        (_discount("02/11/2026"), "100", "must be the 200.00 that is due less the discount of 4."),
        (
            _discount("02/11/2026") + "<TRX_TOTALDISCOUNTTOAPPLY>4</TRX_TOTALDISCOUNTTOAPPLY>",
            "196",
            "Enter a discount date or a discount, not both.",
        ),
    ],
)
def test_a_discount_that_does_not_fit_is_refused(
    result: Result, early: str, more: str, cash: str, sentence: str
) -> None:
    assert sentence in _paid(result, "AR", early, more, cash)
    assert _read(result, "ARINVOICE", early, STATE) == ["Posted", "200.00"]


def test_a_label_stands_for_its_account(result: Result) -> None:
    label = "<ACCOUNTLABEL>{}</ACCOUNTLABEL>"

    def created(account: str) -> str:
        lines = _lines("APBILLITEM", "10", account=account)
        return result(
            "<create><APBILL><VENDORID>V-200</VENDORID><WHENCREATED>02/01/2026</WHENCREATED>"
            f"<TERMNAME>Net 30</TERMNAME>{lines}</APBILL></create>"
        )

    _key(created(label.format("Office")))
    select = "<select><max>RECORDNO</max></select>"
    last = re.findall(
        "<MAX.RECORDNO>(.*?)</",
        result(f"<query><object>APBILLITEM</object>{select}</query>"),
    )[0]
    names = "ACCOUNTNO,ACCOUNTLABEL,ACCOUNTLABELKEY"
    assert _read(result, "APBILLITEM", last, names) == ["6700", "Office", "1"]
    # Labels of customers are others.
    assert "Account label 'Consulting' specified is not valid." in created(
        label.format("Consulting")
    )
    both = "<ACCOUNTNO>6700</ACCOUNTNO>" + label.format("Office")
    assert "Enter an account or an account label for each line, not both." in created(both)


def test_adjustments_have_no_generic_create_in_xml(result: Result) -> None:
    fields = "<CUSTOMERID>C-00001</CUSTOMERID><WHENCREATED>02/01/2026</WHENCREATED>"
    refused = result(f"<create><ARADJUSTMENT>{fields}</ARADJUSTMENT></create>")
    assert "Adjustments are written with create_aradjustment" in refused

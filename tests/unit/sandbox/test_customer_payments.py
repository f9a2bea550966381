"""What payments of customers do to invoices, and how they are undone."""

import re
from collections.abc import Callable

import pytest

Result = Callable[..., str]
DATE = "<year>2026</year><month>03</month><day>01</day>"
TOTALS = "STATE,TRX_TOTALDUE,TRX_TOTALPAID"


def _read(result: Result, name: str, key: str, names: str) -> list[str]:
    function = f"<read><object>{name}</object><keys>{key}</keys><fields>{names}</fields></read>"
    return re.findall(r"<[A-Z_]+>([^<]*)</", result(function).replace("/>", "></x>"))


def _key(answer: str) -> str:
    found = re.search("<(?:key|RECORDNO)>(.*?)</", answer)
    assert found, answer
    return found[1]


@pytest.fixture
def invoice(result: Result) -> str:
    """Return the record number of an invoice of two lines, 60 and 40."""
    lines = "".join(
        f"<ARINVOICEITEM><ACCOUNTNO>4000</ACCOUNTNO><TRX_AMOUNT>{amount}</TRX_AMOUNT>"
        "</ARINVOICEITEM>"
        for amount in (60, 40)
    )
    return _key(
        result(
            "<create><ARINVOICE><CUSTOMERID>C-00001</CUSTOMERID><TERMNAME>Net 30</TERMNAME>"
            "<WHENCREATED>02/01/2026</WHENCREATED>"
            f"<ARINVOICEITEMS>{lines}</ARINVOICEITEMS></ARINVOICE></create>"
        )
    )


def _detail(key: str, amount: str, more: str = "") -> str:
    cash = f"<TRX_PAYMENTAMOUNT>{amount}</TRX_PAYMENTAMOUNT>" if amount else ""
    return f"<ARPYMTDETAIL><RECORDKEY>{key}</RECORDKEY>{cash}{more}</ARPYMTDETAIL>"


def _payment(*details: str, more: str = "", bank: str = "CHK-100") -> str:
    place = f"<FINANCIALENTITY>{bank}</FINANCIALENTITY>" if bank else ""
    return (
        "<create><ARPYMT><CUSTOMERID>C-00001</CUSTOMERID><PAYMENTMETHOD>EFT</PAYMENTMETHOD>"
        f"<RECEIPTDATE>03/01/2026</RECEIPTDATE><CURRENCY>USD</CURRENCY>{place}{more}"
        f"<ARPYMTDETAILS>{''.join(details)}</ARPYMTDETAILS></ARPYMT></create>"
    )


def _reverse(key: str) -> str:
    return f'<reverse_arpayment key="{key}"><datereversed>{DATE}</datereversed></reverse_arpayment>'


def _last_payment(result: Result) -> str:
    select = "<select><max>RECORDNO</max></select>"
    answer = result(f"<query><object>ARPYMT</object>{select}</query>")
    return str(re.findall("<MAX.RECORDNO>(.*?)</", answer)[0])


def _due_of_customer(result: Result) -> float:
    named = "<object>CUSTOMER</object><keys>C-00001</keys><fields>TOTALDUE</fields>"
    return float(re.findall("<TOTALDUE>(.*?)</", result(f"<readByName>{named}</readByName>"))[0])


def test_a_payment_reduces_what_is_due_until_the_invoice_is_paid(
    result: Result, invoice: str
) -> None:
    before = _due_of_customer(result)
    result(_payment(_detail(invoice, "30")))
    assert _read(result, "ARINVOICE", invoice, TOTALS) == ["Partially Paid", "70.00", "30.00"]
    assert _due_of_customer(result) == before - 30
    key = _key(result(_payment(_detail(invoice, "70"))))
    assert _read(result, "ARINVOICE", invoice, f"{TOTALS},WHENPAID") == [
        "Paid", "0", "100.00", "2026-03-01",
    ]  # fmt: skip
    assert _read(result, "ARPYMT", key, "STATE,RAWSTATE,TRX_TOTALENTERED") == [
        "Posted", "C", "70.00",
    ]  # fmt: skip
    read = result(f"<read><object>ARPYMT</object><keys>{key}</keys></read>")
    assert "<ARPYMTDETAILS><arpymtdetail>" in read
    assert f"<RECORDKEY>{invoice}</RECORDKEY>" in read


def test_lines_are_paid_in_their_order_or_by_name(result: Result, invoice: str) -> None:
    def paid() -> list[str]:
        read = result(f"<read><object>ARINVOICE</object><keys>{invoice}</keys></read>")
        lines = read.partition("<ARINVOICEITEMS>")[2]
        return re.findall("<TRX_TOTALPAID>(.*?)</", lines)

    result(_payment(_detail(invoice, "65")))
    assert paid() == ["60.00", "5.00"]
    result(_reverse(_last_payment(result)))
    assert paid() == ["0", "0"]
    result(_payment(_detail(invoice, "30")))
    read = result(f"<read><object>ARINVOICE</object><keys>{invoice}</keys></read>")
    entry = re.findall("<arinvoiceitem><RECORDNO>(.*?)</", read)[1]
    named = f"<ENTRYKEY>{entry}</ENTRYKEY>"
    assert f"more than is open on line {entry}" in result(_payment(_detail(invoice, "41", named)))
    result(_payment(_detail(invoice, "40", named)))
    assert paid() == ["30.00", "40.00"]


@pytest.mark.parametrize(
    ("amount", "more", "sentence"),
    [
        ("100.01", "", "The amount 100.01 is more than the 100.00 that is open on invoice"),
        ("-1", "", "The amount of a payment is not below zero."),
        ("", "", "Enter an amount for each detail"),
        ("1", "<POSADJKEY>6101</POSADJKEY>", "Each detail of a payment names one document"),
        ("1", "<ENTRYKEY>1</ENTRYKEY>", "has no line 1."),
        ("1", "<INLINEKEY>1</INLINEKEY>", "Cannot find invoice with key '1'."),
    ],
)
def test_a_wrong_detail_is_refused_and_changes_nothing(
    result: Result, invoice: str, amount: str, more: str, sentence: str
) -> None:
    answer = result(_payment(_detail(invoice, amount, more)))
    assert sentence in answer
    assert "Could not create AR payment record!" in answer
    assert _read(result, "ARINVOICE", invoice, TOTALS) == ["Posted", "100.00", "0"]


def test_money_goes_somewhere(result: Result, invoice: str) -> None:
    assert "Enter a financial entity" in result(_payment(_detail(invoice, "1"), bank=""))
    assert "'NONE' specified is not valid" in result(_payment(_detail(invoice, "1"), bank="NONE"))
    undeposited = "<UNDEPOSITEDACCOUNTNO>1200</UNDEPOSITEDACCOUNTNO>"
    assert "success" in result(_payment(_detail(invoice, "1"), bank="", more=undeposited))


def test_the_invoice_of_another_customer_is_not_paid_except_by_a_named_payer(
    result: Result, invoice: str
) -> None:
    other = _payment(_detail(invoice, "1")).replace("C-00001", "C-00002")
    assert "does not belong to Customer C-00002." in result(other)
    payer = "<PAYERNAME>Somebody</PAYERNAME>"
    text = _payment(_detail(invoice, "1"), more=payer)
    assert "success" in result(text.replace("<CUSTOMERID>C-00001</CUSTOMERID>", ""))
    assert "Enter a customer or a payer." in result(
        _payment(_detail(invoice, "1")).replace("<CUSTOMERID>C-00001</CUSTOMERID>", "")
    )


def test_a_draft_reserves_and_posts_when_it_is_submitted(result: Result, invoice: str) -> None:
    key = _key(result(_payment(_detail(invoice, "80"), more="<ACTION>Draft</ACTION>")))
    names = "STATE,TRX_TOTALDUE,TRX_TOTALSELECTED"
    assert _read(result, "ARINVOICE", invoice, names) == ["Posted", "100.00", "80.00"]
    assert "more than the 20.00" in result(_payment(_detail(invoice, "21")))
    update = f"<RECORDNO>{key}</RECORDNO><ACTION>Submit</ACTION>"
    result(f"<update><ARPYMT>{update}</ARPYMT></update>")
    assert _read(result, "ARINVOICE", invoice, names) == ["Partially Paid", "20.00", "0"]
    assert "Only a draft payment can be changed" in result(
        f"<update><ARPYMT>{update}</ARPYMT></update>"
    )
    delete = "<delete><object>ARPYMT</object><keys>{}</keys></delete>"
    assert "Only a draft payment can be deleted" in result(delete.format(key))
    draft = _key(result(_payment(_detail(invoice, "5"), more="<ACTION>Draft</ACTION>")))
    result(delete.format(draft))
    assert _read(result, "ARINVOICE", invoice, names) == ["Partially Paid", "20.00", "0"]


def test_a_reversal_makes_the_invoice_due_again(result: Result, invoice: str) -> None:
    before = _due_of_customer(result)
    key = _key(result(_payment(_detail(invoice, "100"))))
    reverse = _reverse(key)
    assert f"<key>{key}</key>" in result(reverse)
    assert _read(result, "ARINVOICE", invoice, TOTALS) == ["Posted", "100.00", "0"]
    assert _read(result, "ARPYMT", key, "STATE") == ["Reversed"]
    assert _due_of_customer(result) == before
    assert "this one is Reversed" in result(reverse)


def test_a_credit_memo_and_an_advance_pay_an_invoice(result: Result, invoice: str) -> None:
    line = "<lineitem><glaccountno>4000</glaccountno><amount>-25</amount></lineitem>"
    memo = _key(
        result(
            f"<create_aradjustment><customerid>C-00001</customerid><datecreated>{DATE}</datecreated>"
            f"<aradjustmentitems>{line}</aradjustmentitems></create_aradjustment>"
        )
    )
    credit = "<ADJUSTMENTKEY>{}</ADJUSTMENTKEY><TRX_ADJUSTMENTAMOUNT>{}</TRX_ADJUSTMENTAMOUNT>"
    key = _key(result(_payment(_detail(invoice, "10", credit.format(memo, "20")))))
    assert _read(result, "ARINVOICE", invoice, TOTALS) == ["Partially Paid", "70.00", "30.00"]
    assert _read(result, "ARADJUSTMENT", memo, "STATE,TRX_TOTALDUE") == ["Partially Paid", "-5.00"]
    # What it entered is the cash alone.
    assert _read(result, "ARPYMT", key, "TRX_TOTALENTERED") == ["10.00"]
    assert "more than the 5.00" in result(_payment(_detail(invoice, "", credit.format(memo, "6"))))
    reverse = _reverse(key)
    result(reverse)
    assert _read(result, "ARADJUSTMENT", memo, "STATE,TRX_TOTALDUE") == ["Posted", "-25.00"]
    debit = credit.format("6102", "1")
    assert "does not belong to" in result(_payment(_detail(invoice, "", debit)))


def test_the_advance_of_a_customer_is_used_up(result: Result) -> None:
    advance = "<ADVANCEKEY>6300</ADVANCEKEY><TRX_POSTEDADVANCEAMOUNT>{}</TRX_POSTEDADVANCEAMOUNT>"
    text = (
        "<create><ARINVOICE><CUSTOMERID>C-00004</CUSTOMERID><WHENCREATED>02/01/2026</WHENCREATED>"
        "<WHENDUE>03/01/2026</WHENDUE><ARINVOICEITEMS><ARINVOICEITEM><ACCOUNTNO>4000</ACCOUNTNO>"
        "<TRX_AMOUNT>600</TRX_AMOUNT></ARINVOICEITEM></ARINVOICEITEMS></ARINVOICE></create>"
    )
    invoice = _key(result(text))
    payment = _payment(_detail(invoice, "", advance.format("500"))).replace("C-00001", "C-00004")
    result(payment)
    assert _read(result, "ARINVOICE", invoice, "TRX_TOTALDUE") == ["100.00"]
    assert _read(result, "ARADVANCE", "6300", "STATE,TRX_TOTALDUE") == ["Paid", "0"]
    assert "The advance 6300 cannot be paid because it is Paid." in result(
        payment.replace(">500<", ">50<")
    )


def test_the_older_function_keeps_an_overpayment_and_applies_it_later(
    result: Result, invoice: str
) -> None:
    item = "<arpaymentitem><invoicekey>{}</invoicekey><amount>{}</amount></arpaymentitem>"
    head = "<customerid>C-00001</customerid><paymentamount>{}</paymentamount>"
    bank = "<bankaccountid>CHK-100</bankaccountid><paymentmethod>Cash</paymentmethod>"
    text = f"<create_arpayment>{head}{bank}{{}}</create_arpayment>"
    key = _key(result(text.format("50", item.format(invoice, "40"))))
    names = "TRX_TOTALENTERED,TRX_TOTALDUE,OVERPAYMENTAMOUNT,PAYMENTMETHOD,RECEIPTDATE"
    assert _read(result, "ARPYMT", key, names) == ["50.00", "10.00", "10.00", "Cash", "2026-03-02"]
    assert "add up to 5.00 more" in result(text.format("35", item.format(invoice, "40")))
    more = f"<arpaymentitems>{item.format(invoice, '{}')}</arpaymentitems>"
    apply = (
        f"<apply_arpayment><arpaymentkey>{key}</arpaymentkey>"
        f"<paymentdate>{DATE}</paymentdate>{more}</apply_arpayment>"
    )
    assert "more than the 10.00 that is left over" in result(apply.format("11"))
    result(apply.format("10"))
    assert _read(result, "ARINVOICE", invoice, TOTALS) == ["Partially Paid", "50.00", "50.00"]
    assert _read(result, "ARPYMT", key, "TRX_TOTALDUE") == ["0"]
    reverse = _reverse(key)
    assert "<key>" in result(reverse.replace("03</month><day>01", "03</month><day>02"))
    assert _read(result, "ARINVOICE", invoice, TOTALS) == ["Posted", "100.00", "0"]


def test_an_invoice_that_is_paid_in_part_is_not_reversed(result: Result, invoice: str) -> None:
    result(_payment(_detail(invoice, "1")))
    reverse = (
        f'<reverse_invoice key="{invoice}"><datereversed>{DATE}</datereversed></reverse_invoice>'
    )
    assert "this one is Partially Paid" in result(reverse)

"""Adjustments and advances: what customers are charged or credited besides invoices."""

import re
from collections.abc import Callable

import pytest

Result = Callable[..., str]
DATE = "<year>2026</year><month>02</month><day>01</day>"


def _adjustment(amount: str = "-5", after: str = "") -> str:
    line = f"<lineitem><glaccountno>4000</glaccountno><amount>{amount}</amount></lineitem>"
    return (
        f"<create_aradjustment><customerid>C-00001</customerid><datecreated>{DATE}</datecreated>"
        f"{after}<aradjustmentitems>{line}</aradjustmentitems></create_aradjustment>"
    )


def _advance(more: str = "<FINANCIALENTITY>CHK-100</FINANCIALENTITY>", line: str = "") -> str:
    item = f"<ACCOUNTNO>2200</ACCOUNTNO><TRX_AMOUNT>50</TRX_AMOUNT>{line}"
    return (
        "<create><ARADVANCE><CUSTOMERID>C-00001</CUSTOMERID><PAYMENTMETHOD>EFT</PAYMENTMETHOD>"
        "<PAYMENTDATE>02/01/2026</PAYMENTDATE><RECEIPTDATE>02/02/2026</RECEIPTDATE>"
        f"{more}<ARADVANCEITEMS><ARADVANCEITEM>{item}</ARADVANCEITEM></ARADVANCEITEMS>"
        "</ARADVANCE></create>"
    )


def _key(answer: str) -> str:
    found = re.search("<(?:key|RECORDNO)>(.*?)</", answer)
    assert found, answer
    return found[1]


def _fields(result: Result, name: str, key: str, names: str) -> list[str]:
    function = f"<read><object>{name}</object><keys>{key}</keys><fields>{names}</fields></read>"
    return re.findall(r"<[A-Z_]+>([^<]*)</", result(function).replace("/>", "></x>"))


def _due(result: Result) -> str:
    named = "<object>CUSTOMER</object><keys>C-00001</keys><fields>TOTALDUE</fields>"
    return str(re.findall("<TOTALDUE>(.*?)</", result(f"<readByName>{named}</readByName>"))[0])


@pytest.mark.parametrize(("amount", "change"), [("-5", -5), ("7.50", 7.5)])
def test_the_sign_says_credit_or_debit_memo(result: Result, amount: str, change: float) -> None:
    before = _due(result)
    key = _key(result(_adjustment(amount, "<adjustmentno>A-1</adjustmentno>")))
    names = "RECORDID,STATE,TRX_TOTALDUE,RECORDTYPE"
    own = f"{change:.2f}"
    assert _fields(result, "ARADJUSTMENT", key, names) == ["A-1", "Posted", own, "ra"]
    assert float(_due(result)) - float(before) == change


@pytest.mark.parametrize(
    ("action", "state"), [("Draft", "Draft"), ("Submit", "Posted"), ("Posted", "Posted")]
)
def test_an_adjustment_is_submitted_in_both_documented_words(
    result: Result, action: str, state: str
) -> None:
    key = _key(result(_adjustment(after=f"<action>{action}</action>")))
    assert _fields(result, "ARADJUSTMENT", key, "STATE") == [state]


def test_an_adjustment_is_changed_line_by_line_and_deleted(result: Result) -> None:
    key = _key(result(_adjustment()))
    changed = '<updatelineitem line_num="1"><amount>-6</amount></updatelineitem>'
    items = f"<updatearadjustmentitems>{changed}</updatearadjustmentitems>"
    text = f'<update_aradjustment key="{key}"><description>d</description>{items}'
    result(f"{text}</update_aradjustment>")
    names = "DESCRIPTION,TRX_TOTALENTERED"
    assert _fields(result, "ARADJUSTMENT", key, names) == ["d", "-6.00"]
    read = f"<read><object>ARADJUSTMENT</object><keys>{key}</keys></read>"
    assert "<ARADJUSTMENTITEMS><aradjustmentitem>" in result(read)
    result(f'<delete_aradjustment key="{key}"/>')
    assert 'count="0"' in result(read)


def test_adjustments_are_not_written_with_the_generic_functions(result: Result) -> None:
    text = "<create><ARADJUSTMENT><CUSTOMERID>C-00001</CUSTOMERID></ARADJUSTMENT></create>"
    assert "are written with create_aradjustment" in result(text)
    assert "are written with their adjustment" in result(
        "<create><ARADJUSTMENTITEM><TRX_AMOUNT>1</TRX_AMOUNT></ARADJUSTMENTITEM></create>"
    )


def test_an_advance_says_where_the_money_went(result: Result) -> None:
    answer = result(_advance())
    assert "<aradvance><RECORDNO>6301</RECORDNO></aradvance>" in answer
    names = "STATE,TRX_TOTALDUE,RECEIPTDATE,FINANCIALENTITY"
    assert _fields(result, "ARADVANCE", "6301", names) == [
        "Posted", "50.00", "2026-02-02", "CHK-100",
    ]  # fmt: skip
    undeposited = "<UNDEPOSITEDACCOUNTNO>1200</UNDEPOSITEDACCOUNTNO>"
    assert "success" in result(_advance(undeposited))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (_advance(""), "Enter a financial entity or an undeposited funds account."),
        (
            _advance("<FINANCIALENTITY>CHK-900</FINANCIALENTITY>"),
            "Financial entity 'CHK-900' specified is not valid.",
        ),
        (
            _advance("<FINANCIALENTITY>CARD-1</FINANCIALENTITY>"),
            "Financial entity 'CARD-1' specified is not valid.",
        ),
        (_advance().replace("EFT", "Barter"), "is not a valid value for PAYMENTMETHOD"),
        (
            _advance(line="<CUSTOMERID>C-00002</CUSTOMERID>"),
            "is neither the customer of the advance nor a child of it.",
        ),
        (_advance().replace("02/02/2026", "12/31/2024"), "The period of 2024-12-31 is closed."),
    ],
)
def test_a_wrong_advance_is_refused(result: Result, text: str, sentence: str) -> None:
    answer = result(text)
    assert sentence in answer
    assert "Could not create advance record!" in answer


def test_a_header_update_keeps_the_lines_of_an_advance(result: Result) -> None:
    key = _key(result(_advance()))
    update = f"<update><ARADVANCE><RECORDNO>{key}</RECORDNO>{{}}</ARADVANCE></update>"
    result(update.format("<DESCRIPTION>d</DESCRIPTION>"))
    names = "DESCRIPTION,TRX_TOTALENTERED"
    assert _fields(result, "ARADVANCE", key, names) == ["d", "50.00"]
    line = "<ARADVANCEITEM><ACCOUNTNO>2200</ACCOUNTNO><TRX_AMOUNT>8</TRX_AMOUNT></ARADVANCEITEM>"
    result(update.format(f"<ARADVANCEITEMS>{line}</ARADVANCEITEMS>"))
    assert _fields(result, "ARADVANCE", key, "TRX_TOTALENTERED") == ["8.00"]

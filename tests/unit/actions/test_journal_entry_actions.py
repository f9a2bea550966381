from __future__ import annotations

from typing import Any

import pytest

from actions.journal_entry.create_journal_entry import ACTION as CREATE
from actions.journal_entry.update_journal_entry import ACTION as UPDATE
from connector.component import Context
from connector.errors import InputError

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]


def line(side: str, amount: str, **more: str) -> dict[str, str]:
    return {"accountNumber": "6500", "lineType": side, "amount": amount, **more}


NEW: dict[str, Any] = {
    "journal": "GJ",
    "postingDate": "2026-03-31",
    "description": "Rent",
    "lines": [line("1", "99.00"), line("-1", "99.00")],
}
XML = (
    "<GLENTRY><ACCOUNTNO>6500</ACCOUNTNO><TR_TYPE>1</TR_TYPE><TRX_AMOUNT>{}</TRX_AMOUNT></GLENTRY>"
    "<GLENTRY><ACCOUNTNO>2080</ACCOUNTNO><TR_TYPE>-1</TR_TYPE><AMOUNT>99.00</AMOUNT></GLENTRY>"
)


def _sent(ctx: Context, calls: Calls, **changes: Any) -> dict[str, Any]:
    calls.clear()
    CREATE.run(ctx, {**NEW, **changes})
    [(verb, (object_name, values), _)] = calls
    assert (verb, object_name) == ("create", "journalEntry")
    return dict(values)


def _refusal(ctx: Context, calls: Calls, **changes: Any) -> InputError:
    calls.clear()
    with pytest.raises(InputError) as refused:
        CREATE.run(ctx, {**NEW, **changes})
    assert calls == []
    return refused.value


@pytest.mark.accepts("A26")
def test_checked_inputs_become_the_entry(ctx: Context, calls: Calls) -> None:
    assert _sent(ctx, calls) == NEW


@pytest.mark.accepts("A27")
def test_a_line_is_a_debit_or_a_credit(ctx: Context, calls: Calls) -> None:
    numbers = [{**line("", "5"), "lineType": 1}, {**line("", "5"), "lineType": -1}]
    assert [each["lineType"] for each in _sent(ctx, calls, lines=numbers)["lines"]] == ["1", "-1"]
    for wrong in ("2", "0", "debit"):
        error = _refusal(ctx, calls, lines=[line(wrong, "5"), line("-1", "5")])
        assert error.field == "lines[0].lineType"
        assert "1" in error.title
    text = XML.format("99.00").replace("<TR_TYPE>1<", "<TR_TYPE>2<")
    assert _refusal(ctx, calls, lines=text).field == "lines[0].lineType"


@pytest.mark.accepts("A28")
@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([line("1", "99.00"), line("-1", "98.50")], "credits are short by 0.50"),
        ([line("1", "1.00"), line("-1", "0.70"), line("-1", "0.31")], "debits are short by 0.01"),
        (XML.format("99.10"), "credits are short by 0.10"),
        ([line("1", "5", currency="EUR"), line("-1", "5", currency="USD")], "in EUR"),
    ],
)
def test_an_entry_that_does_not_balance_is_refused_with_the_difference(
    ctx: Context, calls: Calls, lines: Any, words: str
) -> None:
    error = _refusal(ctx, calls, lines=lines)
    assert words in error.title
    assert error.field == "lines"


@pytest.mark.accepts("A28")
def test_what_balances_passes_in_each_form_and_currency(ctx: Context, calls: Calls) -> None:
    tenths = [line("1", "0.10"), line("1", "0.20"), line("-1", "0.30")]
    each = [line(side, "7", currency=name) for name in ("EUR", "USD") for side in ("1", "-1")]
    for lines in (tenths, each, XML.format("99.00"), [XML.format("99.00"), *tenths]):
        assert _sent(ctx, calls, lines=lines)["lines"] == lines


def test_an_entry_of_zeros_is_refused(ctx: Context, calls: Calls) -> None:
    error = _refusal(ctx, calls, lines=[line("1", "0"), line("-1", "0.00")])
    assert error.field == "lines"
    assert "zero" in error.title
    assert _sent(ctx, calls, lines=[line("1", "0"), line("-1", "0")], statistical=True)


def test_a_currency_is_the_same_in_small_letters(ctx: Context, calls: Calls) -> None:
    """Intacct says what is wrong with the letters; the entry does balance."""
    assert _sent(
        ctx, calls, lines=[line("1", "5", currency="USD"), line("-1", "5", currency="usd")]
    )


def test_yen_have_no_cents(ctx: Context, calls: Calls) -> None:
    yen = [line("1", "5.50", currency="JPY"), line("-1", "5.50", currency="JPY")]
    assert _refusal(ctx, calls, lines=yen).field == "lines[0].amount"


def test_a_line_of_xml_says_each_amount_once(ctx: Context, calls: Calls) -> None:
    """Else the balance would be checked on one amount and another one booked."""
    twice = XML.format("99.00").replace("<TR_TYPE>1", "<TRX_AMOUNT>10.00</TRX_AMOUNT><TR_TYPE>1")
    error = _refusal(ctx, calls, lines=twice)
    assert error.field == "lines[0]"
    assert "TRX_AMOUNT" in error.title


def test_where_only_some_lines_name_a_currency_intacct_decides(ctx: Context, calls: Calls) -> None:
    assert _sent(ctx, calls, lines=[line("1", "5", currency="USD"), line("-1", "6")])


def test_a_draft_may_be_unfinished(ctx: Context, calls: Calls) -> None:
    lines = [line("1", "5"), line("-1", "6")]
    assert _sent(ctx, calls, lines=lines, state="Draft")["state"] == "Draft"
    assert "Draft" in _refusal(ctx, calls, lines=lines).advice


def test_one_line_is_no_entry_unless_it_counts_things(ctx: Context, calls: Calls) -> None:
    for state in ("Posted", "Draft"):
        error = _refusal(ctx, calls, lines=[line("1", "5")], state=state)
        assert "two lines" in error.title
    assert _sent(ctx, calls, lines=[line("1", "42")], statistical="true")


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([line("1", "-5"), line("-1", "-5")], "lines[0].amount"),
        ([line("1", "5"), {"accountNumber": "1", "lineType": "-1"}], "lines[1].amount"),
        ([line("1", "5"), {"lineType": "-1", "amount": "5"}], "lines[1].accountNumber"),
        ([line("1", "5"), {"accountNumber": "1", "amount": "5"}], "lines[1].lineType"),
        ([line("1", "5", taskId="T"), line("-1", "5")], "lines[0].projectId"),
        (
            [line("1", "5"), line("-1", "5", exchangeRate="2", exchangeRateType="D")],
            "lines[1].exchangeRateType",
        ),
    ],
)
def test_each_line_is_whole(ctx: Context, calls: Calls, lines: Any, field: str) -> None:
    assert _refusal(ctx, calls, lines=lines).field == field


def test_a_reversal_comes_after_the_entry(ctx: Context, calls: Calls) -> None:
    assert _refusal(ctx, calls, reversalDate="2026-03-31").field == "reversalDate"
    assert _sent(ctx, calls, reversalDate="04/01/2026")["reversalDate"] == "2026-04-01"


def test_the_number_says_what_it_is_good_for() -> None:
    help_text = CREATE.form.schema["properties"]["referenceNumber"]["description"]
    assert "without a number a lost answer needs a person" in help_text


def test_an_update_takes_the_whole_entry_and_says_so(ctx: Context, calls: Calls) -> None:
    assert "they replace" in UPDATE.form.schema["properties"]["lines"]["description"]
    changed = {name: value for name, value in NEW.items() if name != "journal"}
    UPDATE.run(ctx, {"recordNo": "7", **changed})
    assert calls[-1][:2] == ("update", ("journalEntry", {"recordNo": "7", **changed}))
    calls.clear()
    for changes in ({"lines": [line("1", "5"), line("-1", "6")]}, {"description": ""}):
        with pytest.raises(InputError):
            UPDATE.run(ctx, {"recordNo": "7", **changed, **changes})
    assert calls == []

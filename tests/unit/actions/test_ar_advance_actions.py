from __future__ import annotations

from typing import Any

import pytest

from actions.ar_advance.create_ar_advance import ACTION as CREATE
from actions.ar_advance.update_ar_advance import ACTION as UPDATE
from connector.component import Action, Context
from connector.errors import InputError

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
LINE = {"accountNumber": "2200", "amount": "500.00"}
NEW = {
    "customerId": "C-1",
    "paymentMethod": "EFT",
    "paymentDate": "2026-03-02",
    "receiptDate": "2026-03-02",
    "financialEntity": "CHK-100",
    "advanceItems": [LINE],
}


def _sent(action: Action, ctx: Context, calls: Calls, inputs: dict[str, Any]) -> dict[str, Any]:
    calls.clear()
    action.run(ctx, inputs)
    [(_, (object_name, values), _)] = calls
    assert object_name == "arAdvance"
    return dict(values)


def _refusal(action: Action, ctx: Context, calls: Calls, inputs: dict[str, Any]) -> InputError:
    calls.clear()
    with pytest.raises(InputError) as refused:
        action.run(ctx, inputs)
    assert calls == []
    return refused.value


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in NEW.items() if key != name}


@pytest.mark.accepts("C45")
def test_checked_inputs_become_the_advance(ctx: Context, calls: Calls) -> None:
    assert _sent(CREATE, ctx, calls, {**NEW, "paymentDate": "03/02/2026"}) == NEW


@pytest.mark.accepts("C46")
def test_the_money_goes_to_one_place(ctx: Context, calls: Calls) -> None:
    error = _refusal(CREATE, ctx, calls, _without("financialEntity"))
    assert error.field == "financialEntity"
    assert "undepositedAccountNo" in error.title
    error = _refusal(CREATE, ctx, calls, {**NEW, "undepositedAccountNo": "1070"})
    assert error.field == "undepositedAccountNo"


def test_an_update_moves_the_money_to_one_place(ctx: Context, calls: Calls) -> None:
    both = {"recordNo": "7", "financialEntity": "CHK-100", "undepositedAccountNo": "1070"}
    assert _refusal(UPDATE, ctx, calls, both).field == "undepositedAccountNo"


@pytest.mark.accepts("C46")
@pytest.mark.parametrize(
    "place",
    [
        {"undepositedAccountNo": "1070"},
        {"summaryName": "Receipts March"},
        {"summaryRecordNo": "300"},
        {"additionalXmlTags": "<PRBATCHKEY>300</PRBATCHKEY>"},
    ],
)
def test_each_place_is_enough(ctx: Context, calls: Calls, place: dict[str, str]) -> None:
    assert _sent(CREATE, ctx, calls, {**_without("financialEntity"), **place})


@pytest.mark.accepts("C46")
def test_the_help_says_that_the_receipt_date_posts() -> None:
    help_text = CREATE.form.schema["properties"]["receiptDate"]["description"]
    assert "posted to the general ledger on this day" in help_text


def test_no_advance_without_a_line(ctx: Context, calls: Calls) -> None:
    assert _refusal(CREATE, ctx, calls, {**NEW, "advanceItems": []}).field == "advanceItems"
    error = _refusal(CREATE, ctx, calls, {**NEW, "advanceItems": [{"amount": "5"}]})
    assert error.field == "advanceItems[0].accountNumber"


def test_an_unknown_way_to_pay_is_refused_with_the_known_ones(ctx: Context, calls: Calls) -> None:
    error = _refusal(CREATE, ctx, calls, {**NEW, "paymentMethod": "Check"})
    assert "Printed Check, Cash, EFT, Credit Card" in error.title


@pytest.mark.accepts("C68")
def test_the_help_says_that_lines_are_replaced_as_a_set() -> None:
    help_text = UPDATE.form.schema["properties"]["advanceItems"]["description"]
    for word in ("they replace", "To add", "to delete", "to change"):
        assert word in help_text


@pytest.mark.accepts("C67", "C68")
def test_lines_of_an_update_are_whole_lines(ctx: Context, calls: Calls) -> None:
    error = _refusal(UPDATE, ctx, calls, {"recordNo": "7", "advanceItems": [{"amount": "5"}]})
    assert error.field == "advanceItems[0].accountNumber"
    sent = _sent(UPDATE, ctx, calls, {"recordNo": "7", "advanceItems": [LINE]})
    assert sent == {"recordNo": "7", "advanceItems": [LINE]}


def test_an_update_without_lines_leaves_them_alone(ctx: Context, calls: Calls) -> None:
    sent = _sent(UPDATE, ctx, calls, {"recordNo": "7", "description": "d"})
    assert sent == {"recordNo": "7", "description": "d"}


def test_a_rate_of_ones_own_excludes_a_type(ctx: Context, calls: Calls) -> None:
    rates = {"exchangeRate": "1.1", "exchangeRateType": "Intacct Daily Rate"}
    assert _refusal(CREATE, ctx, calls, {**NEW, **rates}).field == "exchangeRateType"
    assert _refusal(UPDATE, ctx, calls, {"recordNo": "7", **rates}).field == "exchangeRateType"

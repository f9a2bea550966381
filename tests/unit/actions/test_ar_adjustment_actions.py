from __future__ import annotations

from typing import Any

import pytest

from actions.ar_adjustment.create_ar_adjustment import ACTION as CREATE
from actions.ar_adjustment.get_ar_adjustment import ACTION as GET
from actions.ar_adjustment.get_ar_adjustment_line import ACTION as GET_LINE
from actions.ar_adjustment.update_ar_adjustment import ACTION as UPDATE
from connector import registry
from connector.component import Action, Context
from connector.errors import InputError

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
NEW = {
    "customerId": "C-1",
    "dateCreated": "2026-03-02",
    "lineItems": [{"accountNumber": "4000", "amount": "-250.00"}],
}


def _sent(action: Action, ctx: Context, calls: Calls, inputs: dict[str, Any]) -> dict[str, Any]:
    calls.clear()
    action.run(ctx, inputs)
    [(_, (object_name, values), _)] = calls
    assert object_name == "arAdjustment"
    return dict(values)


def _refusal(action: Action, ctx: Context, calls: Calls, inputs: dict[str, Any]) -> InputError:
    calls.clear()
    with pytest.raises(InputError) as refused:
        action.run(ctx, inputs)
    assert calls == []
    return refused.value


@pytest.mark.accepts("C92")
def test_advances_and_adjustments_can_be_made_read_and_changed() -> None:
    labels = {key: action.label for key, action in registry.load().actions.items()}
    assert {
        "createARAdvance": "Create AR Advance",
        "getARAdvance": "Get AR Advance",
        "updateARAdvance": "Update AR Advance",
        "getARAdjustment": "Get AR Adjustment",
        "getARAdjustmentLine": "Get AR Adjustment Line",
        "updateARAdjustment": "Update AR Adjustment",
    }.items() <= labels.items()


def test_amounts_below_zero_make_a_credit_memo(ctx: Context, calls: Calls) -> None:
    assert _sent(CREATE, ctx, calls, NEW) == NEW


def test_a_new_line_needs_an_account_and_an_amount(ctx: Context, calls: Calls) -> None:
    for line, field in (
        ({"amount": "1.00"}, "lineItems[0].accountNumber"),
        ({"accountNumber": "4000"}, "lineItems[0].amount"),
    ):
        assert _refusal(CREATE, ctx, calls, {**NEW, "lineItems": [line]}).field == field


def test_a_currency_alone_means_the_daily_rate(ctx: Context, calls: Calls) -> None:
    assert _sent(CREATE, ctx, calls, {**NEW, "currency": "EUR"})["exchangeRateType"] == ""
    error = _refusal(CREATE, ctx, calls, {**NEW, "exchangeRate": "1.1"})
    assert error.field == "currency"


@pytest.mark.accepts("C66")
def test_changed_and_new_lines_mix(ctx: Context, calls: Calls) -> None:
    lines = [{"lineNumber": "1", "memo": "m"}, {"accountNumber": "4000", "amount": "5"}]
    sent = _sent(UPDATE, ctx, calls, {"recordNo": "7", "lineItems": lines})
    assert sent["lineItems"] == [{"lineNumber": 1, "memo": "m"}, lines[1]]


@pytest.mark.accepts("C66")
def test_an_update_takes_draft_or_submit_and_offers_submit(ctx: Context, calls: Calls) -> None:
    field = UPDATE.form.schema["properties"]["action"]
    assert (field["enum"], field["default"]) == (["Submit", "Draft"], "Submit")
    assert _refusal(UPDATE, ctx, calls, {"recordNo": "7", "action": "Post"}).field == "action"
    assert "action" not in _sent(UPDATE, ctx, calls, {"recordNo": "7", "description": "d"})


@pytest.mark.accepts("C77")
@pytest.mark.parametrize(("action", "inputs"), [(CREATE, NEW), (UPDATE, {"recordNo": "7"})])
def test_additional_tags_may_be_xml(
    ctx: Context, calls: Calls, action: Action, inputs: dict[str, Any]
) -> None:
    given = {**inputs, "additionalXmlTags": "<exchrate>1.1</exchrate>"}
    assert _sent(action, ctx, calls, given)["additionalFields"] == {"exchrate": "1.1"}


def test_an_update_that_changes_nothing_is_refused(ctx: Context, calls: Calls) -> None:
    assert "should change" in _refusal(UPDATE, ctx, calls, {"recordNo": "7"}).title
    assert _refusal(UPDATE, ctx, calls, {"description": "d"}).field == "recordNo"


@pytest.mark.accepts("C59")
def test_reading_needs_the_record_number_and_takes_fields(ctx: Context, calls: Calls) -> None:
    for action in (GET, GET_LINE):
        assert _refusal(action, ctx, calls, {"fields": "*"}).field == "recordNo"
        action.run(ctx, {"recordNo": "7", "field": "RECORDNO, STATE"})
        [(verb, (name,), words)] = calls
        assert (verb, name, words["key"]) == ("get", action.object_name, "7")
        assert {"RECORDNO", "STATE"} <= set(words["fields"])

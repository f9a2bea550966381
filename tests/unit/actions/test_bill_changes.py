from __future__ import annotations

from typing import Any

import pytest

from actions.bill.delete_bill import ACTION as DELETE
from actions.bill.reverse_bill import ACTION as REVERSE
from actions.bill.update_bill import ACTION as UPDATE
from connector.component import Action, Context
from connector.errors import InputError

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
LINE = {"accountNumber": "6000", "amount": "99.00"}
FOUND = {"found": True, "key": "4760", "id": "BILL-100", "href": "/objects/b/4760"}


def _updated(ctx: Context, calls: Calls, **changes: Any) -> dict[str, Any]:
    calls.clear()
    UPDATE.run(ctx, {"recordNo": "7", **changes})
    [(verb, (object_name, values), _)] = calls
    assert (verb, object_name) == ("update", "bill")
    assert isinstance(values, dict)
    return values


def _refusal(action: Action, ctx: Context, calls: Calls, inputs: dict[str, Any]) -> InputError:
    calls.clear()
    with pytest.raises(InputError) as refused:
        action.run(ctx, inputs)
    assert calls == []
    assert refused.value.title.endswith(".")
    return refused.value


# --- updateBill


def test_an_update_sends_what_is_given_and_nothing_else(ctx: Context, calls: Calls) -> None:
    assert _updated(ctx, calls, description="x", onHold="", termName=None) == {
        "recordNo": "7",
        "description": "x",
    }


def test_lines_of_an_update_are_complete_each(ctx: Context, calls: Calls) -> None:
    lines = [{"lineNumber": 1, "amount": "1"}]
    error = _refusal(UPDATE, ctx, calls, {"recordNo": "7", "billItems": lines})
    assert error.field == "billItems[0].accountNumber"
    text = "<APBILLITEM><ACCOUNTNO>6000</ACCOUNTNO></APBILLITEM>"
    assert _updated(ctx, calls, billItems=text)["billItems"] == text


def test_one_line_is_not_given_twice(ctx: Context, calls: Calls) -> None:
    lines = [{**LINE, "lineNumber": 1}, {**LINE, "lineNumber": 1}]
    error = _refusal(UPDATE, ctx, calls, {"recordNo": "7", "billItems": lines})
    assert error.field == "billItems[1].lineNumber"


def test_the_help_says_that_lines_are_replaced_as_a_set() -> None:
    help_text = UPDATE.form.schema["properties"]["billItems"]["description"]
    assert "replaced as a set" in help_text
    assert "deleted" in help_text


@pytest.mark.parametrize("inputs", [{"description": "x"}, {"recordNo": "7"}])
def test_an_update_says_which_and_what(ctx: Context, calls: Calls, inputs: dict[str, Any]) -> None:
    _refusal(UPDATE, ctx, calls, inputs)


@pytest.mark.accepts("C77")
def test_what_is_not_modelled_may_be_xml(ctx: Context, calls: Calls) -> None:
    changed = _updated(ctx, calls, additionalXmlTags="<NOGL>true</NOGL>")
    assert changed["additionalFields"] == {"NOGL": "true"}


# --- deleteBill, reverseBill


def test_deleting_names_one_bill(ctx: Context, calls: Calls) -> None:
    assert DELETE.run(ctx, {"recordNo": "7"}) == {"deleted": ["7"]}
    assert calls[0][:2] == ("delete", ("bill", ["7"]))
    assert _refusal(DELETE, ctx, calls, {}).field == "recordNo"


def test_reversing_needs_the_day(ctx: Context, calls: Calls) -> None:
    assert _refusal(REVERSE, ctx, calls, {"recordNo": "7"}).field == "reversalDate"


def test_a_posted_bill_is_reversed_with_day_and_reason(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["get"] = {**FOUND, "state": "Posted"}
    given = {"recordNo": "4760", "reverseDate": "03/31/2026", "notes": "Twice"}
    reversed_ = REVERSE.run(ctx, given)
    assert reversed_["outcome"] == "reversed"
    values = {"recordNo": "4760", "reversalDate": "2026-03-31", "reversalReason": "Twice"}
    assert calls[-1][:2] == ("invoke", ("reverse", "bill", values))

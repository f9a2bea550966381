from __future__ import annotations

from typing import Any

import pytest

from actions.invoice.list_invoices import ACTION as LIST
from actions.invoice.post_invoice import ACTION as POST
from actions.invoice.reverse_invoice import ACTION as REVERSE
from actions.invoice.update_invoice import ACTION as UPDATE
from connector.component import Action, Context
from connector.errors import InputError
from connector.intacct.operation import Condition

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
FOUND = {"found": True, "key": "4774", "id": "INV-9", "href": "/objects/i/4774"}


# --- listInvoices


@pytest.mark.accepts("A20", "B12", "B15")
def test_a_list_takes_the_customer_and_a_size(ctx: Context, calls: Calls) -> None:
    LIST.run(ctx, {"customer_id": "C-1", "pagesize": 5})
    assert calls[0][2]["size"] == 5
    assert calls[0][2]["where"] == Condition("customerId", "equalTo", ("C-1",))


@pytest.mark.accepts("B15")
@pytest.mark.parametrize("size", [0, -1, 1001])
def test_a_page_of_another_size_is_refused(ctx: Context, calls: Calls, size: int) -> None:
    assert _refused(LIST, ctx, calls, {"pagesize": size}).field == "pageSize"


def _refused(action: Action, ctx: Context, calls: Calls, inputs: dict[str, Any]) -> InputError:
    calls.clear()
    with pytest.raises(InputError) as refused:
        action.run(ctx, inputs)
    assert calls == []
    return refused.value


# --- updateInvoice


def _updated(ctx: Context, calls: Calls, **changes: Any) -> dict[str, Any]:
    calls.clear()
    UPDATE.run(ctx, {"recordNo": "7", **changes})
    [(verb, (object_name, values), _)] = calls
    assert (verb, object_name) == ("update", "invoice")
    assert isinstance(values, dict)
    return values


def _refused_update(ctx: Context, calls: Calls, **changes: Any) -> InputError:
    return _refused(UPDATE, ctx, calls, {"recordNo": "7", **changes})


@pytest.mark.accepts("C41")
def test_an_update_sends_what_is_given_and_nothing_else(ctx: Context, calls: Calls) -> None:
    changed = _updated(ctx, calls, description="x", termName="", shipToContactName=None)
    assert changed == {"recordNo": "7", "description": "x"}


@pytest.mark.accepts("C71")
def test_contact_name_of_an_update_is_the_bill_to_contact(ctx: Context, calls: Calls) -> None:
    assert _updated(ctx, calls, contactName="Jane")["billToContactName"] == "Jane"
    field = UPDATE.form.schema["properties"]["billToContactName"]
    assert field["title"] == "Contact Name"


@pytest.mark.accepts("C91")
def test_the_invoice_to_update_is_picked_from_a_list() -> None:
    field = UPDATE.form.schema["properties"]["recordNo"]
    assert (field["title"], field["x-form"]) == ("Record Number", {"dataSource": "selectInvoice"})


def test_base_currency_of_an_invoice_that_exists_is_refused_with_the_reason(
    ctx: Context, calls: Calls
) -> None:
    error = _refused_update(ctx, calls, baseCurrency="USD", currency="USD")
    assert error.field == "baseCurrency"
    assert "only when an invoice is created" in error.title


@pytest.mark.accepts("C73")
@pytest.mark.parametrize("currency", [{}, {"currency": "EUR"}])
def test_rate_and_rate_type_exclude_one_another(
    ctx: Context, calls: Calls, currency: dict[str, str]
) -> None:
    given = {"exchangeRate": "1.1", "exchangeRateType": "Intacct Daily Rate"}
    error = _refused_update(ctx, calls, **currency, **given)
    assert error.field == "exchangeRateType"
    assert "cannot both be given" in error.title


def test_a_new_currency_is_sent_with_its_group(ctx: Context, calls: Calls) -> None:
    assert _updated(ctx, calls, currency="EUR") == {
        "recordNo": "7",
        "currency": "EUR",
        "exchangeRateType": "",
    }
    assert _refused_update(ctx, calls, exchangeRate="1.1").field == "currency"


def test_due_before_the_new_date_is_refused(ctx: Context, calls: Calls) -> None:
    dates = {"dateCreated": "2026-03-02", "dueDate": "2026-03-01"}
    assert _refused_update(ctx, calls, **dates).field == "dueDate"
    assert _updated(ctx, calls, dueDate="2026-03-01")["dueDate"] == "2026-03-01"


@pytest.mark.accepts("C72")
def test_numbered_lines_change_and_others_are_new(ctx: Context, calls: Calls) -> None:
    lines = [
        {"line_num": "2", "quantity": "2", "price": "3"},
        {"lineNumber": 1, "memo": "only this"},
        {"accountNumber": "4000", "quantity": "1", "price": "5"},
        "<updatelineitem line_num='3'><memo>x</memo></updatelineitem>",
    ]
    assert _updated(ctx, calls, lineItems=lines)["lineItems"] == [
        {"lineNumber": 2, "amount": "6.00"},
        {"lineNumber": 1, "memo": "only this"},
        {"accountNumber": "4000", "amount": "5.00"},
        lines[3],
    ]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"amount": "1"}, ".accountNumber"),
        ({"lineNumber": 2}, ""),
        ({"lineNumber": 1, "memo": "again"}, ".lineNumber"),
        ({"lineNumber": 2, "quantity": "1"}, ".price"),
        ({"lineNumber": 2, "amount": "1", "quantity": "2", "price": "3"}, ".amount"),
        ({"lineNumber": 2, "accountNumber": "1", "accountLabel": "2"}, ".accountLabel"),
        ({"lineNumber": 2, "taskId": "T"}, ".projectId"),
        ({"lineNumber": 0, "amount": "1"}, ".lineNumber"),
    ],
)
def test_a_line_of_an_update_that_says_too_little_is_refused(
    ctx: Context, calls: Calls, line: dict[str, Any], field: str
) -> None:
    lines = [{"lineNumber": 1, "memo": "m"}, line]
    assert _refused_update(ctx, calls, lineItems=lines).field == f"lineItems[1]{field}"


def test_changed_yen_have_no_cents_either(ctx: Context, calls: Calls) -> None:
    lines = [{"lineNumber": 1, "memo": "m"}, {"lineNumber": 2, "amount": "10.50"}]
    error = _refused_update(ctx, calls, currency="JPY", lineItems=lines)
    assert error.field == "lineItems[1].amount"


@pytest.mark.parametrize("inputs", [{"description": "x"}, {"recordNo": "7"}])
def test_an_update_says_which_and_what(ctx: Context, calls: Calls, inputs: dict[str, Any]) -> None:
    _refused(UPDATE, ctx, calls, inputs)


# --- postInvoice, reverseInvoice


@pytest.mark.accepts("A19")
@pytest.mark.parametrize("state", ["Posted", "Partially Paid", "Partially paid", "Paid"])
def test_posting_what_is_posted_changes_nothing(
    ctx: Context, calls: Calls, answers: dict[str, Any], state: str
) -> None:
    answers["get"] = {**FOUND, "state": state}
    posted = POST.run(ctx, {"recordNo": "4774"})
    assert (posted["outcome"], posted["id"]) == ("already posted", "INV-9")
    assert [verb for verb, *_ in calls] == ["get"]


@pytest.mark.accepts("A19")
def test_a_draft_is_submitted(ctx: Context, calls: Calls, answers: dict[str, Any]) -> None:
    answers["get"] = {**FOUND, "state": "Draft"}
    assert POST.run(ctx, {"recordNo": "4774"})["outcome"] == "posted"
    assert calls[-1][:2] == ("invoke", ("submit", "invoice", {"recordNo": "4774"}))


@pytest.mark.parametrize("action", [POST, REVERSE])
def test_an_invoice_that_is_not_there_is_named(ctx: Context, calls: Calls, action: Action) -> None:
    day = {"reversalDate": "2026-03-31"} if action is REVERSE else {}
    with pytest.raises(InputError, match="no invoice with recordNo 4774") as refused:
        action.run(ctx, {"recordNo": "4774", **day})
    assert refused.value.field == "recordNo"
    with pytest.raises(InputError, match="no invoice with invoiceNumber INV-9"):
        action.run(ctx, {"invoiceNumber": "INV-9", **day})
    calls.clear()
    with pytest.raises(InputError):
        action.run(ctx, day)
    assert calls == []


def test_a_reversed_invoice_is_not_posted(ctx: Context, answers: dict[str, Any]) -> None:
    answers["get"] = {**FOUND, "state": "Reversed"}
    with pytest.raises(InputError, match="is Reversed"):
        POST.run(ctx, {"recordNo": "4774"})


def test_a_number_alone_costs_one_look(ctx: Context, calls: Calls, answers: dict[str, Any]) -> None:
    row = {"recordNo": "4774", "invoiceNumber": "INV-9", "customerId": "C-1", "state": "Draft"}
    answers["query"] = [row]
    posted = POST.run(ctx, {"invoiceNumber": "INV-9"})
    href = "/objects/accounts-receivable/invoice/4774"
    assert posted == {"key": "4774", "id": "INV-9", "href": href, "outcome": "posted"}
    assert [verb for verb, *_ in calls] == ["query", "invoke"]
    answers["query"] = [row, {**row, "recordNo": "4775", "customerId": "C-2"}]
    with pytest.raises(InputError, match="C-1 and C-2"):
        POST.run(ctx, {"invoiceNumber": "INV-9"})


def test_reversing_twice_is_an_answer(ctx: Context, calls: Calls, answers: dict[str, Any]) -> None:
    answers["get"] = {**FOUND, "state": "Reversed"}
    given = {"recordNo": "4774", "reversalDate": "2026-03-31"}
    assert REVERSE.run(ctx, given)["outcome"] == "already reversed"
    assert [verb for verb, *_ in calls] == ["get"]


def test_a_draft_is_not_reversed(ctx: Context, calls: Calls, answers: dict[str, Any]) -> None:
    answers["get"] = {**FOUND, "state": "Draft"}
    with pytest.raises(InputError, match="draft") as refused:
        REVERSE.run(ctx, {"recordNo": "4774", "reversalDate": "2026-03-31"})
    assert "Delete" in refused.value.advice
    assert [verb for verb, *_ in calls] == ["get"]


@pytest.mark.accepts("C77")
def test_what_is_not_modelled_may_be_xml(ctx: Context, calls: Calls) -> None:
    text = "<taxsolutionid>UK</taxsolutionid>"
    changed = _updated(ctx, calls, additionalXmlTags=text)
    assert changed["additionalFields"] == {"taxsolutionid": "UK"}
    assert _refused_update(ctx, calls, additionalFields="<a>").field == "additionalFields"

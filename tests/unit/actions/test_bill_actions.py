from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from actions.bill.create_bill import ACTION as CREATE
from actions.bill.get_bill import ACTION as GET
from actions.bill.list_bills import ACTION as LIST
from connector.component import Action, Context
from connector.errors import InputError
from connector.intacct.operation import Condition

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
LINE = {"accountNumber": "6000", "amount": "99.00"}
FOUND = {"found": True, "key": "4760", "id": "BILL-100", "href": "/objects/b/4760"}


def _inputs(**changes: Any) -> dict[str, Any]:
    return {
        "vendorId": "V-1",
        "transactionDate": "2026-03-02",
        "dueDate": "2026-04-01",
        "billItems": [LINE],
        **changes,
    }


def _created(ctx: Context, calls: Calls, **changes: Any) -> dict[str, Any]:
    calls.clear()
    CREATE.run(ctx, _inputs(**changes))
    [(verb, (object_name, values), _)] = calls
    assert (verb, object_name) == ("create", "bill")
    assert isinstance(values, dict)
    return values


def _refusal(action: Action, ctx: Context, calls: Calls, inputs: dict[str, Any]) -> InputError:
    calls.clear()
    with pytest.raises(InputError) as refused:
        action.run(ctx, inputs)
    assert calls == []
    assert refused.value.title.endswith(".")
    return refused.value


# --- createBill


@pytest.mark.accepts("A22")
def test_checked_inputs_become_the_bill(ctx: Context, calls: Calls) -> None:
    assert _created(ctx, calls) == _inputs()


@pytest.mark.accepts("B2", "B6", "B7")
def test_names_and_forms_of_the_rest_list_are_understood(ctx: Context, calls: Calls) -> None:
    CREATE.run(
        ctx,
        {
            "vendor_id": "V-1",
            "date_created": "2026-03-02",
            "date_due": "04/01/2026",
            "line_items": '[{"glaccountno": "6000", "amount": "500.00", "memo": "Paper"}]',
        },
    )
    line = {"accountNumber": "6000", "amount": "500.00", "memo": "Paper"}
    assert calls[0][1][1] == _inputs(billItems=[line])


@pytest.mark.accepts("C47")
@pytest.mark.parametrize(
    ("missing", "advice"),
    [
        ("vendorId", "Give the Vendor ID, such as VENDOR-001."),
        ("transactionDate", "Give the Bill Transaction Date, such as 2026-03-02."),
        ("billItems", "Give the AP Bill Items."),
    ],
)
def test_what_is_missing_is_named_with_its_remedy(
    ctx: Context, calls: Calls, missing: str, advice: str
) -> None:
    error = _refusal(CREATE, ctx, calls, _inputs(**{missing: ""}))
    assert (error.field, error.advice) == (missing, advice)


@pytest.mark.accepts("C47")
@pytest.mark.parametrize("lines", [[], "[]"])
def test_a_bill_has_at_least_one_line(ctx: Context, calls: Calls, lines: Any) -> None:
    assert _refusal(CREATE, ctx, calls, _inputs(billItems=lines)).field == "billItems"


@pytest.mark.accepts("B6")
def test_broken_json_lines_name_the_position(ctx: Context, calls: Calls) -> None:
    error = _refusal(CREATE, ctx, calls, _inputs(billItems='[{"amount": "1"},'))
    assert error.field == "billItems"
    assert "position 18" in error.title


@pytest.mark.accepts("B8", "C48")
@pytest.mark.parametrize("date", ["2026-02-30", "31/01/2026", "20260131", "soon"])
@pytest.mark.parametrize("name", ["transactionDate", "dueDate", "recommendedPaymentDate"])
def test_bad_date_is_refused_with_the_field(
    ctx: Context, calls: Calls, name: str, date: str
) -> None:
    assert _refusal(CREATE, ctx, calls, _inputs(**{name: date})).field == name


@pytest.mark.accepts("C48")
def test_every_date_says_that_the_month_comes_first() -> None:
    fields = CREATE.form.schema["properties"].values()
    dates = [field for field in fields if field.get("format") == "date"]
    assert len(dates) == 5
    assert all("Month first" in field["description"] for field in dates)


def test_a_bill_without_due_date_or_term_is_due_on_its_own_date(ctx: Context, calls: Calls) -> None:
    created = _created(ctx, calls, dueDate="")
    assert created["dueDate"] == created["transactionDate"]
    assert "dueDate" not in _created(ctx, calls, dueDate="", termName="Net 30")


def test_due_before_the_bill_is_refused(ctx: Context, calls: Calls) -> None:
    error = _refusal(CREATE, ctx, calls, _inputs(dueDate="2026-03-01"))
    assert error.field == "dueDate"
    assert "transactionDate" in error.title


@pytest.mark.accepts("C47")
def test_base_currency_needs_the_currency(ctx: Context, calls: Calls) -> None:
    error = _refusal(CREATE, ctx, calls, _inputs(baseCurrency="USD"))
    assert error.field == "currency"
    assert "bill's currency" in error.advice
    assert _created(ctx, calls, currency="EUR")["exchangeRateType"] == ""


@pytest.mark.accepts("C47")
@pytest.mark.parametrize("word", ["urgent", "High", "NORMAL", "low"])
def test_payment_priority_is_sent_in_lower_case(ctx: Context, calls: Calls, word: str) -> None:
    assert _created(ctx, calls, paymentPriority=word)["paymentPriority"] == word.lower()


def test_unknown_payment_priority_is_refused_with_the_known_ones(
    ctx: Context, calls: Calls
) -> None:
    error = _refusal(CREATE, ctx, calls, _inputs(paymentPriority="soon"))
    assert "urgent, high, normal, low" in error.title


@pytest.mark.accepts("A18")
def test_quantity_times_price_stands_in_for_the_amount(ctx: Context, calls: Calls) -> None:
    line = {"accountNumber": "6000", "quantity": "2.5", "price": Decimal("0.30")}
    assert _created(ctx, calls, billItems=[line])["billItems"] == [
        {"accountNumber": "6000", "amount": "0.75"}
    ]


@pytest.mark.accepts("A17", "A41", "A42")
def test_a_line_takes_every_dimension_under_its_names(ctx: Context, calls: Calls) -> None:
    dimensions = ["Location", "Department", "Project", "Customer"]
    dimensions += ["Vendor", "Employee", "Item", "Class"]
    native = {f"{word.upper()}ID": word for word in dimensions}
    ours = {f"{word.lower()}Id": word for word in dimensions}
    [line] = _created(ctx, calls, billItems=[{**LINE, **native}])["billItems"]
    assert line == {**LINE, **ours}


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"amount": "1"}, "accountNumber"),
        ({"accountNumber": "6000", "accountLabel": "Paper", "amount": "1"}, "accountLabel"),
        ({"accountNumber": "6000"}, "amount"),
        ({**LINE, "taskId": "T"}, "projectId"),
        ({**LINE, "quantity": "3"}, "price"),
        ({**LINE, "lineNumber": 1}, "lineNumber"),
    ],
)
def test_incomplete_line_names_what_is_missing(
    ctx: Context, calls: Calls, line: dict[str, Any], field: str
) -> None:
    error = _refusal(CREATE, ctx, calls, _inputs(billItems=[LINE, line]))
    assert error.field == f"billItems[1].{field}"


def test_yen_have_no_cents(ctx: Context, calls: Calls) -> None:
    lines = [{"accountNumber": "6000", "amount": "10.50"}]
    error = _refusal(CREATE, ctx, calls, _inputs(currency="JPY", billItems=lines))
    assert error.field == "billItems[0].amount"


# --- getBill, listBills


@pytest.mark.accepts("A21")
def test_bill_always_has_a_list_of_lines(ctx: Context, answers: dict[str, Any]) -> None:
    answers["get"] = FOUND
    assert GET.run(ctx, {"recordNo": "4760"}) == {**FOUND, "billItems": []}


def test_number_carried_by_bills_of_several_vendors_is_not_guessed(
    ctx: Context, answers: dict[str, Any]
) -> None:
    answers["query"] = [{"recordNo": "1", "vendorId": "V-1"}, {"recordNo": "2", "vendorId": "V-2"}]
    with pytest.raises(InputError, match="Several bills") as refused:
        GET.run(ctx, {"billNumber": "B-1"})
    assert "those of V-1 and V-2" in refused.value.title
    assert refused.value.field == "recordNo"


@pytest.mark.accepts("B9", "B15")
@pytest.mark.parametrize(("given", "size"), [({}, 100), ({"pagesize": "1000"}, 1000)])
def test_a_page_holds_as_many_as_asked(
    ctx: Context, calls: Calls, given: dict[str, Any], size: int
) -> None:
    LIST.run(ctx, {"vendor_id": "V-1", **given})
    assert calls[0][2]["size"] == size
    assert calls[0][2]["where"] == Condition("vendorId", "equalTo", ("V-1",))


@pytest.mark.accepts("B15")
@pytest.mark.parametrize("size", [0, -1, 1001, "many"])
def test_a_page_of_another_size_is_refused(ctx: Context, calls: Calls, size: Any) -> None:
    assert _refusal(LIST, ctx, calls, {"pagesize": size}).field == "pageSize"


@pytest.mark.accepts("C77")
@pytest.mark.parametrize("name", ["additionalFields", "additionalXmlTags"])
def test_what_is_not_modelled_may_be_an_object_or_xml(
    ctx: Context, calls: Calls, name: str
) -> None:
    fields = {"TAXSOLUTIONID": "UK", "NOGL": "true"}
    text = "<TAXSOLUTIONID>UK</TAXSOLUTIONID><NOGL>true</NOGL>"
    for given in (text, fields):
        assert _created(ctx, calls, **{name: given})["additionalFields"] == fields

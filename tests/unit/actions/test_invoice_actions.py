from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from actions.invoice.create_invoice import ACTION as CREATE
from actions.invoice.get_invoice import ACTION as GET
from connector.component import Context
from connector.errors import InputError
from connector.intacct.operation import Condition

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
LINE = {"accountNumber": "4000", "amount": "99.00"}


def _inputs(**changes: Any) -> dict[str, Any]:
    return {
        "customerId": "C-1",
        "dateCreated": "2026-03-02",
        "dueDate": "2026-04-01",
        "lineItems": [LINE],
        **changes,
    }


def _created(ctx: Context, calls: Calls, **changes: Any) -> dict[str, Any]:
    calls.clear()
    CREATE.run(ctx, _inputs(**changes))
    [(verb, (object_name, values), _)] = calls
    assert (verb, object_name) == ("create", "invoice")
    assert isinstance(values, dict)
    return values


def _refusal(ctx: Context, calls: Calls, **changes: Any) -> InputError:
    with pytest.raises(InputError) as refused:
        CREATE.run(ctx, _inputs(**changes))
    assert calls == []
    assert refused.value.title.endswith(".")
    return refused.value


@pytest.mark.accepts("A16")
def test_checked_inputs_become_the_invoice(ctx: Context, calls: Calls) -> None:
    assert _created(ctx, calls) == _inputs()


@pytest.mark.accepts("B4", "B6", "B7")
def test_names_and_forms_of_the_rest_list_are_understood(ctx: Context, calls: Calls) -> None:
    CREATE.run(
        ctx,
        {
            "customer_id": "C-1",
            "date_created": "2026-03-02",
            "date_due": "04/01/2026",
            "line_items": '[{"glaccountno": "4000", "amount": "500.00", "memo": "Work"}]',
        },
    )
    line = {"accountNumber": "4000", "amount": "500.00", "memo": "Work"}
    assert calls[0][1][1] == _inputs(lineItems=[line])


@pytest.mark.accepts("A46")
def test_missing_customer_is_named_with_its_remedy(ctx: Context, calls: Calls) -> None:
    error = _refusal(ctx, calls, customerId="")
    assert error.title == "customerId is required."
    assert error.advice == "Give the Customer ID, such as C-00269."


@pytest.mark.accepts("A17", "A41", "A42")
def test_a_line_takes_every_dimension_under_its_names(ctx: Context, calls: Calls) -> None:
    dimensions = ["Location", "Department", "Project", "Customer"]
    dimensions += ["Vendor", "Employee", "Item", "Class"]
    native = {f"{word.upper()}ID": word for word in dimensions}
    ours = {f"{word.lower()}Id": word for word in dimensions}
    line = _created(ctx, calls, lineItems=[{**LINE, **native}])["lineItems"][0]
    assert line == {**LINE, **ours}


@pytest.mark.accepts("B6")
def test_broken_json_lines_name_the_position(ctx: Context, calls: Calls) -> None:
    error = _refusal(ctx, calls, lineItems='[{"amount": "1"},')
    assert error.field == "lineItems"
    assert "position" in error.title


def test_lines_as_xml_pass_as_they_are(ctx: Context, calls: Calls) -> None:
    text = "<lineitem><glaccountno>4000</glaccountno><amount>1.00</amount></lineitem>"
    assert _created(ctx, calls, lineItems=text)["lineItems"] == text
    assert _created(ctx, calls, lineItems=[text, LINE])["lineItems"] == [text, LINE]
    assert _refusal_after(ctx, calls, lineItems="4000 99.00").field == "lineItems"


def _refusal_after(ctx: Context, calls: Calls, **changes: Any) -> InputError:
    calls.clear()
    return _refusal(ctx, calls, **changes)


@pytest.mark.accepts("C77")
def test_what_is_not_modelled_may_be_xml(ctx: Context, calls: Calls) -> None:
    created = _created(ctx, calls, additionalXmlTags="<taxsolutionid>UK</taxsolutionid>")
    assert created["additionalFields"] == {"taxsolutionid": "UK"}


def test_one_line_may_be_an_object(ctx: Context, calls: Calls) -> None:
    assert _created(ctx, calls, lineItems=LINE)["lineItems"] == [LINE]


# --- due date, term


@pytest.mark.accepts("C52")
def test_an_invoice_without_due_date_or_term_is_due_on_its_own_date(
    ctx: Context, calls: Calls
) -> None:
    created = _created(ctx, calls, dueDate="")
    assert created["dueDate"] == created["dateCreated"]


def test_a_term_decides_where_no_due_date_is_given(ctx: Context, calls: Calls) -> None:
    created = _created(ctx, calls, dueDate="", termName="Net 30")
    assert created["termName"] == "Net 30"
    assert "dueDate" not in created


def test_due_before_the_invoice_is_refused(ctx: Context, calls: Calls) -> None:
    assert _refusal(ctx, calls, dueDate="2026-03-01").field == "dueDate"
    assert _created(ctx, calls, dueDate="2026-03-02")["dueDate"] == "2026-03-02"


# --- currency


@pytest.mark.accepts("C53")
def test_currency_alone_means_the_daily_rate(ctx: Context, calls: Calls) -> None:
    """Intacct wants the empty element; leaving it out is a schema error."""
    assert _created(ctx, calls, currency="EUR")["exchangeRateType"] == ""


def test_currency_group_is_sent_whole(ctx: Context, calls: Calls) -> None:
    given = {"currency": "EUR", "baseCurrency": "USD"}
    assert _created(ctx, calls, **given, exchangeRateType="Intacct Daily Rate") == _inputs(
        **given, exchangeRateType="Intacct Daily Rate"
    )
    assert _created(ctx, calls, **given, exchangeRate="1.0845") == _inputs(
        **given, exchangeRate="1.0845"
    )


@pytest.mark.parametrize(
    "given",
    [
        {"baseCurrency": "USD"},
        {"exchangeRate": "1.1"},
        {"exchangeRateType": "Intacct Daily Rate"},
        {"exchangeRateDate": "2026-03-02"},
    ],
)
def test_parts_of_the_currency_group_need_the_currency(
    ctx: Context, calls: Calls, given: dict[str, str]
) -> None:
    assert _refusal(ctx, calls, **given).field == "currency"


@pytest.mark.parametrize("other", ["exchangeRateType", "exchangeRateDate"])
def test_own_rate_excludes_looking_one_up(ctx: Context, calls: Calls, other: str) -> None:
    given = {"currency": "EUR", "exchangeRate": "1.1", other: "2026-03-02"}
    assert _refusal(ctx, calls, **given).field == other


# --- lines


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"amount": "1"}, "accountNumber"),
        ({"accountNumber": "4000", "accountLabel": "Sales", "amount": "1"}, "accountLabel"),
        ({"accountNumber": "4000"}, "amount"),
        ({**LINE, "taskId": "T"}, "projectId"),
        ({**LINE, "projectId": "P", "costTypeId": "L"}, "taskId"),
        ({**LINE, "quantity": "3"}, "price"),
        ({**LINE, "price": "3"}, "quantity"),
        ({**LINE, "lineNumber": 1}, "lineNumber"),
    ],
)
def test_incomplete_line_names_what_is_missing(
    ctx: Context, calls: Calls, line: dict[str, Any], field: str
) -> None:
    assert _refusal(ctx, calls, lineItems=[LINE, line]).field == f"lineItems[1].{field}"


@pytest.mark.accepts("A18")
@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [("3", "33.00", "99.00"), ("2.5", "0.30", "0.75"), (4, Decimal("0.125"), "0.50")],
)
def test_quantity_times_price_stands_in_for_the_amount(
    ctx: Context, calls: Calls, quantity: Any, price: Any, amount: str
) -> None:
    line = {"accountNumber": "4000", "quantity": quantity, "price": price}
    assert _created(ctx, calls, lineItems=[line])["lineItems"] == [
        {"accountNumber": "4000", "amount": amount}
    ]


@pytest.mark.accepts("A18")
def test_amount_and_product_must_agree_exactly(ctx: Context, calls: Calls) -> None:
    agreeing = {**LINE, "quantity": "3", "price": "33"}
    assert _created(ctx, calls, lineItems=[agreeing])["lineItems"] == [LINE]
    error = _refusal_after(ctx, calls, lineItems=[{**agreeing, "amount": "99.01"}])
    assert error.field == "lineItems[0].amount"
    assert "99.01" in error.title


def test_product_that_needs_rounding_is_not_rounded_silently(ctx: Context, calls: Calls) -> None:
    line = {"accountNumber": "4000", "quantity": "3", "price": "0.333"}
    assert "0.999" in _refusal(ctx, calls, lineItems=[line]).title


def test_long_factors_are_multiplied_exactly(ctx: Context, calls: Calls) -> None:
    line = {
        "accountNumber": "4000",
        "quantity": "1.0000000001",
        "price": "12345678901234.0123456789",
    }
    assert "12345678902468.58023580230123456789" in _refusal(ctx, calls, lineItems=[line]).title


# --- bad inputs


@pytest.mark.parametrize(
    "amount",
    [
        "1,000.00",
        "NaN",
        "Infinity",
        "1E+3",
        "1e5",
        Decimal("1E+5"),
        Decimal("1E+999999999"),
        Decimal("1E-999999999"),
        Decimal("NaN"),
        19.99,
        float("inf"),
        "19.995",
        "999999999999999.99",
        True,
        "12.10 USD",
        "]]></amount><amount>0",
    ],
)
def test_bad_amount_is_refused_with_its_line(ctx: Context, calls: Calls, amount: Any) -> None:
    lines = [LINE, {"accountNumber": "4000", "amount": amount}]
    assert _refusal(ctx, calls, lineItems=lines).field == "lineItems[1].amount"


def test_thousands_separator_is_explained(ctx: Context, calls: Calls) -> None:
    lines = [{"accountNumber": "4000", "amount": "1,000.00"}]
    assert "without thousands separators" in _refusal(ctx, calls, lineItems=lines).advice


@pytest.mark.parametrize("text", ['[{"amount": NaN}]', '[{"amount": Infinity}]', '[{"a": 1e5}]'])
def test_numbers_json_does_not_know_are_refused(ctx: Context, calls: Calls, text: str) -> None:
    assert _refusal(ctx, calls, lineItems=text).field.startswith("lineItems")


@pytest.mark.parametrize(
    "amount", ["99999999999999.99", "19.99", "0.30", "-5.00", 5, Decimal("12.10")]
)
def test_good_amount_passes_exactly(ctx: Context, calls: Calls, amount: Any) -> None:
    line = {"accountNumber": "4000", "amount": amount}
    assert _created(ctx, calls, lineItems=[line])["lineItems"][0]["amount"] == str(amount)


def test_yen_have_no_cents(ctx: Context, calls: Calls) -> None:
    lines = [{"accountNumber": "4000", "amount": "10.50"}]
    assert _refusal(ctx, calls, currency="JPY", lineItems=lines).field == "lineItems[0].amount"
    lines = [{"accountNumber": "4000", "amount": "10.00"}]
    assert _created(ctx, calls, currency="JPY", lineItems=lines)["currency"] == "JPY"


def test_dinars_with_three_decimals_are_not_rounded(ctx: Context, calls: Calls) -> None:
    lines = [{"accountNumber": "4000", "amount": "1.234"}]
    assert _refusal(ctx, calls, currency="KWD", lineItems=lines).field == "lineItems[0].amount"


@pytest.mark.parametrize("lines", [[], "[]", [LINE] * 1001])
def test_too_few_or_too_many_lines_are_refused(ctx: Context, calls: Calls, lines: Any) -> None:
    assert _refusal(ctx, calls, lineItems=lines).field == "lineItems"


@pytest.mark.accepts("B8")
@pytest.mark.parametrize(
    "date",
    [
        "2026-02-30",
        "0000-01-01",
        "10000-01-01",
        "20260131",
        "2026-W05-6",
        "31/01/2026",
        "2026-01-31T23:30:00-08:00",
        20260131,
        {"year": "2026"},
    ],
)
def test_bad_date_is_refused_with_the_field(ctx: Context, calls: Calls, date: Any) -> None:
    assert _refusal(ctx, calls, dateCreated=date).field == "dateCreated"


def test_every_date_says_that_the_month_comes_first() -> None:
    fields = CREATE.form.schema["properties"].values()
    dates = [field for field in fields if field.get("format") == "date"]
    assert len(dates) == 4
    assert all("Month first" in field["description"] for field in dates)


def test_long_memo_is_refused_with_the_limit(ctx: Context, calls: Calls) -> None:
    error = _refusal(ctx, calls, lineItems=[{**LINE, "memo": "x" * 100_000}])
    assert error.field == "lineItems[0].memo"
    assert "1000" in error.title


@pytest.mark.parametrize("text", ["C&A <Ltd> \"x\" 'y'", "]]></memo><amount>0</amount>"])
def test_hostile_text_stays_text(ctx: Context, calls: Calls, text: str) -> None:
    values = _created(ctx, calls, customerId=text, lineItems=[{**LINE, "memo": text}])
    assert values["customerId"] == text
    assert values["lineItems"][0]["memo"] == text


# --- getInvoice

FOUND = {"found": True, "key": "4774", "id": "INV-9", "href": "/objects/i/4774"}


@pytest.mark.accepts("A15")
def test_invoice_always_has_a_list_of_lines(ctx: Context, answers: dict[str, Any]) -> None:
    answers["get"] = FOUND
    assert GET.run(ctx, {"recordNo": "4774"}) == {**FOUND, "lineItems": []}
    answers["get"] = {**FOUND, "lineItems": [{"amount": "1.00"}]}
    assert GET.run(ctx, {"recordNo": "4774"})["lineItems"] == [{"amount": "1.00"}]


def test_chosen_fields_bring_no_lines(ctx: Context, answers: dict[str, Any]) -> None:
    answers["get"] = FOUND
    assert GET.run(ctx, {"recordNo": "4774", "fields": ["STATE"]}) == FOUND


def test_invoice_is_found_by_its_number(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["query"] = [{"recordNo": "4774", "customerId": "C-1"}]
    answers["get"] = FOUND
    assert GET.run(ctx, {"invoiceNumber": "INV-9"})["key"] == "4774"
    assert calls[0][2]["where"] == Condition("invoiceNumber", "equalTo", ("INV-9",))
    assert calls[1][2]["key"] == "4774"


def test_unknown_invoice_is_not_an_error(ctx: Context) -> None:
    assert GET.run(ctx, {"invoiceNumber": "INV-9"}) == {"found": False}
    assert GET.run(ctx, {"recordNo": "1"}) == {"found": False}


def test_number_carried_by_several_invoices_is_not_guessed(
    ctx: Context, answers: dict[str, Any]
) -> None:
    answers["query"] = [
        {"recordNo": "1", "customerId": "C-1"},
        {"recordNo": "2", "customerId": "C-2"},
    ]
    with pytest.raises(InputError, match="C-1 and C-2") as refused:
        GET.run(ctx, {"invoiceNumber": "INV-9"})
    assert refused.value.field == "recordNo"


def test_record_number_and_invoice_number_must_agree(ctx: Context, answers: dict[str, Any]) -> None:
    answers["get"] = FOUND
    with pytest.raises(InputError) as refused:
        GET.run(ctx, {"recordNo": "4774", "invoiceNumber": "INV-8"})
    assert refused.value.field == "invoiceNumber"


def test_neither_number_is_refused(ctx: Context, calls: Calls) -> None:
    with pytest.raises(InputError) as refused:
        GET.run(ctx, {})
    assert refused.value.field == "recordNo"
    assert calls == []


def test_inputs_of_the_sample_workflow_pass(ctx: Context, calls: Calls) -> None:
    lines = [{"accountNumber": "4000", "amount": "1250.00", "memo": "Onboarding"}]
    sample = {"customerId": "HS-1", "dateCreated": "2026-03-02", "lineItems": lines}
    CREATE.run(ctx, sample)
    assert calls[0][1] == ("invoice", {**sample, "dueDate": "2026-03-02"})

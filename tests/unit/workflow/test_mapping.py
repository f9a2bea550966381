from typing import Any

import pytest

from connector.errors import InputError
from connector.workflow import mapping, model, sheets
from connector.workflow.mapping import Row

ROWS = [
    Row("input.deal.id", "invoiceNumber"),
    Row("C-00001", "customerId", "text"),
    Row("input.deal.closedate", "dateCreated", "date America/New_York"),
    Row("input.deal.due", "dueDate", "date DD.MM.YYYY"),
    Row("Deal {{ input.deal.name }}", "description", "template"),
    Row("input.deal.a + '-'", "referenceNumber", "expression"),
    Row("input.deal.city", "shipTo.city"),
    Row("input.lineItems[].amount", "lineItems[].amount", "money USD"),
    Row("input.lineItems[].sku", "lineItems[].accountNumber", "lookup accounts"),
    Row("upper(line.name)", "lineItems[].memo", "expression"),
]
CONFIG = {
    "invoiceNumber": "{{ input.deal.id }}",
    "customerId": "C-00001",
    "dateCreated": "{{ date(input.deal.closedate, 'America/New_York') }}",
    "dueDate": "{{ parse_date(input.deal.due, 'DD.MM.YYYY') }}",
    "description": "Deal {{ input.deal.name }}",
    "referenceNumber": "{{ input.deal.a + '-' }}",
    "shipTo": {"city": "{{ input.deal.city }}"},
    "lineItems": {
        "each": "{{ input.lineItems }}",
        "as": "line",
        "value": {
            "amount": "{{ round_money(line.amount, 'USD') }}",
            "accountNumber": "{{ lookup(tables.accounts, line.sku) }}",
            "memo": "{{ upper(line.name) }}",
        },
    },
}


def test_a_table_and_settings_are_the_same_thing() -> None:
    assert mapping.to_config(ROWS) == CONFIG
    assert mapping.to_rows(CONFIG) == ROWS


def test_a_table_survives_a_spreadsheet() -> None:
    assert sheets.from_csv(sheets.to_csv(ROWS)) == ROWS


def test_written_lines_have_numbers() -> None:
    config = {"lineItems": [{"amount": "{{ money(input.a) }}"}, {"amount": "1.00"}]}
    rows = mapping.to_rows(config)
    assert [row.target for row in rows] == ["lineItems[0].amount", "lineItems[1].amount"]
    assert mapping.to_config(rows) == config


def test_no_cell_is_a_formula() -> None:
    rows = [Row("=HYPERLINK('x')", "memo", "text"), Row("'quoted", "name", "text")]
    written = sheets.to_csv(rows)
    assert "\n'=HYPERLINK" in written
    assert sheets.from_csv(written) == rows


def test_a_workflow_may_be_written_with_a_table() -> None:
    step = {"id": "a", "type": "sage-intacct.createInvoice", "connection": "books"}
    document = {"name": "W", "trigger": {"type": "a.b"}}
    rows = [{"source": "input.id", "target": "customerId"}]
    by_table = model.parse({**document, "steps": [{**step, "mapping": rows}]})
    by_hand = model.parse(
        {**document, "steps": [{**step, "config": {"customerId": "{{ input.id }}"}}]}
    )
    assert by_table.fingerprint() == by_hand.fingerprint()
    with pytest.raises(InputError, match="settings and in the mapping"):
        model.parse(
            {**document, "steps": [{**step, "config": {"customerId": "C"}, "mapping": rows}]}
        )


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([Row("input.a b", "x")], "no path"),
        ([Row("input.a", "x", "upper")], "no transformation"),
        ([Row("input.a", "x..y")], "no field"),
        ([Row("input.a", "a[].b[].c")], "no field"),
        ([Row("input.a", "x"), Row("input.b", "x")], "given twice"),
        ([Row("input.a", "x[].y")], "no list"),
        ([Row("input.a[].b", "x[].y"), Row("input.c[].b", "x[].z")], "another list"),
        ([Row("input.a", "x[1]")], "leaves out a line"),
        ([Row("{{ input.a }}", "x", "text")], "is not a text"),
        ([Row("a", "x", "template")], "is not a template"),
        ([Row("input.a", "x", "money usd")], "no transformation"),
    ],
)
def test_a_bad_row_is_named(rows: list[Row], title: str) -> None:
    with pytest.raises(InputError, match=title) as caught:
        mapping.to_config(rows)
    assert caught.value.field == f"mapping[{len(rows) - 1}]"


@pytest.mark.parametrize(
    "text",
    ["", "a,b,c\n", "source,target,transformation\n", "source,target,transformation\na,b\n"],
)
def test_a_file_that_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        sheets.from_csv(text)


@pytest.mark.parametrize(
    "config",
    [
        {"a": {"each": "{{ input.l }}", "as": "x", "value": {"b": "{{ x.c }}"}}},
        {"a": {"each": "{{ input.l }}", "as": "line", "where": "{{ true }}", "value": {}}},
        {"a": {}},
        {"a": None},
    ],
)
def test_what_no_table_can_say_is_not_lost_silently(config: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="cannot be shown as a table"):
        mapping.to_rows(config)

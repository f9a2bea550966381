"""Columns become fields: by name, by path, and through the three transformations and formulas."""

from __future__ import annotations

from typing import Any

import pytest

from actions.sync.targets import path_of
from connector import registry
from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.transfer import mapping
from connector.transfer.shaping import Shaper
from connector.workflow.mapping import Row


def plainly(target: str) -> tuple[str, ...]:
    return tuple(target.split("."))


def mapped(values: dict[str, Any], *rows: Row) -> dict[str, Any]:
    return mapping.compiled(rows, plainly).inputs(values)


@pytest.mark.accepts("D22")
def test_columns_go_to_fields_and_blanks_nowhere() -> None:
    rows = (Row("Customer Name", "customerName"), Row("Note", "comments"))
    assert mapped({"Customer Name": "Acme", "Note": ""}, *rows) == {"customerName": "Acme"}


@pytest.mark.accepts("D25")
def test_dots_reach_into_nested_rows_and_make_nested_inputs() -> None:
    row = Row("company.name", "displayContact.companyName")
    found = mapped({"company": {"name": "Acme"}}, row)
    assert found == {"displayContact": {"companyName": "Acme"}}
    assert mapped({"company": {}}, row) == {}


@pytest.mark.accepts("E36")
@pytest.mark.parametrize(
    ("way", "cell", "expected"),
    [
        ("direct", "19.995", "19.995"),
        ("currency USD", "19.995", "20.00"),
        ("currency JPY 110.5", "2.00", "221"),
        ("date", "2026-01-31", "2026-01-31"),
        ("date DD.MM.YYYY", "02.03.2026", "2026-03-02"),
        ("date Europe/Berlin", "2026-01-31T23:30:00-08:00", "2026-02-01"),
    ],
)
def test_the_three_transformations(way: str, cell: str, expected: str) -> None:
    assert mapped({"The Column": cell}, Row("The Column", "x", way)) == {"x": expected}


def test_formulas_see_the_whole_row() -> None:
    row = Row("input.first + ' ' + upper(input.last)", "x", "expression")
    assert mapped({"first": "Ada", "last": "Byron"}, row) == {"x": "Ada BYRON"}
    assert mapped({"n": "7"}, Row("C-{{ input.n }}", "x", "template")) == {"x": "C-7"}
    assert mapped({}, Row("fixed", "x", "text")) == {"x": "fixed"}


def test_lists_in_a_row_become_lines() -> None:
    rows = (
        Row("input.items[].price", "lineItems[].amount", "money"),
        Row("4000", "lineItems[].accountNumber", "text"),
    )
    found = mapped({"items": [{"price": "1.50"}, {"price": "2"}]}, *rows)
    assert found["lineItems"] == [
        {"amount": "1.50", "accountNumber": "4000"},
        {"amount": "2", "accountNumber": "4000"},
    ]


def test_a_missing_column_is_named_with_those_there_are() -> None:
    with pytest.raises(InputError, match="no column nmae") as refused:
        mapped({"name": "Acme"}, Row("nmae", "customerName"))
    assert "name" in refused.value.advice


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "no lines"),
        ([Row("a", "x"), Row("b", "x")], "given twice"),
        ([Row("a", "x", "sideways")], "no transformation"),
    ],
)
def test_a_table_that_is_wrong_is_refused_before_any_row(rows: list[Row], said: str) -> None:
    with pytest.raises(InputError, match=said):
        mapping.compiled(rows, plainly)


DEFAULT_FIELDS = {
    "id": "customerId",
    "name": "customerName",
    "status": "status",
    "displayContact.companyName": "companyName",
    "displayContact.firstName": "firstName",
    "displayContact.lastName": "lastName",
    "displayContact.email1": "primaryEmailAddress",
    "displayContact.phone1": "primaryPhoneNo",
    "displayContact.mailingAddress.addressLine1": "addressLine1",
    "displayContact.mailingAddress.city": "city",
    "displayContact.mailingAddress.state": "stateProvince",
    "displayContact.mailingAddress.zip": "zipPostalCode",
    "displayContact.mailingAddress.country": "country",
}


@pytest.mark.accepts("D24")
@pytest.mark.parametrize(("target", "ours"), DEFAULT_FIELDS.items())
def test_the_usual_targets_of_a_warehouse_are_ours(target: str, ours: str) -> None:
    assert Shaper.of(registry.load(), "customer").place(target) == (ours,)


@pytest.mark.accepts("D26")
def test_a_field_nobody_told_us_of_travels_under_its_own_name() -> None:
    schema = ObjectSchema.find("customer")
    assert path_of(schema, {}, "REGION_CODE") == ("additionalFields", "REGION_CODE")
    assert path_of(ObjectSchema.find("MY_OBJECT"), {}, "COLOUR") == ("COLOUR",)
    with pytest.raises(InputError, match="is not a name"):
        path_of(schema, {}, "no name!")


@pytest.mark.accepts("D9")
@pytest.mark.parametrize(
    "name",
    [
        "customer",
        "vendor",
        "invoice",
        "bill",
        "journalEntry",
        "employee",
        "contact",
        "project",
        "account",
    ],
)
def test_the_nine_object_types_are_known(name: str) -> None:
    shaper = Shaper.of(registry.load(), name)
    assert shaper.schema.is_known
    assert shaper.schema.lookup
    assert (shaper.creating is None) == (name == "account")

"""What a form shows for a schema, and what comes back from it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from connector import registry
from connector.connections.kinds import kind_named
from connector.errors import InputError
from connector.surfaces import form, form_data
from connector.surfaces.catalog import KINDS
from connector.surfaces.form import Field, Kind, Problem

INVOICE: dict[str, Any] = registry.load().action("createInvoice").form.schema
JOURNAL: dict[str, Any] = registry.load().action("createJournalEntry").form.schema
ACTIONS = list(registry.load().actions.values())


def every_field(fields: tuple[Field, ...]) -> list[Field]:
    """Return fields with those inside them."""
    found = list(fields)
    for field in fields:
        found += every_field(field.fields)
        for row in field.rows:
            found += every_field(row)
    return found


def field_named(schema: dict[str, Any], values: dict[str, Any], name: str) -> Field:
    fields = tuple(f for group in form.groups(schema, values) for f in group.fields)
    return next(field for field in every_field(fields) if field.name == name)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.key)
def test_every_action_has_a_form_with_each_input_once(action: Any) -> None:
    found = [f.key for group in form.groups(action.form.schema, {}) for f in group.fields]
    wanted = [
        key
        for key, stanza in action.form.schema["properties"].items()
        if not stanza.get("readOnly")
    ]
    assert sorted(found) == sorted(wanted)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.key)
def test_what_is_needed_is_never_folded(action: Any) -> None:
    groups = form.groups(action.form.schema, {})
    folded = [f for group in groups if group.is_folded for f in group.fields]
    assert [f.key for f in folded if f.is_required] == []
    assert groups[0].fields


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.key)
def test_an_example_survives_being_shown_and_posted(action: Any) -> None:
    """Whatever a field holds is read back as what it was: exactly, under the same name."""
    values = {
        key: stanza["examples"][0]
        for key, stanza in action.form.schema["properties"].items()
        if stanza.get("examples") and not stanza.get("readOnly")
    }
    fields = tuple(f for g in form.groups(action.form.schema, values) for f in g.fields)
    posted = {f.name: f.value for f in every_field(fields) if f.kind not in {Kind.LINES, Kind.PART}}
    back = form_data.read(action.form.schema, posted)
    for key, value in values.items():
        if isinstance(value, str):
            assert back.get(key, "") == value
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            found = json.loads(back[key]) if isinstance(back[key], str) else back[key]
            assert found == [
                {k: v for k, v in line.items() if not isinstance(v, dict | list)} for line in value
            ]


def test_a_field_that_holds_something_is_not_hidden() -> None:
    closed = {g.title: g.is_folded for g in form.groups(INVOICE, {})}
    opened = {g.title: g.is_folded for g in form.groups(INVOICE, {"currency": "USD"})}
    wrong = {
        g.title: g.is_folded for g in form.groups(INVOICE, {}, Problem("currency", "is unknown"))
    }
    assert (
        closed["Currency and Exchange Rate"],
        opened["Currency and Exchange Rate"],
        wrong["Currency and Exchange Rate"],
    ) == (True, False, False)


def test_a_mistake_stands_beside_its_own_line_alone() -> None:
    values = {"lineItems": [{"amount": "1"}, {"amount": "x"}]}
    problem = Problem("lineItems[1].amount", "lineItems[1].amount is not a plain number.")
    fields = tuple(f for g in form.groups(INVOICE, values, problem) for f in g.fields)
    wrong = [f.name for f in every_field(fields) if f.error]
    assert wrong == ["lineItems.1.amount"]


@pytest.mark.parametrize(
    ("amounts", "total"),
    [
        (["0.10", "0.20"], Decimal("0.30")),
        (["1250.50", "", "100"], Decimal("1350.50")),
        (["99999999999999.99", "0.01"], Decimal("100000000000000.00")),
        (["1,000.00"], None),
        (["NaN"], None),
        ([""], Decimal()),
    ],
)
def test_lines_add_up_exactly_or_not_at_all(amounts: list[str], total: Decimal | None) -> None:
    values = {"lineItems": [{"amount": amount} for amount in amounts]}
    (found,) = field_named(INVOICE, values, "lineItems").totals
    assert (found.label, found.amount) == ("Total Amount", total)


def test_debits_and_credits_are_held_against_each_other() -> None:
    values = {
        "lines": [
            {"lineType": "1", "amount": "99.00"},
            {"lineType": "-1", "amount": "98.99"},
        ]
    }
    found = [(t.label, t.amount) for t in field_named(JOURNAL, values, "lines").totals]
    assert found == [
        ("Debits", Decimal("99.00")),
        ("Credits", Decimal("98.99")),
        ("Difference", Decimal("0.01")),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_connections_secrets_are_never_part_of_its_form(kind: str) -> None:
    described = kind_named(kind)
    schema = described.form.schema
    values = dict.fromkeys(schema["properties"], "s3cret")
    found = {f.key: f for f in form.fields_of(schema, list(schema["properties"]), values)}
    for name in described.secret_names:
        assert (found[name].kind, found[name].value) == (Kind.SECRET, "")


def test_names_that_the_schema_does_not_know_are_not_read() -> None:
    """C04."""
    posted = {
        "customerId": "C-1",
        "role": "admin",
        "lineItems.0.amount": "1.00",
        "lineItems.0.tenant": "other",
        "lineItems.x.amount": "2.00",
        "lineItems.-1.amount": "3.00",
        "__class__": "x",
    }
    assert form_data.read(INVOICE, posted) == {
        "customerId": "C-1",
        "lineItems": [{"amount": "1.00"}],
    }


def test_lines_keep_their_order_and_blank_ones_go_when_sent() -> None:
    posted = {"lineItems.10.memo": "c", "lineItems.2.memo": "b", "lineItems.1.memo": " "}
    assert form_data.read(INVOICE, posted) == {"lineItems": [{"memo": "b"}, {"memo": "c"}]}
    filled = form_data.read_as_filled(INVOICE, posted)
    assert filled == {"lineItems": [{}, {"memo": "b"}, {"memo": "c"}]}


def test_our_own_expressions_stay_text() -> None:
    """C13."""
    posted = {"description": "{{ secrets.x }}", "lineItems.0.memo": "{{7*7}}"}
    assert form_data.read(INVOICE, posted) == {
        "description": "{{ secrets.x }}",
        "lineItems": [{"memo": "{{7*7}}"}],
    }


def test_custom_fields_are_names_with_values() -> None:
    posted = {"customFields.0.name": "REGION_CODE", "customFields.0.value": "NE"}
    found = form_data.read(INVOICE, posted)
    assert found == {"customFields": [{"name": "REGION_CODE", "value": "NE"}]}


def test_more_lines_than_any_record_takes_are_refused() -> None:
    posted = {f"lineItems.{number}.amount": "1" for number in range(1001)}
    with pytest.raises(InputError, match="1000 lines"):
        form_data.read(INVOICE, posted)


@pytest.mark.parametrize(
    "place",
    [
        "",
        ".",
        "x",
        "lineItems",
        "lineItems.x",
        "lineItems.9",
        "customerId.0",
        "lineItems.0.memo.0",
        "lineItems.0.customFields.0",
        "lineItems.99999999999999999999",
        "_",
        "__class__.0",
    ],
)
def test_lines_that_are_not_there_are_neither_added_nor_removed(place: str) -> None:
    values: dict[str, Any] = {"lineItems": [{"amount": "1"}]}
    form_data.remove_line(INVOICE, values, place)
    assert values["lineItems"][0]["amount"] == "1"
    if place != "lineItems":
        form_data.add_line(INVOICE, values, place)
        assert len(values["lineItems"]) == 1


def test_a_line_is_added_at_the_end_and_the_right_one_removed() -> None:
    values: dict[str, Any] = {"lineItems": [{"amount": "1"}, {"amount": "2"}]}
    form_data.add_line(INVOICE, values, "lineItems")
    form_data.add_line(INVOICE, values, "lineItems.1.customFields")
    form_data.remove_line(INVOICE, values, "lineItems.0")
    assert values == {"lineItems": [{"amount": "2", "customFields": [{}]}, {}]}

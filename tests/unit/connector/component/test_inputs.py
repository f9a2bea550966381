from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connector.component.inputs import InputForm
from connector.errors import InputError

LINE = {
    "type": ["object", "string"],
    "additionalProperties": False,
    "properties": {
        "amount": {"type": "string", "format": "money"},
        "memo": {"type": "string", "maxLength": 10},
    },
}
FORM = InputForm(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["name"],
        "properties": {
            "name": {
                "type": "string",
                "title": "Name",
                "examples": ["Acme"],
                "x-intacct": {"aliases": ["NAME", "title"]},
            },
            "rate": {"type": "string", "format": "decimal"},
            "due": {"type": "string", "format": "date"},
            "hold": {"type": "boolean"},
            "count": {"type": "integer", "minimum": 1},
            "lines": {"type": ["array", "string"], "minItems": 1, "items": LINE},
            "custom": {"type": ["object", "array"], "x-form": {"pairs": True}},
            "more": {"type": "object"},
        },
    }
)


def _checked(**inputs: Any) -> dict[str, Any]:
    return FORM.check({"name": "Acme", **inputs})


def _refused(**inputs: Any) -> InputError:
    with pytest.raises(InputError) as refused:
        FORM.check({"name": "Acme"} | inputs)
    return refused.value


def test_values_come_out_in_exact_forms() -> None:
    given = {"rate": Decimal("1.50"), "due": "3/2/2026", "hold": "true", "count": "7"}
    expected = {"name": "Acme", "rate": "1.50", "due": "2026-03-02", "hold": True, "count": 7}
    assert _checked(**given) == expected


def test_numbers_in_text_fields_become_their_digits() -> None:
    """An id of 42 is not 42.000000, and a long one keeps every digit."""
    assert FORM.check({"name": 12345678901234567890}) == {"name": "12345678901234567890"}


@pytest.mark.parametrize("blank", ["", "  ", None])
def test_blank_means_not_given(blank: Any) -> None:
    assert _checked(hold=blank, due=blank, more=blank) == {"name": "Acme"}
    assert _refused(name=blank).field == "name"


def test_false_and_zero_are_not_blank() -> None:
    assert _checked(hold=False)["hold"] is False
    assert _refused(count=0).field == "count"


def test_aliases_become_own_names() -> None:
    assert FORM.check({"NAME": "Acme"}) == {"name": "Acme"}
    assert FORM.check({"name": "Acme", "title": "Acme"}) == {"name": "Acme"}


@pytest.mark.parametrize("inputs", [{"name": "", "title": "B"}, {"title": "B", "name": None}])
def test_blank_beside_an_alias_does_not_count(inputs: dict[str, Any]) -> None:
    assert FORM.check(inputs) == {"name": "B"}


def test_alias_with_another_value_is_refused() -> None:
    error = _refused(title="Other")
    assert error.field == "name"
    assert "title" in error.title


@pytest.mark.parametrize(
    "lines",
    ['[{"amount": 12.10}]', '{"amount": 12.10}', {"amount": "12.10"}, [{"amount": "12.10"}]],
)
def test_lines_come_as_text_object_or_list(lines: Any) -> None:
    assert _checked(lines=lines)["lines"] == [{"amount": "12.10"}]


def test_other_text_stays_text_where_text_is_allowed() -> None:
    assert _checked(lines="<lineitem/>")["lines"] == "<lineitem/>"


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({"lines": [{"amount": "1"}, {"amount": 1.5}]}, "lines[1].amount"),
        ({"lines": [{"memo": "x" * 11}]}, "lines[0].memo"),
        ({"lines": [{"colour": "red"}]}, "lines[0].colour"),
        ({"lines": []}, "lines"),
        ({"custom": 5}, "custom"),
        ({"unknown": "x"}, "unknown"),
        ({"name": 1.5}, "name"),
        ({"name": ["a"]}, "name"),
        ({"name": True}, "name"),
        ({"more": {"a": {"b": 0.1}}}, "more.a.b"),
        ({"more": "text"}, "more"),
        ({"custom": {"a": 0.1}}, "custom.a"),
        ({"custom": {"a": {"b": "c"}}}, "custom.a"),
        ({"custom": {"a": Decimal("1E+9")}}, "custom.a"),
        ({"custom": [["a"]]}, "custom[0]"),
        ({"custom": [["a", 1], ["a", 2]]}, "custom"),
        ({"name": "\ud800"}, "name"),
        ({"rate": "\ud800"}, "rate"),
        ({"custom": {"a": "\ud800"}}, "custom.a"),
        ({"custom": {"\ud800": "a"}}, "custom"),
        ({"more": {"\ud800": "a"}}, "more"),
        ({"more": {5: "a"}}, "more"),
    ],
)
def test_wrong_input_is_named_by_its_path(inputs: dict[str, Any], field: str) -> None:
    error = _refused(**inputs)
    assert error.field == field
    error.title.encode()  # a sentence that can be shown


@pytest.mark.parametrize("name", ["count", "due", "hold", "rate", "name"])
def test_number_too_long_to_be_shown_is_refused(name: str) -> None:
    assert _refused(**{name: 10**5000}).field == name


@pytest.mark.parametrize("text", ['[{"a": 1', "[NaN]", "[Infinity]", "[" * 100_000, '{"a": }'])
def test_broken_json_text_is_refused(text: str) -> None:
    assert _refused(lines=text).field == "lines"


@pytest.mark.parametrize(
    "pairs",
    [
        {"A": "x", "B": 2},
        [["A", "x"], ["B", 2]],
        [{"name": "A", "value": "x"}, {"name": "B", "value": "2"}],
        '{"A": "x", "B": 2}',
        [["A", "x"], ["B", "2"], ["C", ""], ["D", None]],
    ],
)
def test_pairs_become_one_object(pairs: Any) -> None:
    assert _checked(custom=pairs)["custom"] == {"A": "x", "B": "2"}


def test_documents_nested_for_harm_are_refused() -> None:
    nested: dict[str, Any] = {}
    for _ in range(5000):
        nested = {"a": nested}
    assert "nested" in _refused(more=nested).title


@pytest.mark.parametrize("raw", [None, [], "text", 5])
def test_inputs_must_be_an_object(raw: Any) -> None:
    with pytest.raises(InputError):
        FORM.check(raw)


def test_further_wrong_fields_are_counted() -> None:
    assert "1 more" in _refused(unknown="x", count=0).advice


def test_a_word_of_a_fixed_list_is_taken_in_any_case() -> None:
    words = {"type": "string", "enum": ["normal", "High"]}
    form = InputForm({"type": "object", "properties": {"priority": words}})
    assert form.check({"priority": "Normal"}) == {"priority": "normal"}
    assert form.check({"priority": "HIGH"}) == {"priority": "High"}
    with pytest.raises(InputError, match="must be one of normal, High"):
        form.check({"priority": "low"})


@pytest.mark.parametrize("empty", [{}, "{}", {"city": ""}, {"address": {"zip": None}}])
def test_an_object_that_gives_nothing_is_not_given(empty: object) -> None:
    """Else an update that changes nothing would be written, and counted."""
    assert FORM.check({"name": "Acme", "custom": [], "more": empty}) == {"name": "Acme"}


def test_json_text_that_names_a_field_twice_is_refused() -> None:
    """Python would keep the last amount and drop the other without a word."""
    with pytest.raises(InputError, match="names amount twice") as refused:
        FORM.check({"name": "Acme", "lines": '[{"amount": "10.00", "amount": "99.00"}]'})
    assert refused.value.field == "lines"
    same = FORM.check({"name": "Acme", "lines": '[{"amount": "1.00", "amount": "1.00"}]'})
    assert same["lines"] == [{"amount": "1.00"}]

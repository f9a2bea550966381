from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from connector.errors import InputError
from connector.workflow.expressions import Template, evaluate, templates

EVENT = {
    "deal": {"id": "7", "amount": Decimal("12.10"), "count": 3},
    "float": 1.5,
    "name": "Acme",
    "empty": None,
    "yes": True,
    "lines": [{"sku": "A", "price": "1.10", "qty": 2}, {"sku": "B", "price": "2.20", "qty": 0}],
    "hostile": "{{ steps.secret }}",
}
ROOTS: Mapping[str, Any] = {"input": EVENT, "steps": {"customer": {"id": "C1"}}}


def refusal(value: Any, roots: Mapping[str, Any] = ROOTS) -> InputError:
    with pytest.raises(InputError) as caught:
        evaluate(value, roots, "amount")
    return caught.value


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{{ input.deal.count }}", 3),
        ("{{input.yes}}", True),
        ("{{ input.empty }}", None),
        ("{{ input.lines[1].sku }}", "B"),
        ("{{ input['deal'].id }}", "7"),
        ("{{ input.deal.amount }}", "12.10"),
        ("No. {{ input.deal.count }}/{{ input.name }}", "No. 3/Acme"),
        ("{{ input.yes }}!", "true!"),
        ("{{ has(input.nothing) ? input.nothing : 'none' }}", "none"),
        ("{{ {'a': {'b': input.name}} }}", {"a": {"b": "Acme"}}),
        ("{{ '}}' + '{{' }}", "}}{{"),
        ("{{ steps.customer.id + ' ' + input.name }}", "C1 Acme"),
        ("{{ sum_money(input.lines.map(l, mul(l.price, l.qty))) }}", "2.20"),
        ("{{ input.lines.filter(l, l.qty > 0).map(l, l.sku) }}", ["A"]),
        ("{{ input.lines.exists(l, l.sku == 'B') }}", True),
        ("plain }} text", "plain }} text"),
    ],
)
def test_expressions_give_their_own_type_or_text(text: str, result: Any) -> None:
    assert evaluate(text, ROOTS) == result


def test_values_are_worked_out_inside_lists_and_groups() -> None:
    value = {"a": ["{{ input.name }}", 1, None, {"b": "x{{ input.deal.id }}"}], "c": True}
    assert evaluate(value, ROOTS) == {"a": ["Acme", 1, None, {"b": "x7"}], "c": True}


def test_results_are_never_evaluated_again() -> None:
    """A sender must not reach other data by writing our braces into a field."""
    once = evaluate("{{ input.hostile }}", ROOTS)
    assert once == "{{ steps.secret }}"
    assert evaluate("{{ steps.a.b }}", {"input": {}, "steps": {"a": {"b": once}}}) == once


def test_whole_numbers_beyond_64_bits_stay_exact() -> None:
    assert evaluate("{{ input }}", {"input": 2**63}) == str(2**63)
    assert evaluate("{{ input }}", {"input": 2**63 - 1}) == 2**63 - 1


def test_a_missing_path_names_field_path_and_what_is_there() -> None:
    error = refusal("{{ input.deal.idd }}")
    assert error.field == "amount"
    assert "There is no 'idd' in input.deal" in error.title
    assert "There is: amount, count, id." in error.title
    assert "Did you mean id?" in error.advice


def test_a_path_through_text_or_list_says_so() -> None:
    assert "There is no 'x' in input.name. It is 'Acme'." in refusal("{{ input.name.x }}").title
    assert "It is a list of 2." in refusal("{{ input.lines.sku }}").title


def test_the_missing_path_is_the_one_not_guarded() -> None:
    error = refusal("{{ has(input.first) ? input.first : input.second }}")
    assert "There is no 'second' in input" in error.title


def test_the_field_is_a_path_into_the_value() -> None:
    with pytest.raises(InputError) as caught:
        evaluate({"a": [{"b": "{{ input.q }}"}]}, ROOTS)
    assert caught.value.field == "a[0].b"


@pytest.mark.parametrize(
    ("text", "title", "advice"),
    [
        ("{{ input.float }}", "inexact", "money(...)"),
        ("{{ 1.5 }}", "inexact", "as text"),
        ("{{ [1, {'a': 0.1}] }}", "inexact", "as text"),
        ("{{ input.deal.count / 2 }}", "'/' is not available", "div(a, b, places)"),
        ("{{ input.name + 1 }}", "'+' does not work with text and whole number", "text(...)"),
        ("{{ money(input.name) }}", "'Acme' is not an amount", "14 digits"),
        ("{{ money(input.float) }}", "1.5 is not an amount", "as text"),
        ("{{ money(input.lines) }}", "money(...) does not work with list", "money(value)"),
        ("{{ input.empty }} x", "cannot stand inside a text", "default"),
        ("{{ input.lines }} x", "cannot stand inside a text", "single fields"),
        ("{{ input.lines[2] }}", "Item 2 was asked of a list of 2", "size"),
        ("{{ input.name ? 1 : 2 }}", "must be yes or no", "Compare"),
        ("{{ inptu.name }}", "'inptu' is not known", "Did you mean input?"),
        ("{{ nothing(1) }}", "'nothing' is not known", "functions"),
        ("{{ input.name", "never closed", "}}"),
        ("{{ }}", "nothing between", "Insert"),
        ("{{ it's }}", "cannot be read", "quotes"),
        ("{{ 9223372036854775807 + 1 }}", "too large", "add"),
        ("{{ {1: 2} }}", "field name 1 is not text", "quotes"),
        ("{{ b'abc' }}", "neither text", "field itself"),
        ("{{ date('02/03/2026') }}", "is not a date", "Day or month first?"),
    ],
)
def test_refusals_say_what_and_what_to_do(text: str, title: str, advice: str) -> None:
    error = refusal(text)
    assert title in error.title
    assert advice in error.advice
    assert "Traceback" not in error.title


@pytest.mark.parametrize(
    "source",
    [
        "''.__class__",
        "input.__class__",
        "input.name.__init__.__globals__",
        "input.name.upper()",
        "input.lines.append(1)",
        "__import__('os')",
        "open('/etc/passwd')",
        "input.name.format(1)",
        "timestamp('2026-01-01T00:00:00Z').getFullYear()",
        "'a'.matches('(a+)+$')",
        "bytes(input.name)",
        "double('1.5')",
        "string(1.5)",
        "type(input)",
    ],
)
def test_nothing_but_our_functions_can_be_reached(source: str) -> None:
    refusal(f"{{{{ {source} }}}}")


@pytest.mark.parametrize(
    "data",
    [Decimal("NaN"), Decimal("1e400"), {1: 2}, object(), b"x", "\ud800", {"\ud800": 1}],
)
def test_data_that_is_not_exact_json_is_refused(data: Any) -> None:
    refusal("{{ input }}", {"input": data})


def test_data_that_is_not_named_is_not_looked_at() -> None:
    """A template gets its own paths only; so a broken field elsewhere does no harm."""
    assert evaluate("{{ input.a }}", {"input": {"a": 1, "b": object()}, "steps": object()}) == 1


def _doubling(levels: int) -> str:
    inner = f"v{levels}"
    for level in range(levels, 0, -1):
        inner = f"[v{level - 1} + v{level - 1}].map(v{level}, {inner})"
    return f"['x'].map(v0, {inner})"


BIG: Mapping[str, Any] = {
    "input": {
        "numbers": list(range(10_000)),
        "some": list(range(300)),
        "text": "x" * 200_000,
    }
}


@pytest.mark.parametrize(
    "source",
    [
        _doubling(10),
        _doubling(25),
        "input.numbers.map(n, n)",
        "input.numbers.map(n, input.numbers.map(m, n * m))",
        "input.numbers.all(n, input.numbers.all(m, true))",
        "input.some.map(a, input.some.map(b, input.some.map(c, a)))",
        "input.some.map(a, input.text + 'a')",
        "input.some.map(a, upper(upper(input.text)))",
        "input.some.map(a, input.some.map(b, sum_money(input.some)))",
        " + ".join(["input.text"] * 25),
        "input.some.filter(a, includes(input.text, input.text + 'y'))",
        "[" + ", ".join(["input.text + input.text"] * 150) + "]",
        "input.text + input.text",
        "(" * 100 + "1" + ")" * 100,
        " + ".join(["1"] * 1000),
        "'" + "a" * 5000 + "'",
    ],
)
def test_bombs_end_in_an_error(source: str) -> None:
    """The engine holds the interpreter, so a slow expression would stop every other thread."""
    refusal(f"{{{{ {source} }}}}", BIG)


def test_a_thousand_lines_may_be_filtered_and_added_up() -> None:
    lines = [{"sku": "A", "memo": "m" * 50, "price": "0.01", "qty": n} for n in range(1000)]
    text = "{{ sum_money(input.filter(l, l.qty > 0).map(l, add(l.price, l.qty))) }}"
    assert evaluate(text, {"input": lines}) == "499509.99"


EACH = {
    "each": "{{ input.lines }}",
    "as": "line",
    "where": "{{ line.qty > 0 }}",
    "value": {"sku": "{{ line.sku }}", "memo": "{{ input.name }} {{ line.sku }}"},
}


def test_each_maps_a_list_and_where_filters_it() -> None:
    assert evaluate(EACH, ROOTS) == [{"sku": "A", "memo": "Acme A"}]


def test_each_nests_and_sees_the_names_around_it() -> None:
    value = {
        "each": "{{ input }}",
        "as": "order",
        "value": {
            "each": "{{ order.lines }}",
            "as": "line",
            "value": "{{ order.id + '-' + line }}",
        },
    }
    orders = [{"id": "1", "lines": ["a", "b"]}, {"id": "2", "lines": []}]
    assert evaluate(value, {"input": orders}) == [["1-a", "1-b"], []]


def test_fields_of_a_mapped_list_share_no_lists() -> None:
    value = {"each": [1, 2], "as": "n", "value": "{{ input.lines }}"}
    first, second = evaluate(value, ROOTS)
    first.clear()
    assert len(second) == 2


def test_a_group_with_each_but_no_value_is_plain_data() -> None:
    assert evaluate({"each": "day"}, ROOTS) == {"each": "day"}


@pytest.mark.parametrize(
    ("change", "title", "field"),
    [
        ({"each": "{{ input.deal }}"}, "'each' needs a list", "amount.each"),
        ({"each": "{{ input.empty }}"}, "nothing (null)", "amount.each"),
        ({"where": "{{ line.qty }}"}, "'where' must be yes or no", "amount[0].where"),
        ({"as": None}, "needs a name", "amount.as"),
        ({"as": "a-b"}, "needs a name", "amount.as"),
        ({"as": "in"}, "is taken", "amount.as"),
        ({"as": "input"}, "is taken", "amount.as"),
        ({"extra": 1}, "has no 'extra'", "amount.extra"),
        ({"value": "{{ line.q }}"}, "There is no 'q' in line", "amount[0]"),
        ({"value": {**EACH}}, "'line' is taken", "amount[0].as"),
    ],
)
def test_a_wrong_mapping_is_refused(change: dict[str, Any], title: str, field: str) -> None:
    error = refusal({**EACH, **change})
    assert title in error.title
    assert error.field == field


@pytest.mark.parametrize(
    ("inner", "title"),
    [
        ("x" * 1000, "larger than 8 MB"),
        ("{{ size(input) + a }}", "look at too much data"),
        ({"each": "{{ input }}", "as": "b", "value": {}}, "more than 100,000 items"),
    ],
)
def test_mapped_lists_cannot_multiply(inner: Any, title: str) -> None:
    value = {"each": "{{ input }}", "as": "a", "value": inner}
    assert title in refusal(value, {"input": list(range(10_000))}).title


def test_at_most_ten_thousand_items_are_mapped() -> None:
    value = {"each": "{{ input }}", "as": "a", "value": 1}
    assert len(evaluate(value, {"input": [0] * 10_000})) == 10_000
    assert "10001 items" in refusal(value, {"input": [0] * 10_001}).title


def test_a_template_tells_its_paths_and_type() -> None:
    template = Template.compile("{{ 'input.no' + steps.customer.id + input['a b'].c }}")
    assert set(template.paths) == {("steps", "customer", "id"), ("input", "a b", "c")}
    assert Template.compile("{{ money(input.a) }}").return_type == "STRING"
    assert Template.compile("{{ input.a > 1 }}").return_type == "BOOL"


def test_templates_are_found_with_their_places() -> None:
    places = [place for place, _ in templates({"a": ["x", EACH]}, field="config")]
    assert places == [
        "config.a[1].each",
        "config.a[1].where",
        "config.a[1].value.sku",
        "config.a[1].value.memo",
    ]

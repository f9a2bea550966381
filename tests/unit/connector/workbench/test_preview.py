"""What somebody sees while typing an expression: the value, its kind, or why there is none."""

from __future__ import annotations

from typing import Any

import pytest

from connector.registry import load
from connector.workbench.preview import Preview, preview
from connector.workbench.within_reach import Reach, reach_of
from connector.workflow import yaml_loader
from connector.workflow.expressions import evaluate

ROOTS: dict[str, Any] = {
    "input": {"deal": {"id": "7", "amount": "10.50", "won": True, "lines": [{"n": 1}, {"n": 2}]}},
    "steps": {},
    "tables": {},
}


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("plain", "text", "plain"),
        ("{{ input.deal.amount }} USD", "text", "10.50 USD"),
        ("{{ input.deal.won }}", "yes/no", "true"),
        ("{{ size(input.deal.lines) }}", "number", "2"),
        ("{{ input.deal.lines }}", "list", '[{"n":1},{"n":2}]'),
        ("{{ input.deal.lines[0] }}", "group", '{"n":1}'),
        ("{{ null }}", "nothing", ""),
        ({"each": "{{ input.deal.lines }}", "as": "l", "value": "{{ l.n }}"}, "list", "[1,2]"),
    ],
)
def test_a_value_is_shown_with_its_kind(value: Any, kind: str, text: str) -> None:
    found = preview(value, ROOTS)
    assert (found.kind, found.text, found.error) == (kind, text, "")


def test_what_is_wrong_is_said_instead() -> None:
    found = preview("{{ input.deal.amont }}", ROOTS)
    assert found == Preview(
        error="In the expression {{ input.deal.amont }}: There is no 'amont' in input.deal. "
        "There is: amount, id, lines, won.",
        advice="Did you mean amount? Where the field may be missing, test it first with has(...).",
    )
    form = {"each": "{{ input.deal.lines }}", "as": "l", "value": {"a": "{{ l.x }}"}}
    assert preview(form, ROOTS).field == "[0].a"


@pytest.mark.parametrize("value", ["{{", "{{ }}", "{{ \ud800 }}", "{{ a(b }}", 1.5, {"{{ a }}": 1}])
def test_nothing_that_is_typed_raises(value: Any) -> None:
    assert isinstance(preview(value, ROOTS), Preview)


@pytest.mark.parametrize(
    "value",
    [
        "{{ input.l.map(x, input.l.map(y, y)) }}",
        "{{ input.l.map(x, input.l) }}",
        {"each": "{{ input.l }}", "as": "q", "value": "{{ input.l.exists(z, z == q) }}"},
        {
            "each": "{{ input.l }}",
            "as": "q",
            "value": {"each": "{{ input.l }}", "as": "w", "value": "1"},
        },
        ["{{ input.l.map(x, x + '1') }}"] * 200,
    ],
)
def test_work_that_would_take_long_is_left_to_the_run(value: Any) -> None:
    """A page must not hang because of what somebody types into it."""
    large = {"l": [str(number) for number in range(5_000)], "t": "y" * 60_000}
    found = preview(value, {"input": large})
    assert found.error == "This is too much work for a preview; a run may do more."


def test_a_preview_may_do_a_part_of_what_a_run_may() -> None:
    roots = {"input": {"l": [str(number) for number in range(500)]}}
    value = "{{ input.l.map(x, x) }}"
    assert preview(value, roots).error == "This is too much work for a preview; a run may do more."
    assert evaluate(value, roots) == roots["input"]["l"]


def test_a_long_result_is_cut_for_people_only() -> None:
    found = preview("{{ input.t }}", {"input": {"t": "y" * 5_000}})
    assert (len(found.text), len(found.value)) == (2_001, 5_000)


FLOW = """
trigger: {type: hubspot.deal}
tables: {accounts: {A: "4000"}}
steps:
  - {id: customer, type: sage-intacct.findOrCreateCustomer, config: {}}
  - id: loop
    type: forEach
    config: {items: "{{ input.lineItems }}", key: ""}
    steps:
      - {id: first, type: delay}
      - id: second
        type: sage-intacct.createInvoice
        config:
          lineItems: {each: "{{ input.lineItems }}", as: line, value: {amount: ""}}
    onError: {then: branch, steps: [{id: tell, type: http}]}
  - {id: last, type: delay}
onFailure:
  - {id: mail, type: http}
  - {id: call, type: http}
"""


def reach(place: str, samples: dict[str, tuple[str, Any]] | None = None) -> Reach:
    return reach_of(yaml_loader.load(FLOW), load(), samples or {}, place)


def test_only_earlier_steps_are_in_reach() -> None:
    assert set(reach("steps[0].config.customerName").roots["steps"]) == set()
    assert list(reach("steps[2].config.until").sources) == ["input", "customer", "loop"]
    inner = reach("steps[1].steps[1].config.memo")
    assert list(inner.sources) == ["input", "customer", "first"]
    assert list(reach("onFailure[1].config.url").sources) == ["input", "mail"]
    assert list(reach("").sources) == ["input", "customer", "loop", "last"]


def test_item_line_and_failure_exist_where_the_engine_has_them() -> None:
    assert reach("steps[1].steps[1].config.memo").roots["item"]["sku"] == "EM-2"
    assert "item" in reach("steps[1].config.key").roots
    assert "item" not in reach("steps[1].config.items").roots
    line = reach("steps[1].steps[1].config.lineItems.value.amount").roots["line"]
    assert line["amount"] == "1200.00"
    assert "line" not in reach("steps[1].steps[1].config.memo").roots
    assert "failure" in reach("steps[1].onError.steps[0].config.url").roots
    assert "failure" in reach("onFailure[0].config.url").roots
    assert "failure" not in reach("steps[2].config.until").roots


def test_samples_win_over_examples_and_say_where_they_are_from() -> None:
    found = reach("steps[2].config.until", {"customer": ("run", {"id": "C-1", "odd name": "x"})})
    assert found.sources == {"input": "example", "customer": "run", "loop": "nothing"}
    by_path = {field.path: field for field in found.fields}
    assert by_path["steps.customer.id"].value == "C-1"
    assert by_path["steps.customer['odd name']"].value == "x"
    assert by_path["steps.loop.count"].kind == "number"
    assert by_path["input.lineItems"].kind == "list"
    assert preview("{{ steps.customer['odd name'] }}", found.roots).text == "x"


@pytest.mark.parametrize("document", [None, [], {"steps": [None, {"id": 5, "type": []}]}])
def test_a_broken_document_still_has_something_in_reach(document: Any) -> None:
    assert "input" in reach_of(document, load(), {}, "steps[1].config.a").roots

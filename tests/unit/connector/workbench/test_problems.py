"""Everything that is wrong is told at once, each at its field, however broken the rest is."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from connector.errors import InputError
from connector.registry import load
from connector.workbench.problems import Problem, problems
from connector.workflow import model, yaml_loader
from connector.workflow.validation import Surroundings

AROUND = Surroundings(load(), {"hubspot": "hubspot", "books": "sage-intacct"}, lambda _name: None)
FLOW = """
name: Orders
trigger: {type: hubspot.deal, connection: hubspot, config: {stages: [closedwon]}}
once: "{{ input.deal.id }}"
steps:
  - id: customer
    type: sage-intacct.findOrCreateCustomer
    connection: books
    config: {customerName: "{{ input.company.name }}"}
  - id: big
    type: switch
    cases:
      - when: "{{ compare(input.deal.amount, '10') > 0 }}"
        steps:
          - {id: pause, type: delay, config: {for: {hours: "1"}}}
  - id: loop
    type: forEach
    config: {items: "{{ input.lineItems }}", key: "{{ item.id }}"}
    steps:
      - {id: wait, type: delay, config: {for: {hours: "1"}}}
  - id: invoice
    type: sage-intacct.createInvoice
    connection: books
    config:
      customerId: "{{ steps.customer.id }}"
      dateCreated: "{{ date(input.deal.closedate) }}"
      lineItems:
        each: "{{ input.lineItems }}"
        as: line
        value: {accountNumber: "4000", amount: "{{ money(line.amount) }}"}
"""
JUNK: list[Any] = [
    *(None, "", 5, True, [], {}, "{{", "{{ x }}", "x\x00", [1], {"a": {}}, "\ud800", 1.5),
    *({"each": 1, "value": 2}, {"": ""}, {"a.b": {"c[0]": "{{ input.z }}"}}, "{{ steps.no.x }}"),
    *([[[]]], {"steps": [None, {"id": 5}]}, {"x y": "1"}, "standIn", {"steps": {"steps": []}}),
]


def flow() -> Any:
    return yaml_loader.load(FLOW)


def places(found: list[Problem]) -> list[str]:
    return [problem.place for problem in found if problem.severity == "error"]


def test_a_sound_workflow_has_no_errors() -> None:
    assert places(problems(flow(), AROUND)) == []


def test_mistakes_of_every_kind_are_told_together() -> None:
    broken = flow()
    steps = broken["steps"]
    del steps[0]["connection"]
    steps[0]["config"]["customerName"] = "{{ input.company.nam }}"
    steps[1]["cases"][0]["when"] = "{{ compare(input.deal.amount }}"
    steps[2]["config"]["items"] = ""
    steps[3]["config"]["customerId"] = "{{ steps.custmer.id }}"
    steps[3]["config"]["lineItems"]["value"]["amount"] = "{{ money(line.amount }}"
    steps[3] |= {"extra": "1", "id": "customer"}
    broken["name"] = ""
    assert sorted(places(problems(broken, AROUND))) == [
        "name",
        "steps[0].config.customerName",
        "steps[0].connection",
        "steps[1].cases[0].when",
        "steps[2].config.items",
        "steps[3].config.customerId",
        "steps[3].config.lineItems.value.amount",
        "steps[3].extra",
        "steps[3].id",
    ]


def test_sentences_name_steps_as_people_do() -> None:
    broken = flow()
    del broken["steps"][0]["connection"]
    broken["steps"][2]["config"]["items"] = ""
    sentences = [problem.sentence for problem in problems(broken, AROUND)]
    assert sentences[:2] == [
        "The step 'customer' has no 'connection'.",
        "items of the step 'loop' must not be empty.",
    ]


def test_what_was_mended_to_look_further_is_never_spoken_of() -> None:
    broken = flow()
    del broken["steps"][0]["connection"]
    broken["steps"][2]["steps"] = []
    assert not any("standIn" in str(problem) for problem in problems(broken, AROUND))


def test_warnings_come_after_errors() -> None:
    found = flow()
    del found["once"]
    found["steps"][0]["connection"] = "nobody"
    assert [problem.severity for problem in problems(found, AROUND)] == ["error", "warning"]


@pytest.mark.parametrize("document", [None, 5, "text", [], {}, {"steps": None}, {"a": 1.5}])
def test_what_is_no_workflow_at_all_is_a_problem_too(document: Any) -> None:
    assert places(problems(document, AROUND))


def test_a_document_that_is_too_deep_is_refused_in_a_sentence() -> None:
    deep: Any = {}
    for _ in range(200):
        deep = {"a": deep}
    assert "nested deeper" in problems({"steps": deep}, AROUND)[0].sentence


def test_a_long_broken_document_is_not_told_without_end() -> None:
    steps = [{"id": f"s{number}", "type": "delay", "config": {"no": "1"}} for number in range(100)]
    assert len(problems({"name": "x", "trigger": {"type": "t"}, "steps": steps}, AROUND)) <= 500


def test_no_document_makes_it_raise_and_no_broken_one_passes() -> None:
    """Whatever people leave half done: either it can be published, or there is an error."""
    chance = random.Random(8)  # noqa: S311 - the same mutations each time
    for _ in range(250):
        document = flow()
        for _ in range(chance.randint(1, 4)):
            _mutate(document, chance)
        found = places(problems(document, AROUND))
        try:
            model.parse(document)
        except InputError:
            assert found, document


def _mutate(document: Any, chance: random.Random) -> None:
    way = chance.choice([way for way in _ways(document, ()) if way])
    node = document
    for part in way[:-1]:
        node = node[part]
    if chance.random() < 1 / 3:
        del node[way[-1]]
    else:
        node[way[-1]] = copy.deepcopy(chance.choice(JUNK))


def _ways(value: Any, way: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [way, *(found for name, item in inner for found in _ways(item, (*way, name)))]

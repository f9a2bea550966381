import copy
from datetime import date
from typing import Any

import pytest

from connector.errors import InputError
from connector.workflow import model, yaml_loader

TEXT = """
name: HubSpot deal to invoice
trigger: {type: hubspot.deal, connection: hubspot, config: {stages: [closedwon]}}
once: "{{ input.deal.id }}"
steps:
  - id: customer
    type: sage-intacct.findOrCreateCustomer
    connection: books
    config: {customerName: "{{ input.company.name }}"}
  - id: invoice
    type: sage-intacct.createInvoice
    connection: books
    config:
      customerId: "{{ steps.customer.id }}"
      lineItems:
        each: "{{ input.lineItems }}"
        as: line
        value: {amount: "{{ money(line.amount) }}"}
"""


def document(**changes: Any) -> dict[str, Any]:
    return {**yaml_loader.load(TEXT), **changes}


def with_step(index: int, **changes: Any) -> dict[str, Any]:
    found = document()
    found["steps"][index].update(changes)
    return found


def refusal(found: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        model.parse(found)
    return caught.value


def test_a_workflow_survives_the_round_trip() -> None:
    workflow = model.parse(document())
    again = model.parse(workflow.to_document())
    assert again == workflow
    assert again.fingerprint() == workflow.fingerprint()
    assert [step.action_key for step in workflow.steps] == ["findOrCreateCustomer", "createInvoice"]


def test_the_fingerprint_ignores_layout_and_sees_every_change() -> None:
    known = model.parse(document()).fingerprint()
    shuffled = dict(reversed(document(version="1").items()))
    settings = shuffled["steps"][1]["config"]
    shuffled["steps"][1]["config"] = dict(reversed(settings.items()))
    assert model.parse(shuffled).fingerprint() == known
    assert model.parse(with_step(1, connection="other")).fingerprint() != known
    assert model.parse(document(steps=document()["steps"][:1])).fingerprint() != known


def test_a_workflow_does_not_change_with_its_document() -> None:
    found = document()
    workflow = model.parse(found)
    known = workflow.fingerprint()
    found["steps"][0]["config"]["customerName"] = "x"
    workflow.to_document()["steps"][0]["config"]["customerName"] = "y"
    assert workflow.fingerprint() == known


@pytest.mark.parametrize("found", [None, [], "x", 5])
def test_a_document_is_a_group_of_fields(found: Any) -> None:
    assert "group of fields" in refusal(found).title


@pytest.mark.parametrize(
    ("found", "field", "title"),
    [
        ({"name": "x"}, "trigger", "has no 'trigger'"),
        (document(version="2"), "version", "schema version '2'"),
        (document(extra=1), "extra", "no field 'extra'"),
        (document(name=" "), "name", "cannot be"),
        (document(name="a\x07"), "name", "cannot be"),
        (document(name="a\n"), "name", "line break"),
        (document(name="x" * 201), "name", "at most 200"),
        (document(steps=[]), "steps", "at least one"),
        (document(steps=document()["steps"] * 51), "steps", "at most 100"),
        (document(trigger=[]), "trigger", "group of fields"),
        (document(trigger={"type": "a.b", "x": 1}), "trigger.x", "no field 'x'"),
        (document(trigger={"type": "a b"}), "trigger.type", "cannot be 'a b'"),
        (with_step(1, id="a/../b"), "steps[1].id", "cannot be"),
        (with_step(1, id="a\n"), "steps[1].id", "line break"),
        (with_step(1, id="customer"), "steps[1].id", "Two steps"),
        (with_step(0, type="email"), "steps[0].type", "cannot be 'email'"),
        (with_step(0, retries=1), "steps[0].retries", "no field 'retries'"),
        (with_step(0, config={"a": 1.5}), "steps[0].config.a", "inexact"),
        (with_step(0, config={"a": float("nan")}), "steps[0].config.a", "inexact"),
        (with_step(0, config={"a": date(2026, 1, 1)}), "steps[0].config.a", "neither text"),
        (with_step(0, config={1: 1}), "steps[0].config", "not text"),
        (with_step(0, config={"a": "\ud800"}), "steps[0].config.a", "half a character"),
        (with_step(0, config={"{{ input }}": 1}), "steps[0].config", "cannot be an expression"),
        (with_step(0, config={"a": "{{ nope }}"}), "steps[0].config.a", "'nope' is not known"),
        (with_step(0, config={"a": ["{{ x"]}), "steps[0].config.a[0]", "never closed"),
        (with_step(0, config={"a": "{{ line.a }}"}), "steps[0].config.a", "'line' is not known"),
        (with_step(1, config={"a": "{{ steps }}"}), "steps[1].config.a", "needs the id"),
        (with_step(1, config={"a": "{{ steps.x.id }}"}), "steps[1].config.a", "does not exist"),
        (
            with_step(0, config={"a": "{{ steps['invoice'].id }}"}),
            "steps[0].config.a",
            "does not come before",
        ),
        (with_step(0, config={"a": "{{ steps.customer.id }}"}), "steps[0].config.a", "before"),
        (
            with_step(0, config={"each": "{{ input.l }}", "as": "x", "value": 1}),
            "steps[0].config",
            "list mapping",
        ),
        (document(once="always"), "once", "same for every event"),
        (document(once="{{ 'a' }}"), "once", "same for every event"),
        (document(once="{{ steps.customer.id }}"), "once", "'steps' is not known"),
        (
            document(trigger={"type": "a.b", "config": {"x": "{{ input.a }}"}}),
            "trigger.config.x",
            "no expression",
        ),
    ],
)
def test_a_broken_rule_is_named_with_its_place(found: Any, field: str, title: str) -> None:
    error = refusal(found)
    assert error.field == field
    assert title in error.title


def test_deep_documents_are_refused() -> None:
    deep: Any = "x"
    for _ in range(900):
        deep = [deep]
    assert "deeper than 64" in refusal(with_step(0, config={"a": deep})).title


def test_item_may_be_named_by_a_list_mapping() -> None:
    config = {"a": {"each": "{{ input.l }}", "as": "item", "value": "{{ item.x }}"}}
    assert model.parse(with_step(0, config=copy.deepcopy(config))).steps[0].config == config

from typing import Any

import pytest

from connector.errors import InputError
from connector.workflow import model, yaml_loader

EVERYTHING = """
name: Everything
trigger: {type: hubspot.deal, connection: hubspot}
once: "{{ input.id }}"
tables: {accounts: {EM-2: "4000"}}
steps:
  - {id: wanted, type: filter, config: {condition: "{{ input.amount != '' }}"}}
  - id: size
    type: switch
    cases:
      - name: large
        when: "{{ compare(input.amount, '1000') > 0 }}"
        steps:
          - {id: pause, type: delay, config: {for: {hours: 2}}}
    otherwise:
      - {id: later, type: delay, config: {until: "{{ input.date }}", zone: Europe/Berlin}}
  - id: consent
    type: approval
    config:
      title: Bill {{ input.id }}
      covers: [bill]
      amount: "{{ input.amount }}"
      thresholds: [{above: 1000}, {above: "10000", approvals: 2}]
      expires: {days: 3}
  - id: bill
    type: sage-intacct.createBill
    connection: books
    config: {vendorId: "{{ lookup(tables.accounts, input.sku) }}"}
    onError:
      retries: 2
      wait: {minutes: 5}
      then: branch
      steps:
        - {id: tell, type: http, config: {url: "https://a.example/{{ failure.type }}"}}
  - id: lines
    type: forEach
    config: {items: "{{ input.lines }}", key: "{{ item.id }}", parallel: 4}
    steps:
      - id: line
        type: sage-intacct.createBill
        connection: books
        config: {vendorId: "{{ item.id + steps.size.case }}"}
  - {id: other, type: call, config: {workflow: Another, input: {a: "{{ steps.lines.count }}"}}}
onFailure:
  - id: report
    type: http
    config:
      url: https://a.example
      method: POST
      idempotent: true
      json: {run: "{{ failure.runId }}"}
"""


def document() -> Any:
    return yaml_loader.load(EVERYTHING)


def refusal(found: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        model.parse(found)
    return caught.value


def test_every_kind_of_step_survives_the_round_trip() -> None:
    workflow = model.parse(document())
    again = model.parse(workflow.to_document())
    assert again == workflow
    assert again.fingerprint() == workflow.fingerprint()
    ids = [step.id for _, step in workflow.every_step()]
    assert ids == [
        *("wanted", "size", "pause", "later", "consent", "bill", "tell", "lines", "line", "other"),
        "report",
    ]


def test_a_number_may_be_written_as_text() -> None:
    """YAML leaves everything as text; a form may send numbers. Both are the same workflow."""
    found = document()
    found["steps"][4]["config"]["parallel"] = 4
    found["onFailure"][0]["config"]["idempotent"] = True
    assert model.parse(found).fingerprint() == model.parse(document()).fingerprint()


def step(**changes: Any) -> Any:
    """Return a document whose one step differs from the plain action."""
    plain = {"id": "a", "type": "sage-intacct.createBill", "connection": "books"}
    made = {name: value for name, value in {**plain, **changes}.items() if value is not None}
    return {"name": "W", "trigger": {"type": "a.b"}, "steps": [made]}


def kind(type_: str, config: Any, **more: Any) -> Any:
    return step(**{"type": type_, "connection": None, "config": config, **more})


INNER = [{"id": "i", "type": "delay", "config": {"for": {"days": "1"}}}]
LOOP = {"items": "{{ input.l }}", "key": "{{ item.id }}"}


def nested(depth: int) -> Any:
    steps: Any = INNER
    for number in range(depth):
        case = {"when": "{{ input.x }}", "steps": steps}
        steps = [{"id": f"s{number}", "type": "switch", "cases": [case]}]
    return {"name": "W", "trigger": {"type": "a.b"}, "steps": steps}


@pytest.mark.parametrize(
    ("found", "field", "title"),
    [
        (kind("filter", None), "steps[0].config", "has no 'config'"),
        (kind("filter", {}), "steps[0].config.condition", "has no 'condition'"),
        (kind("filter", {"condition": "x"}, connection="b"), "steps[0].connection", "no field"),
        (kind("switch", None, cases=[]), "steps[0].cases", "at least one"),
        (kind("forEach", LOOP), "steps[0].steps", "has no 'steps'"),
        (kind("forEach", {**LOOP, "parallel": "17"}, steps=INNER), "steps[0].config.parallel", ""),
        (kind("forEach", {**LOOP, "parallel": 0}, steps=INNER), "steps[0].config.parallel", "1"),
        (
            kind("forEach", {**LOOP, "key": "{{ input.id }}"}, steps=INNER),
            "steps[0].config.key",
            "same for every item",
        ),
        (
            kind(
                "forEach",
                LOOP,
                steps=[{**kind("forEach", LOOP, steps=INNER)["steps"][0], "id": "b"}],
            ),
            "steps[0].steps[0]",
            "inside another",
        ),
        (kind("delay", {}), "steps[0].config", "exactly one"),
        (kind("delay", {"for": {"days": "1"}, "until": "x"}), "steps[0].config", "exactly one"),
        (kind("delay", {"for": {"days": "36500"}}), "steps[0].config.for", "366 days"),
        (kind("delay", {"for": {"days": "-1"}}), "steps[0].config.for.days", "cannot be '-1'"),
        (kind("delay", {"for": {}}), "steps[0].config.for", "must not be empty"),
        (kind("approval", {"title": "x"}), "steps[0].config", "shows nothing"),
        (
            kind("approval", {"title": "x", "covers": ["b"]}),
            "steps[0].config.covers[0]",
            "no action or request",
        ),
        (
            kind("approval", {"title": "x", "payload": {"a": "1"}, "thresholds": [{"above": "1"}]}),
            "steps[0].config.amount",
            "need an amount",
        ),
        (kind("http", {"url": "https://a", "method": "TRACE"}), "steps[0].config.method", "one of"),
        (
            kind("http", {"url": "https://a", "json": {}, "body": "x"}),
            "steps[0].config.body",
            "one body",
        ),
        (step(onError={"then": "ignore"}), "steps[0].onError.then", "one of stop"),
        (step(onError={"then": "branch"}), "steps[0].onError.steps", "has no 'steps'"),
        (step(onError={"steps": INNER}), "steps[0].onError.steps", "only with"),
        (step(onError={"retries": "11"}), "steps[0].onError.retries", "cannot be"),
        (step(config={"a": "{{ item.x }}"}), "steps[0].config.a", "no 'item'"),
        (step(config={"a": "{{ failure.x }}"}), "steps[0].config.a", "no 'failure'"),
        (step(config={"a": "{{ tables.x.y }}"}), "steps[0].config.a", "no lookup table"),
        (
            nested(5),
            ".".join(["steps[0].cases[0]"] * 5) + ".steps",
            "5 deep",
        ),
    ],
)
def test_a_broken_rule_of_a_kind_is_named(found: Any, field: str, title: str) -> None:
    error = refusal(found)
    assert error.field == field
    assert title in error.title


def test_steps_inside_others_are_not_seen_from_outside() -> None:
    found = document()
    found["steps"][5]["config"]["input"] = {"a": "{{ steps.line.id }}"}
    error = refusal(found)
    assert "stands inside another one" in error.title
    found["steps"][5]["config"]["input"] = {"a": "{{ steps.report.id }}"}
    assert "does not come before" in refusal(found).title


def test_what_is_approved_is_known_when_it_is_asked_for() -> None:
    found = document()
    found["steps"][3]["config"]["vendorId"] = "{{ steps.consent.payload }}"
    assert "has not run when the approval" in refusal(found).title


def test_a_workflow_has_at_most_200_steps() -> None:
    steps = [{**step()["steps"][0], "id": f"s{number}"} for number in range(67)]
    cases = [
        {"when": "{{ input.x }}", "steps": [{**s, "id": f"{s['id']}{n}"} for s in steps]}
        for n in "abc"
    ]
    found = {**step(), "steps": [{"id": "z", "type": "switch", "cases": cases}]}
    assert "more than 200" in refusal(found).title

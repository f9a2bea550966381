from typing import Any

import pytest

from connector import registry
from connector.workbench import templates
from connector.workflow import model, validation, yaml_loader
from connector.workflow.model import Workflow
from connector.workflow.validation import CALLED, Report, Surroundings

KINDS = {"books": "sage-intacct", "hubspot": "hubspot"}
INVOICE = {
    "customerId": "C-00001",
    "dateCreated": "{{ date(input.deal.closedate) }}",
    "lineItems": {
        "each": "{{ input.lineItems }}",
        "as": "line",
        "value": {"accountNumber": "4000", "amount": "{{ money(line.amount) }}"},
    },
}


def around(find: Any = None) -> Surroundings:
    return Surroundings(registry.load(), KINDS, find)


def workflow(*steps: Any, **changes: Any) -> Workflow:
    document = {
        "name": "W",
        "trigger": {
            "type": "hubspot.deal",
            "connection": "hubspot",
            "config": {"stages": ["closedwon"]},
        },
        "once": "{{ input.deal.id }}",
        "steps": list(steps),
    }
    return model.parse({**document, **changes})


def invoice(**changes: Any) -> dict[str, Any]:
    config = {name: value for name, value in {**INVOICE, **changes}.items() if value is not None}
    return action("createInvoice", config)


def action(key: str, config: Any, step_id: str = "a", **more: Any) -> dict[str, Any]:
    type_ = f"sage-intacct.{key}"
    return {"id": step_id, "type": type_, "connection": "books", "config": config, **more}


def check(*steps: Any, **changes: Any) -> Report:
    return validation.validate(workflow(*steps, **changes), around())


@pytest.mark.parametrize("name", ["hubspot_deal_to_invoice"])
def test_a_template_is_ready_to_be_published(name: str) -> None:
    found = model.parse(yaml_loader.load(templates.text(name)))
    report = validation.validate(found, around())
    assert report.findings == ()
    assert report.cost.sentence == "2 to 5 API transactions per event."


def test_a_plain_invoice_has_no_findings() -> None:
    assert check(invoice()).findings == ()


@pytest.mark.parametrize(
    ("step", "field", "title"),
    [
        (action("createInvoce", {}), "type", "no action 'createInvoce'"),
        ({**invoice(), "connection": "nobody"}, "connection", "no connection 'nobody'"),
        ({**invoice(), "connection": "hubspot"}, "connection", "of the kind hubspot"),
        (invoice(customerId=None), "config.customerId", "is required"),
        (invoice(custId="x"), "config.custId", "no input 'custId'"),
        (invoice(dateCreated="02-03-2026"), "config.dateCreated", "not a date"),
        (invoice(lineItems=[]), "config.lineItems", ""),
        (invoice(customerId="{{ input.deal.nme }}"), "config.customerId", "no 'nme' in input.deal"),
        (invoice(customerId="{{ input.deal.isWon }}"), "config.customerId", "gives yes or no"),
        (invoice(customerId="{{ input.lineItems }}"), "config.customerId", "gives a list"),
        (invoice(customerId="{{ 1.5 }}"), "config.customerId", "decimal fraction"),
        (invoice(customerId="{{ input.deal.id + 1 }}"), "config.customerId", "does not work with"),
        (invoice(customerId="{{ money(input.deal.isWon) }}"), "config.customerId", "money"),
        (
            invoice(lineItems={**INVOICE["lineItems"], "each": "{{ input.deal.id }}"}),  # type: ignore[dict-item]
            "config.lineItems.each",
            "a list is wanted",
        ),
        (
            invoice(
                lineItems={
                    "each": "{{ input.lineItems }}",
                    "as": "line",
                    "value": {"accountNumber": "4000", "amount": "{{ line.amout }}"},
                }
            ),
            "config.lineItems.value.amount",
            "no 'amout'",
        ),
        (
            {"id": "f", "type": "filter", "config": {"condition": "{{ input.deal.id }}"}},
            "config.condition",
            "yes or no is wanted",
        ),
        (
            {
                "id": "l",
                "type": "forEach",
                "config": {"items": "{{ input.lineItems }}", "key": "{{ item.nr }}"},
                "steps": [invoice()],
            },
            "config.key",
            "no 'nr' in item",
        ),
        (
            {
                "id": "l",
                "type": "forEach",
                "config": {"items": "{{ input.deal.id }}", "key": "{{ item.id }}"},
                "steps": [invoice()],
            },
            "config.items",
            "a list is wanted",
        ),
        (invoice(description="sk_live_51HxYzAbCdEfGh"), "config.description", "password or key"),
        (
            {
                "id": "h",
                "type": "http",
                "config": {"url": "https://a.example", "headers": {"X-Api-Key": "abc"}},
            },
            "config.headers.X-Api-Key",
            "password or key",
        ),
    ],
)
def test_an_error_is_found_before_anything_runs(step: Any, field: str, title: str) -> None:
    errors = check(step).errors
    assert errors
    assert any(e.field == f"steps[0].{field}" and title in e.title for e in errors), errors


def test_later_steps_are_checked_against_what_earlier_ones_give() -> None:
    customer = action("findOrCreateCustomer", {"customerName": "x"}, "customer")
    assert check(customer, invoice(customerId="{{ steps.customer.id }}")).findings == ()
    (warning,) = check(customer, invoice(customerId="{{ steps.customer.number }}")).findings
    assert not warning.is_error  # a result may hold more than its schema says
    assert "There is: created, href, id, key" in warning.advice
    (error,) = check(customer, invoice(customerId="{{ steps.customer.created }}")).findings
    assert error.is_error


def test_all_errors_are_told_at_once() -> None:
    report = check(invoice(customerId=None, custId="x", dateCreated="02-03-2026"))
    assert len(report.errors) == 3
    with pytest.raises(Exception, match="not a date") as caught:
        report.raise_errors()
    assert "2 more place(s)" in str(getattr(caught.value, "advice", ""))


def test_what_is_tested_first_may_be_missing() -> None:
    text = "{{ has(input.deal.extra) ? input.deal.extra : 'none' }}"
    assert check(invoice(description=text)).findings == ()


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"trigger": {"type": "hubspot.del"}}, "no trigger 'hubspot.del'"),
        ({"trigger": {"type": "hubspot.deal", "connection": "books"}}, "of the kind sage-intacct"),
        ({"trigger": {"type": "hubspot.deal"}}, "needs a connection of the kind hubspot"),
        ({"once": "{{ input.deal.nr }}"}, "no 'nr' in input.deal"),
    ],
)
def test_the_trigger_is_checked_too(changes: Any, title: str) -> None:
    assert any(title in error.title for error in check(invoice(), **changes).errors)


LOOP = {
    "id": "l",
    "type": "forEach",
    "config": {"items": "{{ input.lineItems }}", "key": "position"},
    "steps": [invoice()],
}


@pytest.mark.parametrize(
    ("steps", "changes", "title"),
    [
        ([invoice()], {"once": None}, "what one piece of business is"),
        ([LOOP], {}, "told apart by position"),
        (
            [{"id": "f", "type": "filter", "config": {"condition": "{{ true }}"}}],
            {},
            "always the same",
        ),
        ([{**invoice(), "onError": {"then": "continue"}}], {}, "goes on without this record"),
        (
            [{"id": "h", "type": "http", "config": {"url": "https://a.example", "method": "POST"}}],
            {},
            "does not answer",
        ),
        ([action("createApPayment", {})], {}, "pays without asking"),
    ],
)
def test_a_second_thought_is_a_warning(steps: Any, changes: Any, title: str) -> None:
    given = {name: value for name, value in changes.items() if value is not None}
    document = workflow(*steps).to_document()
    for name in changes.keys() - given.keys():
        del document[name]
    report = validation.validate(model.parse({**document, **given}), around())
    assert any(title in warning.title for warning in report.warnings)


def test_a_payment_behind_an_approval_needs_no_warning() -> None:
    consent = {
        "id": "ok",
        "type": "approval",
        "config": {"title": "Pay", "covers": ["a"]},
    }
    report = check(consent, action("createApPayment", {}))
    assert not any("pays without" in warning.title for warning in report.warnings)


def test_the_cost_names_loops_and_the_dearer_branch() -> None:
    cases = [{"when": "{{ input.deal.isWon }}", "steps": [invoice()]}]
    switch = {"id": "s", "type": "switch", "cases": cases}
    inner = {**invoice(), "id": "b"}
    report = check(switch, {**LOOP, "steps": [inner]})
    assert report.cost.sentence == (
        "0 to 2 API transactions per event, and 1 to 2 per item of 'l'."
    )


def called(name: str, *steps: Any) -> Workflow:
    trigger = {"type": CALLED}
    plain = {"id": "f", "type": "filter", "config": {"condition": "{{ input.x }}"}}
    return model.parse({"name": name, "trigger": trigger, "steps": list(steps) or [plain]})


def call(name: str) -> dict[str, Any]:
    return {"id": "c", "type": "call", "config": {"workflow": name}}


@pytest.mark.parametrize(
    ("published", "title"),
    [
        ({}, "no published workflow 'B'"),
        ({"B": workflow(invoice(), name="B")}, "cannot be called"),
        ({"B": called("B", call("A"))}, "circle: A > B > A"),
        ({"B": called("B", call("C")), "C": called("C", call("A"))}, "circle: A > B > C > A"),
        ({"B": called("B")}, ""),
    ],
)
def test_calls_lead_somewhere_and_never_back(published: Any, title: str) -> None:
    found = called("A", call("B"))
    errors = validation.validate(found, around(published.get)).errors
    assert [title in error.title for error in errors] == ([True] if title else [])


def test_a_workflow_of_many_steps_is_checked_whole() -> None:
    steps = [{**invoice(), "id": f"s{number}"} for number in range(99)]
    report = check(*steps, {**invoice(customerId="{{ steps.s98.nr }}"), "id": "last"})
    assert [finding.field for finding in report.findings] == ["steps[99].config.customerId"]

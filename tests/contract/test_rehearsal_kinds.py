"""Every kind of step in a rehearsal: followed where it decides, told where it would wait or ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connector.runtime import runs
from connector.workbench import comparison
from connector.workbench.rehearsal import rehearse
from connector.workbench.report import Finding, Rehearsal, State, StepReport, Verdict
from connector.workflow import model, yaml_loader
from tests.support import desk
from tests.support.office import Books, Office, office

HEAD = f"""
name: Kinds
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
"""
INVOICE = f"""
  - id: invoice
    {desk.INVOICE}"""
LOOP = f"""
  - id: orders
    type: forEach
    config: {{items: "{{{{ input.orders }}}}", key: "{{{{ item.number }}}}"}}
    steps:
      - {{id: wanted, type: filter, config: {{condition: "{{{{ item.customer != '' }}}}"}}}}
      - id: invoice
        {desk.INVOICE.replace("input.", "item.").replace(chr(10), chr(10) + "    ")}
"""
POST = f"""
name: Post
trigger: {{type: workflow.call}}
steps:{INVOICE}
"""
EVENT: dict[str, Any] = {"number": "N-1", "customer": "C-00001", "kind": "plain", "amount": "90.00"}


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path, books, HEAD + INVOICE) as found:
        yield found


def rehearsed(found: Office, steps: str, **changes: Any) -> Rehearsal:
    definition = model.parse(yaml_loader.load(HEAD + steps))
    return rehearse(found.services, definition, {**EVENT, **changes})


def by_id(found: Rehearsal) -> dict[str, StepReport]:
    return {step.id: step for step in found.steps}


def orders(count: int) -> list[dict[str, str]]:
    return [{"number": f"N-{number}", "customer": "C-00001"} for number in range(count)]


def test_a_filter_that_is_not_met_ends_the_rehearsal_there(here: Office) -> None:
    steps = """
  - {id: wanted, type: filter, config: {condition: "{{ input.kind == 'big' }}"}}"""
    found = rehearsed(here, steps + INVOICE)
    assert found.verdict is Verdict.SKIPPED
    assert [step.id for step in found.steps] == ["wanted"]
    assert rehearsed(here, steps + INVOICE, kind="big").verdict is Verdict.SUCCEEDS


def test_a_switch_is_followed_down_the_way_it_takes(here: Office) -> None:
    steps = """
  - id: pick
    type: switch
    cases:
      - name: slow
        when: "{{ input.kind == 'slow' }}"
        steps: [{id: pause, type: delay, config: {for: {days: 2}}}]
    otherwise: [{id: other, type: filter, config: {condition: "{{ true }}"}}]"""
    found = rehearsed(here, steps, kind="slow")
    assert [step.id for step in found.steps] == ["pick", "pause"]
    assert found.steps[0].output["case"] == "slow"
    assert found.steps[1].state is State.WAITS
    assert [step.id for step in rehearsed(here, steps).steps] == ["pick", "other"]


def test_a_day_that_has_come_is_not_waited_for(here: Office) -> None:
    steps = """
  - {id: pause, type: delay, config: {until: "2020-01-01"}}"""
    assert rehearsed(here, steps).steps[0].state is State.READ


def test_an_approval_shows_what_would_be_asked(here: Office) -> None:
    steps = """
  - id: consent
    type: approval
    config:
      title: "Invoice {{ input.number }}"
      covers: [invoice]
      amount: "{{ input.amount }}"
      thresholds: [{above: "50.00", approvals: 2}]"""
    consent, invoice = rehearsed(here, steps + INVOICE).steps
    assert consent.state is State.ASKS
    assert consent.inputs["approvals"] == 2
    assert consent.inputs["covers"]["invoice"]["invoiceNumber"] == "N-1"
    assert consent.assumed == ("approvedBy",)
    assert invoice.state is State.WRITES
    assert rehearsed(here, steps + INVOICE, amount="20.00").steps[0].state is State.READ


def test_each_item_of_a_loop_has_the_key_that_its_run_will_have(here: Office) -> None:
    found = rehearsed(here, LOOP, orders=orders(3))
    here.publish(HEAD + LOOP)
    run_id = desk.start(here, {**EVENT, "orders": orders(3)})
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    sent = {(row.op_key, row.payload) for row in here.effects()}
    assert {(w.op_key, w.payload) for w in found.writes} == sent
    beside = comparison.compare(here.services, rehearsed(here, LOOP, orders=orders(3)), run_id)
    places = {step.place: step for step in beside.steps}
    assert places["orders [N-2] / invoice"].requests is True


def test_items_beyond_the_first_are_counted_and_their_cost_with_them(here: Office) -> None:
    found = rehearsed(here, LOOP, orders=orders(10_000))
    assert found.remaining == {"orders": 9975}
    assert (found.least, found.most) == (10_000, 10_000)
    assert found.spent < 10
    loop = found.steps[0]
    assert loop.output["count"] == 10_000
    assert loop.output["items"][-1] == {"key": "N-9999", "state": "not rehearsed", "result": None}
    assert "9975 more were only counted" in loop.sentence
    assert len(found.steps) == 51


def test_an_item_that_would_fail_or_be_skipped_is_told_with_its_key(here: Office) -> None:
    wrong = [*orders(2), {"number": "N-7", "customer": ""}, {"number": "N-8"}]
    found = rehearsed(here, LOOP, orders=wrong)
    assert found.verdict is Verdict.FAILS
    loop = found.steps[0]
    assert (loop.output["succeeded"], loop.output["skipped"], loop.output["failed"]) == (2, 1, 1)
    assert "'N-8'" in loop.sentence


def test_two_items_that_would_make_the_same_record_are_seen(here: Office) -> None:
    steps = LOOP.replace('invoiceNumber: "{{ item.number }}"', 'invoiceNumber: "{{ item.paper }}"')
    assert steps != LOOP
    twice = [{**each, "paper": "P-1"} for each in orders(2)]
    found = rehearsed(here, steps, orders=twice)
    (problem,) = found.problems
    assert problem.name == "duplicate"
    assert "would be made twice; the first time at 'orders [N-0] / invoice'" in problem.sentence


def test_many_items_are_looked_up_in_few_calls(here: Office) -> None:
    definition = model.parse(yaml_loader.load(HEAD + LOOP))
    event = {**EVENT, "orders": orders(150)}
    found = rehearse(here.services, definition, event, most_items=150)
    assert len(found.writes) == 150
    assert all(check.finding is not Finding.PROBLEM for w in found.writes for check in w.checks)
    assert found.spent < 10
    assert found.writes[-1].document == ""  # only the first ones are kept whole
    assert found.writes[-1].payload_hash != found.writes[-2].payload_hash


def test_a_called_workflow_is_followed_with_its_own_keys(here: Office) -> None:
    steps = """
  - id: post
    type: call
    config: {workflow: Post, input: {number: "{{ input.number }}", customer: C-00001}}
  - {id: seen, type: filter, config: {condition: "{{ steps.post.steps.invoice.id == 'N-1' }}"}}"""
    here.publish(POST)
    found = rehearsed(here, steps)
    assert [str(step.trail) for step in found.steps] == ["", "post", ""]
    here.publish(HEAD + steps)
    desk.start(here, EVENT, workflow="Kinds")
    desk.work_off(here)
    (row,) = here.effects()
    (write,) = found.writes
    assert (write.op_key, write.payload) == (row.op_key, row.payload)


def test_a_workflow_that_calls_itself_ends_at_the_cap(here: Office) -> None:
    endless = """
name: Round
trigger: {type: workflow.call}
steps: [{id: next, type: call, config: {workflow: Round}}]
"""
    here.publish(endless)
    found = rehearsed(here, "\n  - {id: go, type: call, config: {workflow: Round}}")
    assert found.verdict is Verdict.FAILS
    assert "more than 5 deep" in found.sentence


def test_a_failure_that_is_allowed_for_takes_its_branch(here: Office) -> None:
    steps = """
  - id: find
    type: sage-intacct.getInvoice
    connection: books
    config: {invoiceNumber: ""}
    onError:
      then: branch
      steps: [{id: told, type: filter, config: {condition: "{{ failure.step == 'find' }}"}}]"""
    found = rehearsed(here, steps + INVOICE)
    assert found.verdict is Verdict.PARTIAL
    assert [(step.id, step.state) for step in found.steps] == [
        ("find", State.PASSED),
        ("told", State.READ),
        ("invoice", State.WRITES),
    ]


def test_a_request_elsewhere_is_carried_out_where_it_reads_and_shown_where_it_writes(
    here: Office, books: Books
) -> None:
    steps = """
  - {id: ask, type: http, config: {url: "https://api.example/rates"}}
  - id: tell
    type: http
    config:
      url: "https://api.example/orders"
      method: POST
      headers: {Authorization: "Bearer {{ input.kind }}"}
      json: {rate: "{{ steps.ask.body.rate }}"}
  - {id: seen, type: filter, config: {condition: "{{ steps.tell.status == 200 }}"}}"""
    web = desk.connect(here, books.transport, lambda _: httpx.Response(200, json={"rate": "1.10"}))
    ask, tell, seen = rehearsed(here, steps).steps
    assert [request.method for request in web.requests] == ["GET"]
    assert ask.output["body"] == {"rate": "1.10"}
    (write,) = tell.writes
    assert write.document.startswith("POST https://api.example/orders")
    assert '{"rate": "1.10"}' in write.document
    assert write.control_id in write.document
    assert tell.assumed == ("*",)
    assert seen.guessed  # it decides by an answer that nobody has given yet


def test_inputs_against_the_rules_of_an_action_fail_before_any_look(here: Office) -> None:
    steps = INVOICE.replace('amount: "10.00"', 'amount: "1,000.00"')
    assert steps != INVOICE
    found = rehearsed(here, steps)
    assert found.verdict is Verdict.FAILS
    assert found.steps[0].error is not None
    assert found.steps[0].error["field"] == "lineItems[0].amount"
    assert found.spent == 0


def test_an_entry_that_does_not_balance_is_refused_with_the_difference(here: Office) -> None:
    steps = """
  - id: entry
    type: sage-intacct.createJournalEntry
    connection: books
    config:
      journal: GJ
      postingDate: "2026-03-02"
      description: Accrual
      lines:
        - {accountNumber: "6100", lineType: "1", amount: "AMOUNT", locationId: "100"}
        - {accountNumber: "2100", lineType: "-1", amount: "10.00"}"""
    found = rehearsed(here, steps.replace("AMOUNT", "10.01"))
    assert found.verdict is Verdict.FAILS
    assert "0.01" in found.sentence
    even = rehearsed(here, steps.replace("AMOUNT", "10.00"))
    said = [check.sentence for write in even.writes for check in write.checks]
    assert "Debits are 10.00, credits are 10.00." in said


def test_a_dimension_is_asked_for_where_the_account_wants_it(here: Office) -> None:
    steps = INVOICE.replace('accountNumber: "4000"', 'accountNumber: "6300"')
    assert [check.sentence for check in rehearsed(here, steps).problems] == [
        "Account 6300 asks for a project, and lineItems[0] names none."
    ]
    given = steps.replace('accountNumber: "6300"', 'accountNumber: "6300", projectId: P-200')
    assert rehearsed(here, given).problems == ()


def test_a_company_that_does_not_answer_is_said_and_not_hidden(here: Office) -> None:
    here.services.__dict__["http"] = here.unreachable()
    found = rehearsed(here, INVOICE)
    (write,) = found.writes
    unchecked = [check for check in write.checks if check.finding is Finding.UNCHECKED]
    assert any("could not be looked at" in check.sentence for check in unchecked)
    assert found.problems == ()


def test_a_write_to_another_system_is_held_back_like_any_other(here: Office, books: Books) -> None:
    steps = """
  - id: back
    type: hubspot.updateDeal
    connection: hubspot
    config: {dealId: "7", properties: {invoice: "{{ input.number }}"}}"""
    web = desk.connect(here, books.transport, lambda _: httpx.Response(200, json={}))
    (back,) = rehearsed(here, steps).steps
    (write,) = back.writes
    assert back.state is State.WRITES
    assert "PATCH" in write.document
    assert '"invoice":"N-1"' in write.document
    assert (web.requests, back.least, back.most) == ([], 0, 0)

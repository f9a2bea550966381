"""Filters, switches, delays, errors that are allowed for, and what follows a failure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from connector.runtime import decisions, outcomes, runs
from connector.runtime.advance import advance
from connector.store import Database, from_json, tables
from tests.support import desk
from tests.support.office import Books, Office, office

FLOW = f"""
name: Flow
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
tables: {{customers: {{acme: C-00001}}}}
steps:
  - id: wanted
    type: filter
    name: Worth it
    config: {{condition: "{{{{ input.kind != 'no' }}}}"}}
  - id: pick
    type: switch
    cases:
      - name: slow
        when: "{{{{ input.kind == 'slow' }}}}"
        steps: [{{id: pause, type: delay, config: {{for: {{days: 2}}}}}}]
      - when: "{{{{ input.kind == 'dated' }}}}"
        steps: [{{id: until, type: delay, config: {{until: "{{{{ input.until }}}}"}}}}]
  - id: invoice
    type: sage-intacct.createInvoice
    connection: books
    config:
      customerId: "{{{{ input.customer }}}}"
      invoiceNumber: "{{{{ input.number }}}}"
      dateCreated: "2026-03-02"
      termName: Net 30
      description: "{{{{ steps.pick.case }}}}"
      lineItems:
        - {{accountNumber: "4000", amount: "10.00", memo: Order}}
RULE
  - {{id: after, type: filter, config: {{condition: "{{{{ has(steps.invoice) }}}}"}}}}
FAILURE
"""
GOOD = {"kind": "plain", "customer": "C-00001", "number": "N-1"}


def flow(rule: str = "", failure: str = "") -> str:
    return FLOW.replace("RULE", rule).replace("FAILURE", failure)


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books, flow()) as found:
        yield found


def test_a_filter_ends_the_run_as_skipped(here: Office, books: Books) -> None:
    run_id = desk.start(here, {**GOOD, "kind": "no"})
    desk.work_off(here)
    assert here.run(run_id).state == runs.SKIPPED
    assert desk.error(here, run_id)["title"].startswith("The filter 'Worth it' is not met")
    assert books.invoices() == []


def test_a_filtered_event_does_not_use_up_its_identity(here: Office, books: Books) -> None:
    desk.start(here, {**GOOD, "kind": "no"})
    desk.work_off(here)
    desk.start(here, GOOD)
    desk.work_off(here)
    assert len(books.invoices("N-1")) == 1


def test_a_switch_takes_one_way_and_says_which(here: Office) -> None:
    run_id = desk.start(here, GOOD)
    desk.work_off(here)
    assert desk.output(here, run_id)["pick"] == {"case": "otherwise", "result": None}
    inputs = from_json(desk.steps(here, run_id)["invoice"].inputs)
    assert inputs["description"] == "otherwise"
    assert "pause" not in desk.steps(here, run_id)


def test_a_delay_survives_a_restart_and_counts_from_its_beginning(
    here: Office, books: Books, url: str
) -> None:
    run_id = desk.start(here, {**GOOD, "kind": "slow"})
    desk.work_off(here)
    row = here.run(run_id)
    assert row.state == runs.WAITING
    assert "waits until" in desk.error(here, run_id)["title"]
    kept = from_json(desk.steps(here, run_id)["pause"].inputs)["untilMs"]
    assert abs(row.not_before - kept) < 60_000
    other = Database(url)  # another process, after the restart
    assert other.read(lambda c: c.execute(sa.select(tables.run.c.not_before)).scalar_one())
    other.close()
    desk.hurry(here, run_id)
    desk.work_off(here)
    assert here.run(run_id).state == runs.WAITING
    assert from_json(desk.steps(here, run_id)["pause"].inputs)["untilMs"] == kept
    over = tables.step.update().where(tables.step.c.path == "pause")
    here.execute(over.values(inputs='{"until":"then","untilMs":1}'))
    desk.hurry(here, run_id)
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    assert len(books.invoices()) == 1


def test_a_moment_in_the_past_is_now(here: Office) -> None:
    run_id = desk.start(here, {**GOOD, "kind": "dated", "until": "2020-01-01"})
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED


def test_a_failure_stops_the_run_unless_the_step_says_otherwise(here: Office) -> None:
    run_id = desk.start(here, {**GOOD, "customer": "NOBODY"})
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED
    assert "after" not in desk.steps(here, run_id)


def test_what_goes_on_past_a_failure_is_never_plain_success(here: Office, books: Books) -> None:
    here.publish(flow("    onError: {then: continue}"))
    run_id = desk.start(here, {**GOOD, "customer": "NOBODY"})
    desk.work_off(here)
    assert here.run(run_id).state == runs.PARTIAL
    result = desk.output(here, run_id)
    assert result["invoice"]["failed"] is True
    assert result["invoice"]["error"]["step"] == "invoice"
    assert desk.steps(here, run_id)["invoice"].state == runs.PASSED
    assert desk.steps(here, run_id)["after"].state == runs.SUCCEEDED
    mended = here.run(run_id).input.replace("NOBODY", "C-00001")
    here.execute(tables.run.update().values(input=mended))
    decisions.retry(here.services, run_id, actor="ada")
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    assert len(books.invoices()) == 1


def test_a_branch_knows_what_went_wrong(here: Office) -> None:
    branch = """    onError:
      then: branch
      steps:
        - {id: calm, type: delay, config: {for: {days: 1}}}
        - id: known
          type: filter
          config: {condition: "{{ failure.step == 'invoice' && failure.title != '' }}"}
"""
    here.publish(flow(branch))
    run_id = desk.start(here, {**GOOD, "customer": "NOBODY"})
    desk.work_off(here)
    assert here.run(run_id).state == runs.WAITING
    assert desk.steps(here, run_id)["invoice"].state == runs.BRANCHING
    attempts = desk.steps(here, run_id)["invoice"].attempts
    over = tables.step.update().where(tables.step.c.path == "calm")
    here.execute(over.values(inputs='{"until":"then","untilMs":1}'))
    desk.hurry(here, run_id)
    desk.work_off(here)
    assert here.run(run_id).state == runs.PARTIAL
    assert desk.steps(here, run_id)["invoice"].attempts == attempts
    assert desk.output(here, run_id)["invoice"]["result"] == {}


def test_a_refused_step_is_tried_again_as_often_as_its_rule_says(here: Office) -> None:
    here.publish(flow("    onError: {retries: 2, wait: {hours: 1}}"))
    run_id = desk.start(here, {**GOOD, "customer": "NOBODY"})
    for retries in (1, 2):
        desk.work_off(here)
        row = here.run(run_id)
        assert (row.state, desk.steps(here, run_id)["invoice"].retries) == (runs.WAITING, retries)
        desk.hurry(here, run_id)
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED


def test_wrong_inputs_are_not_tried_again(here: Office) -> None:
    here.publish(flow("    onError: {retries: 2}"))
    run_id = desk.start(here, {**GOOD, "customer": ""})
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED


def test_a_write_whose_outcome_is_unknown_never_counts_as_failed(
    here: Office, books: Books
) -> None:
    """To go on past it would tell later steps that it had not been written."""
    here.publish(flow("    onError: {then: continue}"))

    def vanish() -> None:
        raise httpx.ReadTimeout("gone")

    books.before_answer.append(vanish)
    run_id = desk.start(here, GOOD)
    advance(here.services, here.heartbeats, run_id)
    assert here.run(run_id).state == runs.UNCERTAIN
    books.before_answer.clear()
    here.settle_all()
    desk.hurry(here, run_id)
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    assert len(books.invoices("N-1")) == 1


HANDLER = """
onFailure:
  - id: tell
    type: http
    config:
      url: https://chat.example/hook
      method: POST
      idempotent: true
      json:
        run: "{{ failure.runId }}"
        step: "{{ failure.step }}"
        class: "{{ failure.type }}"
        ref: "{{ failure.event }}"
"""


def test_a_failure_is_told_once_for_each_time_it_happens(here: Office, books: Books) -> None:
    here.publish(flow(failure=HANDLER))
    web = desk.connect(here, books.transport, lambda _request: httpx.Response(200))
    run_id = desk.start(here, {**GOOD, "customer": "NOBODY"})
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED
    (told,) = web.requests
    assert from_json(told.content.decode()) == {
        "run": run_id,
        "step": "invoice",
        "class": "Refused",
        "ref": "N-1",
    }
    decisions.retry(here.services, run_id, actor="ada")
    desk.work_off(here)
    assert len(web.requests) == 2
    keys = {request.headers["Idempotency-Key"] for request in web.requests}
    assert len(keys) == 2


def test_a_handler_that_fails_starts_no_other(here: Office, books: Books) -> None:
    here.publish(flow(failure=HANDLER))
    web = desk.connect(here, books.transport, lambda _request: httpx.Response(400))
    run_id = desk.start(here, {**GOOD, "customer": "NOBODY"})
    desk.work_off(here)
    assert [row.state for row in desk.inside(here, run_id)] == [runs.FAILED]
    assert len(web.requests) == 1


def test_a_run_that_killed_its_workers_is_told_too(here: Office, books: Books) -> None:
    here.publish(flow(failure=HANDLER))
    web = desk.connect(here, books.transport, lambda _request: httpx.Response(200))
    run_id = desk.start(here, GOOD)
    here.execute(tables.run.update().values(attempts=runs.MOST_DEATHS))
    desk.work_off(here)
    assert here.run(run_id).state == runs.PARKED
    assert len(web.requests) == 1
    assert outcomes.of_deaths().state == runs.PARKED


LATE = f"""
name: Flow
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
  - id: invoice
    {desk.INVOICE}
  - {{id: more, type: filter, config: {{condition: "{{{{ input.kind == 'more' }}}}"}}}}
"""


def test_a_filter_behind_a_write_does_not_hide_it(here: Office, books: Books) -> None:
    """The invoice is there, so the run was not skipped, and the deal is done."""
    here.publish(LATE)
    run_id = desk.start(here, GOOD)
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    assert len(books.invoices()) == 1


PATIENT = f"""
name: Flow
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
  - id: orders
    type: forEach
    config: {{items: "{{{{ input.orders }}}}", key: "{{{{ item.number }}}}"}}
    steps:
      - id: invoice
        {desk.INVOICE.replace("input.", "item.").replace(chr(10), chr(10) + "    ").rstrip()}
        onError: {{then: continue}}
  - {{id: pause, type: delay, config: {{for: {{days: 1}}}}}}
"""


def test_what_was_passed_over_inside_a_loop_is_not_forgotten_while_waiting(here: Office) -> None:
    here.publish(PATIENT)
    run_id = desk.start(
        here, {"number": "1", "orders": [GOOD, {**GOOD, "customer": "NOBODY", "number": "N-2"}]}
    )
    desk.work_off(here)
    assert here.run(run_id).state == runs.WAITING
    assert {row.state for row in desk.inside(here, run_id)} == {runs.SUCCEEDED, runs.PARTIAL}
    over = tables.step.update().where(tables.step.c.path == "pause")
    here.execute(over.values(inputs='{"until":"then","untilMs":1}'))
    desk.hurry(here, run_id)
    desk.work_off(here)
    assert here.run(run_id).state == runs.PARTIAL

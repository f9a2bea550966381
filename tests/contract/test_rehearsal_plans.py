"""A plan is approved by its hash; its run does exactly what was approved, or sends nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.component import Context
from connector.errors import ConnectorError, InputError, NotFound
from connector.runtime import control, runs
from connector.runtime.effects import SqlEffects
from connector.runtime.intents import Intent
from connector.runtime.meter import StepMeter
from connector.store import audit, tables
from connector.workbench import plan_rows, plans
from tests.support import desk
from tests.support.office import Books, Office, office

FLOW = f"""
name: Deal
{desk.TRIGGER}
steps:
  - id: read
    type: sage-intacct.getCustomer
    connection: books
    config: {{customerId: C-00001}}
  - id: made
    type: sage-intacct.findOrCreateCustomer
    connection: books
    config: {{customerId: "{{{{ input.customer }}}}", customerName: "{{{{ input.customer }}}}"}}
  - id: invoice
    type: sage-intacct.createInvoice
    connection: books
    config:
      customerId: "{{{{ input.customer }}}}"
      invoiceNumber: "{{{{ input.number }}}}"
      dateCreated: "2026-03-02"
      termName: Net 30
      description: "{{{{ steps.read.customerName }}}} {{{{ steps.made.key }}}}"
      lineItems:
        - {{accountNumber: "4000", amount: "{{{{ input.amount }}}}", memo: Order}}
"""
CONSENT = """
  - id: consent
    type: approval
    config: {title: "Invoice {{ input.number }}", covers: [invoice]}
  - id: invoice"""
EVENT = {"number": "N-1", "customer": "NEW-CO", "amount": "10.00"}


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books, FLOW) as found:
        yield found


def proposed(found: Office, **changes: Any) -> plans.Plan:
    return plans.propose(found.services, "Deal", {**EVENT, **changes}, author="ann")


def approved(found: Office, **changes: Any) -> plans.Plan:
    plan = proposed(found, **changes)
    return plans.approve(found.services, plan.id, approver="bob", seen=plan.hash)


def execute(found: Office, plan: plans.Plan) -> str:
    return plans.execute(found.services, plan.id, actor="carl")


def company(found: Office) -> Context:
    row = found.services.connection_named("books")
    intent = Intent(row.id, scope="somebody else", once="")
    effects = SqlEffects(found.database, intent, found.services.patience, actor="test")
    return found.services.open_context(row, effects, StepMeter())


def rename(found: Office, name: str) -> None:
    """Let somebody else change what the workflow reads."""
    company(found).intacct.update("customer", {"customerId": "C-00001", "customerName": name})


def test_an_approved_plan_is_done_as_approved(here: Office, books: Books) -> None:
    plan = approved(here)
    assert books.invoices() == []
    run_id = execute(here, plan)
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    assert here.run(run_id).started_by == "carl"
    assert len(books.invoices("N-1")) == 1
    allowed = sa.select(tables.plan_write.c.op_key)
    keys = set(here.database.read(lambda c: c.execute(allowed).scalars().all()))
    assert {row.op_key for row in here.effects()} == keys
    assert plans.one(here.services, plan.id).state == plan_rows.EXECUTED
    assert here.database.read(audit.verify) is None


def test_an_open_record_number_is_filled_in_by_the_run_and_nothing_else_is(here: Office) -> None:
    """The invoice names the record number that the customer gets only in the run."""
    plan = approved(here)
    open_ = sa.select(tables.plan_write.c.step).where(tables.plan_write.c.payload.is_not(None))
    assert here.database.read(lambda c: c.execute(open_).scalars().all()) == ["invoice"]
    run_id = execute(here, plan)
    desk.work_off(here)
    outputs = desk.output(here, run_id)
    (invoice,) = [row for row in here.effects() if row.function == "create_invoice"]
    assert f" {outputs['made']['key']}</description>" in invoice.payload


def test_a_change_before_the_run_starts_refuses_the_plan(here: Office, books: Books) -> None:
    plan = approved(here)
    rename(here, "Another name")
    with pytest.raises(InputError) as refused:
        execute(here, plan)
    assert "Something has changed" in refused.value.title
    assert "'invoice' would send something else (description)" in refused.value.title
    assert books.invoices() == []
    assert here.database.read(lambda c: c.execute(sa.select(tables.run)).all()) == []
    assert plans.one(here.services, plan.id).state == plan_rows.APPROVED


def test_a_change_after_the_run_has_started_sends_nothing(here: Office, books: Books) -> None:
    """Between the last look and the write there is time; the bytes are held to the plan there."""
    plan = approved(here)
    run_id = execute(here, plan)
    rename(here, "Another name")
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED
    assert "is not the one that was approved; nothing was sent" in desk.error(here, run_id)["title"]
    assert books.invoices() == []
    assert [row.function for row in here.effects()] == ["update", "create"]


def test_a_write_that_the_plan_does_not_hold_is_not_made(here: Office, books: Books) -> None:
    plan = approved(here)
    run_id = execute(here, plan)
    gone = tables.plan_write.delete().where(tables.plan_write.c.step == "invoice")
    here.database.write(lambda c: c.execute(gone).rowcount)
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED
    assert "holds no write such as this one of 'invoice'" in desk.error(here, run_id)["title"]
    assert books.invoices() == []


def test_other_runs_are_not_held_to_any_plan(here: Office, books: Books) -> None:
    approved(here)
    run_id = desk.start(here, {**EVENT, "number": "N-2"})
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    assert len(books.invoices("N-2")) == 1


def test_a_plan_is_executed_once_however_often_it_is_asked_for(here: Office, books: Books) -> None:
    plan = approved(here)
    barrier = threading.Barrier(3)

    def press() -> str:
        barrier.wait(30)
        try:
            return execute(here, plan)
        except InputError as error:
            return error.advice

    with ThreadPoolExecutor(3) as pool:
        said = [each.result() for each in [pool.submit(press) for _ in range(3)]]
    assert said.count(plan.run_id) == 1
    assert said.count(f"Look at the run {plan.run_id}.") == 2
    desk.work_off(here)
    assert len(books.invoices("N-1")) == 1


def test_nothing_is_executed_that_nobody_approved(here: Office) -> None:
    with pytest.raises(InputError, match="Nobody has approved"):
        execute(here, proposed(here))
    with pytest.raises(NotFound):
        plans.execute(here.services, "no such plan", actor="carl")


def test_only_what_was_shown_can_be_approved(here: Office) -> None:
    plan = proposed(here)
    with pytest.raises(InputError, match="not the plan that you were shown"):
        plans.approve(here.services, plan.id, approver="bob", seen="0" * 64)
    plans.approve(here.services, plan.id, approver="bob", seen=plan.hash)
    with pytest.raises(InputError, match="approved already"):
        plans.approve(here.services, plan.id, approver="bob", seen=plan.hash)


def test_a_workflow_with_an_approval_wants_somebody_else(here: Office) -> None:
    here.publish(FLOW.replace("\n  - id: invoice", CONSENT))
    plan = proposed(here)
    assert plan.excluded == ("ann", "test")
    for name in ("ANN", " test ", ""):
        with pytest.raises(InputError, match="cannot approve"):
            plans.approve(here.services, plan.id, approver=name, seen=plan.hash)
    assert plans.approve(here.services, plan.id, approver="bob", seen=plan.hash).approver == "bob"


def test_an_old_plan_counts_no_more(here: Office) -> None:
    plan, other = approved(here), proposed(here, number="N-2")
    here.execute(tables.plan.update().values(expires_at=1))
    assert plans.one(here.services, plan.id).state == plan_rows.EXPIRED
    with pytest.raises(InputError, match="expired"):
        execute(here, plan)
    with pytest.raises(InputError, match="expired"):
        plans.approve(here.services, other.id, approver="bob", seen=other.hash)


def test_a_workflow_published_anew_refuses_older_plans(here: Office) -> None:
    plan = approved(here)
    here.publish(FLOW.replace("memo: Order", "memo: Changed"))
    with pytest.raises(InputError, match="was changed after the plan was made"):
        execute(here, plan)


def _as_loop(text: str) -> str:
    head, steps = text.replace("input.number", "item").split("steps:\n", 1)
    inner = "".join(f"    {line}\n" for line in steps.splitlines())
    config = '{items: "{{ input.items }}", key: "{{ item }}"}'
    start = f"  - id: all\n    type: forEach\n    config: {config}\n"
    return f"{head}steps:\n{start}    steps:\n{inner}"


REFUSED: dict[str, tuple[Callable[[str], str], dict[str, Any], str]] = {
    "fails": (lambda text: text, {"amount": "1,000"}, "There is nothing to approve"),
    "writes nothing": (
        lambda text: text[: text.index("  - id: made")],
        {},
        "the run would write nothing",
    ),
    "too many items": (_as_loop, {"items": ["1", "2", "3"]}, "1 items more than"),
    "rests on an assumption": (
        lambda text: (
            text.replace("createInvoice", "getInvoice").split("    config:\n")[0]
            + '    config: {recordNo: "{{ steps.made.key }}"}\n'
            + "  - id: change\n    type: sage-intacct.updateCustomer\n    connection: books\n"
            + "    config: {customerId: C-00002, city: '{{ steps.invoice.customerName }}'}\n"
        ),
        {},
        "depends on an answer",
    ),
    "depends on an answer": (
        lambda text: text.replace("steps.read.customerName", "steps.sent.body.id").replace(
            "  - id: invoice",
            '  - {id: sent, type: http, config: {url: "https://api.example", method: POST}}\n'
            '  - {id: ok, type: filter, config: {condition: "{{ steps.sent.status == 200 }}"}}\n'
            "  - id: invoice",
        ),
        {},
        "depends on an answer",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_told_before_cannot_be_approved(
    here: Office, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "MOST_ITEMS", 2)
    change, event, words = REFUSED[case]
    here.publish(change(FLOW))
    with pytest.raises(ConnectorError) as refused:
        proposed(here, **event)
    assert words in refused.value.title
    assert plans.listed(here.services) == []


def test_a_plan_of_nothing_published_or_of_no_hours_is_refused(here: Office) -> None:
    with pytest.raises(NotFound):
        plans.propose(here.services, "Nobody", EVENT, author="ann")
    with pytest.raises(InputError, match="hours"):
        plans.propose(here.services, "Deal", EVENT, author="ann", hours=0)


def test_every_item_of_a_loop_is_held_to_the_plan(here: Office, books: Books) -> None:
    looped = f"""
name: Deal
{desk.TRIGGER}
steps:
  - id: all
    type: forEach
    config: {{items: "{{{{ input.items }}}}", key: "{{{{ item.number }}}}"}}
    steps:
      - id: read
        type: sage-intacct.getCustomer
        connection: books
        config: {{customerId: "{{{{ item.customer }}}}"}}
      - id: invoice
        type: sage-intacct.createInvoice
        connection: books
        config:
          customerId: "{{{{ item.customer }}}}"
          invoiceNumber: "{{{{ item.number }}}}"
          dateCreated: "2026-03-02"
          termName: Net 30
          description: "{{{{ steps.read.customerName }}}}"
          lineItems: [{{accountNumber: "4000", amount: "1.00", memo: Order}}]
"""
    here.publish(looped)
    items = [{"number": f"N-{n}", "customer": f"C-0000{n}"} for n in (1, 2)]
    plan = approved(here, items=items)
    run_id = execute(here, plan)
    rename(here, "Another name")
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED
    assert [entry["id"] for entry in books.invoices()] == ["N-2"]


def test_a_replay_of_a_plans_run_is_held_to_the_plan_as_well(here: Office, books: Books) -> None:
    """Else whoever may replay could send what nobody has approved."""
    run_id = execute(here, approved(here))
    rename(here, "Another name")
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED
    again = control.replay(here.services, run_id, actor="dan")
    desk.work_off(here)
    assert here.run(again).state == runs.FAILED
    assert "is not the one that was approved; nothing was sent" in desk.error(here, again)["title"]
    assert books.invoices() == []

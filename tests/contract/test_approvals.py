"""Approvals: frozen, by somebody else, in time, and void when anything has changed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.errors import ConnectorError, InputError
from connector.runtime import approvals, asking, control, decisions, outcomes, runs
from connector.store import tables
from tests.support import desk
from tests.support.office import Books, Office, office

FLOW = f"""
name: Consent
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
  - id: consent
    type: approval
    config:
      title: Invoice {{{{ input.number }}}} over {{{{ input.amount }}}}
      payload: {{number: "{{{{ input.number }}}}"}}
      covers: [invoice]
      amount: "{{{{ input.amount }}}}"
      thresholds: [{{above: "100"}}, {{above: "10000", approvals: 2}}]
      expires: {{days: 3}}
  - id: invoice
    type: sage-intacct.createInvoice
    connection: books
    config:
      customerId: C-00001
      invoiceNumber: "{{{{ input.number }}}}"
      dateCreated: "2026-03-02"
      termName: Net 30
      lineItems:
        - {{accountNumber: "4000", amount: "{{{{ input.amount }}}}", memo: Order}}
"""


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books, FLOW) as found:
        yield found


def start(found: Office, amount: str = "500.00") -> str:
    run_id = desk.start(found, {"number": "N-1", "amount": amount})
    desk.work_off(found)
    return run_id


def pending(found: Office) -> approvals.ApprovalView:
    (one,) = found.database.read(approvals.listed)
    return one


def decide(found: Office, who: str, *, yes: bool = True, **more: Any) -> str:
    approval_id = more.pop("approval_id", None) or pending(found).id
    return approvals.decide(found.services, approval_id, approver=who, is_approved=yes, **more)


def test_nothing_is_sent_before_somebody_has_approved_exactly_it(
    here: Office, books: Books
) -> None:
    run_id = start(here)
    assert here.run(run_id).state == runs.WAITING
    assert books.invoices() == []
    asked = pending(here)
    assert asked.title == "Invoice N-1 over 500.00"
    assert asked.shown["covers"]["invoice"]["lineItems"][0]["amount"] == "500.00"
    assert decide(here, "ada", fingerprint=asked.fingerprint) == approvals.APPROVED
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    assert desk.output(here, run_id)["consent"]["approvedBy"] == ["ada"]
    assert len(books.invoices("N-1")) == 1


def test_small_amounts_need_nobody(here: Office, books: Books) -> None:
    run_id = start(here, "100.00")
    assert here.run(run_id).state == runs.SUCCEEDED
    assert len(books.invoices()) == 1


def test_large_amounts_need_two_different_people(here: Office, books: Books) -> None:
    run_id = start(here, "10000.01")
    assert decide(here, "ada") == approvals.PENDING
    with pytest.raises(InputError, match="has decided already"):
        decide(here, " ADA ")
    desk.work_off(here)
    assert books.invoices() == []
    assert decide(here, "ben") == approvals.APPROVED
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED


@pytest.mark.parametrize("who", ["test", "Test ", ""])
def test_whoever_published_the_workflow_cannot_approve(
    here: Office, books: Books, who: str
) -> None:
    start(here)
    with pytest.raises(InputError, match="cannot approve it"):
        decide(here, who)
    assert books.invoices() == []


def test_whoever_started_the_run_cannot_approve(here: Office) -> None:
    run_id = start(here)
    control.cancel(here.services, run_id, actor="carl")
    desk.work_off(here)
    again = control.replay(here.services, run_id, actor="carl")
    desk.work_off(here)
    assert here.run(again).state == runs.WAITING
    mine = [one for one in here.database.read(approvals.listed) if one.run_id == again]
    with pytest.raises(InputError, match="cannot approve it"):
        decide(here, "carl", approval_id=mine[0].id)


def test_a_refusal_fails_the_step_and_a_retry_asks_anew(here: Office, books: Books) -> None:
    run_id = start(here)
    first = pending(here).id
    assert decide(here, "ada", yes=False, reason="Too dear") == approvals.REFUSED
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED
    assert "ada refused 'Invoice N-1 over 500.00': Too dear" in desk.error(here, run_id)["title"]
    with pytest.raises(InputError, match="is refused already"):
        decide(here, "ben", approval_id=first)
    decisions.retry(here.services, run_id, actor="ada")
    desk.work_off(here)
    assert pending(here).id != first
    decide(here, "ben")
    desk.work_off(here)
    assert len(books.invoices()) == 1


def test_an_approval_ends_with_its_time(here: Office, books: Books) -> None:
    run_id = start(here)
    late = pending(here).id
    here.execute(tables.approval.update().values(expires_at=1))
    with pytest.raises(InputError, match="has expired"):
        decide(here, "ada", approval_id=late)
    desk.hurry(here, run_id)
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED
    assert "Nobody approved" in desk.error(here, run_id)["title"]
    assert books.invoices() == []


def test_a_change_voids_the_approval(here: Office, books: Books) -> None:
    run_id = start(here)
    seen = pending(here)
    raised = here.run(run_id).input.replace("500.00", "900.00")
    here.execute(tables.run.update().values(input=raised))
    decide(here, "ada", approval_id=seen.id)
    desk.work_off(here)
    assert here.run(run_id).state == runs.WAITING
    assert books.invoices() == []
    anew = pending(here)
    assert anew.id != seen.id
    assert "900.00" in anew.title
    with pytest.raises(InputError, match="has changed since you looked"):
        decide(here, "ben", fingerprint=seen.fingerprint)


def test_what_was_approved_is_what_is_sent(here: Office, books: Books) -> None:
    run_id = start(here)
    decide(here, "ada")
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    # Somebody tampers with the event between approval and write.
    undone = tables.step.c.path == "invoice"
    here.execute(tables.step.update().where(undone).values(state=runs.FAILED))
    raised = here.run(run_id).input.replace("500.00", "900.00")
    here.execute(tables.run.update().values(input=raised, state=runs.FAILED))
    decisions.retry(here.services, run_id, actor="ada")
    desk.work_off(here)
    assert "not those that were approved" in desk.error(here, run_id)["title"]
    assert len(books.posts) == 1


def test_of_many_who_decide_at_once_one_decision_counts(here: Office, books: Books) -> None:
    """C36: exactly one decision."""
    run_id = start(here)
    asked = pending(here).id

    def vote(number: int) -> str:
        try:
            return decide(here, f"person {number}", yes=number % 2 == 0, approval_id=asked)
        except ConnectorError:
            return ""

    with ThreadPoolExecutor(4) as pool:
        verdicts = [verdict for verdict in pool.map(vote, range(8)) if verdict]
    assert len(verdicts) == 1
    votes = here.database.read(lambda c: c.execute(sa.select(tables.approval_vote)).all())
    assert len(votes) == 1
    desk.work_off(here)
    assert len(books.invoices()) == (1 if verdicts[0] == approvals.APPROVED else 0)
    assert here.run(run_id).finished_at


def test_every_decision_is_in_the_audit_trail(here: Office) -> None:
    start(here)
    decide(here, "ada", yes=False)
    rows = here.database.read(
        lambda c: c.execute(sa.select(tables.audit.c.actor, tables.audit.c.action)).all()
    )
    noted = [(row.actor, row.action) for row in rows if row.action.startswith("approval.")]
    assert noted == [("workflow/Consent", "approval.request"), ("ada", "approval.refused")]


def test_an_ended_run_takes_no_approval(here: Office) -> None:
    run_id = start(here)
    asked = pending(here).id
    control.cancel(here.services, run_id, actor="ada")
    with pytest.raises(InputError, match="is cancelled"):
        decide(here, "ben", approval_id=asked)


def test_a_decision_while_the_run_goes_to_sleep_wakes_it(
    here: Office, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = outcomes.waiting

    def late(*arguments: Any, **more: Any) -> Any:
        monkeypatch.undo()
        decide(here, "ada")
        return real(*arguments, **more)

    monkeypatch.setattr(asking, "waiting", late)
    run_id = start(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    assert len(books.invoices()) == 1

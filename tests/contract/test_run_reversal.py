"""A run is taken back where accounting has a way; what has none says why and stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.errors import InputError
from connector.operations import reversal, reversals
from connector.operations.inverses import Verdict
from connector.runtime import runs, workflows
from connector.sandbox import config as sandbox
from connector.workbench import states
from tests.support import desk
from tests.support.office import Books, Office
from tests.support.reversing import (
    BILL,
    CUSTOMER,
    DAY,
    ENTRY,
    INVOICE,
    LOOP,
    OVER,
    PAYMENT,
    act,
    begin,
    execute,
    line,
    progress,
    propose,
    reversing_office,
    state,
    take_back,
    verdicts,
)


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with reversing_office(url, tmp_path, books) as found:
        yield found


@pytest.mark.parametrize("api", ["xml", "rest"])
def test_a_run_is_taken_back_the_newest_write_first(here: Office, api: str) -> None:
    run_id = begin(here, CUSTOMER + INVOICE + PAYMENT, api)
    made = propose(here, run_id)
    assert verdicts(made) == [
        ("arPayment", Verdict.UNDO),
        ("invoice", Verdict.UNDO),
        ("customer", Verdict.UNDO),
    ]
    assert (made.needs, made.state) == (sandbox.COMPANY_ID, reversals.PLANNED)
    invoice, customer = line(made, "invoice"), line(made, "customer")
    assert state(here, invoice.key) == "Paid"
    done = take_back(here, run_id)
    assert done.outcomes == {runs.SUCCEEDED: 3}, [each.trouble for each in done.lines]
    assert state(here, invoice.key) == "Reversed"
    assert act(here, "getCustomer", recordNo=customer.key)["active"] is False
    assert verdicts(propose(here, run_id)) == [
        ("arPayment", Verdict.DONE),
        ("invoice", Verdict.DONE),
        ("customer", Verdict.DONE),
    ]


@pytest.mark.parametrize("api", ["xml", "rest"])
def test_a_draft_is_deleted(here: Office, api: str) -> None:
    run_id = begin(here, INVOICE, api, customer="C-00001", action="Draft")
    (found,) = propose(here, run_id).lines
    assert found.action == "deleteObject"
    take_back(here, run_id)
    assert state(here, found.key) == "gone"
    (after,) = propose(here, run_id).lines
    assert (after.verdict, after.reason) == (Verdict.DONE, "The record is gone.")


def test_a_draft_that_somebody_posts_meanwhile_is_not_deleted(here: Office) -> None:
    run_id = begin(here, INVOICE, customer="C-00001", action="Draft")
    made = execute(here, propose(here, run_id))
    (found,) = made.lines
    act(here, "postInvoice", recordNo=found.key)
    desk.work_off(here)
    assert progress(here, made).outcomes == {runs.SKIPPED: 1}
    assert state(here, found.key) == "Posted"


@pytest.mark.parametrize("api", ["xml", "rest"])
def test_a_posted_entry_is_balanced_by_its_opposite_once(here: Office, api: str) -> None:
    run_id = begin(here, ENTRY, api)
    (found,) = take_back(here, run_id).lines
    assert found.outcome == runs.SUCCEEDED, found.trouble
    first, second = here.effects()[-2:]
    entry = act(here, "getJournalEntry", recordNo=second.key)
    assert (entry["postingDate"], entry["referenceNumber"]) == (DAY, f"REV-{first.key}")
    sides = {one["accountNumber"]: one["lineType"] for one in entry["lines"]}
    assert sides == {"6400": "-1", "1300": "1"}
    (after,) = propose(here, run_id).lines
    assert after.verdict == Verdict.DONE
    assert "has taken it back" in after.reason


def test_a_record_that_was_there_before_is_left_alone(here: Office) -> None:
    run_id = begin(here, customer="C-00001")
    made = propose(here, run_id)
    assert verdicts(made) == [("invoice", Verdict.UNDO)]
    take_back(here, run_id)
    assert act(here, "getCustomer", customerId="C-00001")["active"] is True


def test_a_customer_whom_other_documents_name_stays_active(here: Office) -> None:
    run_id = begin(here)
    begin(here, number="N-2")
    found = line(propose(here, run_id), "customer")
    assert found.verdict == Verdict.CANNOT
    assert found.reason.startswith("It is used: invoice ")


def test_a_document_that_others_paid_says_so_and_stays(here: Office) -> None:
    run_id = begin(here, INVOICE, customer="C-00001")
    (found,) = propose(here, run_id).lines
    act(
        here,
        "createArPayment",
        customerId="C-00001",
        paymentMethod="Cash",
        receiptDate="2026-03-03",
        financialEntity="CHK-100",
        paymentDetails=[{"invoiceKey": found.key, "amount": "10.00"}],
    )
    made = propose(here, run_id)
    assert made.lines[0].reason == "It is paid; take the payment back first."
    with pytest.raises(InputError, match="Nothing of this run"):
        reversal.execute(here.services, made.id, actor="ada", confirm="")


def test_a_record_that_another_run_has_changed_stays(here: Office) -> None:
    run_id = begin(here, INVOICE, customer="C-00001")
    key = propose(here, run_id).lines[0].key
    change = f"""
  - id: change
    type: sage-intacct.updateInvoice
    connection: books
    config: {{recordNo: "{key}", description: Changed}}
"""
    other = begin(here, change, number="N-2")
    (found,) = propose(here, run_id).lines
    assert (found.verdict, found.reason) == (
        Verdict.CANNOT,
        f"The run {other} has changed it since.",
    )
    (found,) = propose(here, other).lines
    assert (found.verdict, found.function) == (Verdict.CANNOT, "update_invoice")
    assert found.reason.startswith("What stood in the record before is not kept")


def test_a_document_of_this_run_is_taken_back_whatever_the_run_changed_in_it(
    here: Office,
) -> None:
    change = """
  - id: change
    type: sage-intacct.updateInvoice
    connection: books
    config: {recordNo: "{{ steps.invoice.key }}", description: Changed}
"""
    run_id = begin(here, INVOICE + change, customer="C-00001")
    made = propose(here, run_id)
    assert [each.verdict for each in made.lines] == [Verdict.COVERED, Verdict.UNDO]
    assert take_back(here, run_id).outcomes == {runs.SUCCEEDED: 1}


@pytest.mark.parametrize("api", ["xml", "rest"])
def test_who_changed_a_record_in_intacct_is_named_and_it_stays(here: Office, api: str) -> None:
    run_id = begin(here, INVOICE, api, customer="C-00001")
    key = propose(here, run_id).lines[0].key
    act(here, "updateInvoice", "console", recordNo=key, description="Changed by hand")
    (found,) = propose(here, run_id).lines
    assert found.verdict == Verdict.CANNOT
    assert found.reason.startswith("consoleuser has changed it in Intacct since")


@pytest.mark.parametrize("api", ["xml", "rest"])
def test_a_loop_is_taken_back_item_by_item(here: Office, api: str) -> None:
    here.publish(LOOP.replace("connection: books", f"connection: {OVER[api]}"))
    orders = [{"number": f"L-{number}"} for number in range(4)]
    run_id = desk.start(here, {"orders": orders}, workflow="Batches")
    desk.work_off(here)
    made = take_back(here, run_id)
    assert made.outcomes == {runs.SUCCEEDED: 4}
    assert {state(here, each.key) for each in made.lines} == {"Reversed"}
    inner = desk.inside(here, run_id)[0].id
    with pytest.raises(InputError, match="part of another"):
        propose(here, inner)


def test_both_runs_know_each_other_and_history_stays(here: Office) -> None:
    run_id = begin(here)
    before = here.run(run_id)
    effects = [tuple(row) for row in here.effects()]
    made = take_back(here, run_id)

    def links(of: str) -> reversals.Links:
        return here.database.read(lambda connection: reversals.links(connection, of))

    assert links(run_id).reversed_by == (made.reversal_run,)
    assert links(made.reversal_run).reverses == run_id
    assert tuple(here.run(run_id)) == tuple(before)
    assert [tuple(row) for row in here.effects()][: len(effects)] == effects
    with pytest.raises(InputError, match="itself a reversal"):
        propose(here, made.reversal_run)


@pytest.mark.parametrize("api", ["xml", "rest"])
def test_what_was_paid_to_a_vendor_is_taken_back_too(here: Office, api: str) -> None:
    run_id = begin(here, BILL, api)
    made = take_back(here, run_id)
    assert made.outcomes == {runs.SUCCEEDED: 3}, [each.trouble for each in made.lines]
    bill, payment = line(made, "bill"), line(made, "apPayment")
    assert act(here, "getBill", recordNo=bill.key)["state"] == "Reversed"
    assert act(here, "getApPayment", recordNo=payment.key)["state"] == "Voided"
    assert act(here, "getVendor", recordNo=line(made, "vendor").key)["active"] is False


def test_a_reversed_run_starts_no_workflow_and_shows_in_no_list(here: Office) -> None:
    run_id = begin(here)
    take_back(here, run_id)
    names = here.database.read(lambda c: [each.name for each in states.lines(c)])
    assert names == ["Orders"]
    published = here.database.read(workflows.published)
    assert [each.definition.name for each in published] == ["Orders"]

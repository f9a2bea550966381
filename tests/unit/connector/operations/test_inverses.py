"""What becomes of each write of a run, decided without asking anybody."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from connector.component import Inverse
from connector.intacct.ports import EffectState
from connector.operations import inverses
from connector.operations.inverses import Judge, Undo, Verdict
from connector.operations.written import Record, Written

DAY = "2026-03-31"
INVOICE = Written(
    op_key="a" * 64,
    run_id="run",
    step="invoice",
    connection_id="c",
    connection="books",
    api="xml",
    object_name="invoice",
    function="create_invoice",
    state=EffectState.SUCCEEDED,
    key="12",
    id="INV-12",
    payload="<create_invoice/>",
    decided_by="",
    declared=None,
    inputs=None,
)
POSTED = Record("Posted", made_by="api", changed_by="api")


def like(write: Written = INVOICE, **changes: Any) -> Written:
    return dataclasses.replace(write, **changes)


def decide(*writes: Written, records: dict[Any, Record] | None = None, **more: Any) -> Any:
    known = {write.record: POSTED for write in writes}
    known |= records or {}
    judge = Judge("run", DAY, known, more.get("elsewhere", {}), lambda *_: more.get("users", ()))
    return judge.decide(writes)


def one(write: Written, record: Record = POSTED, **more: Any) -> Undo:
    (found,) = decide(write, records={write.record: record}, **more)
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("record", "verdict", "reason"),
    [
        (POSTED, Verdict.UNDO, f"It is reversed on {DAY}."),
        (Record("Draft"), Verdict.UNDO, "It is a draft, in no book, and is deleted."),
        (Record("Reversed"), Verdict.DONE, "It is reversed already."),
        (Record("Partially Paid"), Verdict.CANNOT, "It is partially paid; take the payment back"),
        (Record("Selected"), Verdict.CANNOT, "It is selected; take the payment back first."),
        (Record("Submitted"), Verdict.CANNOT, "It is submitted, and only what is posted"),
        (Record("Posted", made_by="api", changed_by="eve"), Verdict.CANNOT, "eve has changed it"),
        (Record("Posted", made_by="", changed_by="eve"), Verdict.UNDO, "It is reversed"),
    ],
)
def test_the_state_of_the_record_decides(record: Record, verdict: Verdict, reason: str) -> None:
    found = one(INVOICE, record)
    assert found.verdict is verdict
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (like(state=EffectState.UNCERTAIN), "What became of this write is not known yet."),
        (like(state=EffectState.PARKED), "What became of this write is not known yet."),
        (like(decided_by="ada"), "ada found it in Intacct; whether this run made it"),
        (like(key=""), "Its record number is not known."),
        (like(connection=""), "Its connection is gone."),
        (like(object_name="", function="update_x", declared=Inverse(why="No.")), "No."),
        (like(object_name="", function="POST https://x", declared=None), "Nothing is known here"),
        (like(object_name="contact", function="create"), "Customers, vendors and employees"),
    ],
)
def test_what_cannot_be_taken_back_says_why_before_anybody_is_asked(
    write: Written, reason: str
) -> None:
    assert inverses.before_looking(write).startswith(reason)
    found = one(write)
    assert (found.verdict, found.action) == (Verdict.CANNOT, "")
    assert found.reason.startswith(reason)


def test_a_record_that_is_gone_needs_nothing() -> None:
    (found,) = Judge("run", DAY, {}, {}, lambda *_: ()).decide([INVOICE])
    assert (found.verdict, found.reason) == (Verdict.DONE, "The record is gone.")


def test_only_the_payment_that_pays_a_document_clears_its_way() -> None:
    payment = like(object_name="arPayment", key="90", id="90", payload="<RECORDKEY>12</RECORDKEY>")
    paid = {INVOICE.record: Record("Paid")}
    assert decide(payment, INVOICE, records=paid)[1].verdict is Verdict.UNDO
    other = like(payment, payload="<RECORDKEY>120</RECORDKEY>")
    assert decide(other, INVOICE, records=paid)[1].verdict is Verdict.CANNOT
    kept = {**paid, payment.record: Record("Reconciled")}
    first, second = decide(payment, INVOICE, records=kept)
    assert (first.verdict, second.verdict) == (Verdict.CANNOT, Verdict.CANNOT)
    over_rest = like(payment, payload='{"arInvoice":{"key":"12"}}')
    assert decide(over_rest, INVOICE, records=paid)[1].verdict is Verdict.UNDO


def test_posting_a_draft_of_others_is_taken_back_by_a_reversal() -> None:
    declared = Inverse(posted="reverseInvoice")
    posting = like(function="update_invoice", declared=declared)
    assert one(posting).action == "reverseInvoice"
    assert one(posting, Record("Draft")).verdict is Verdict.CANNOT
    assert [each.verdict for each in decide(posting, INVOICE)] == [Verdict.COVERED, Verdict.UNDO]


def test_a_customer_goes_out_of_use_only_when_nothing_else_names_it() -> None:
    customer = like(object_name="customer", function="create", key="7", id="C-7")
    alone = one(customer, Record())
    assert (alone.action, alone.inputs["status"]) == ("updateCustomer", "inactive")
    assert one(customer, Record(), users=[("invoice", "8", "Reversed")]).verdict is Verdict.UNDO
    used = one(customer, Record(), users=[("invoice", "8", "Posted")])
    assert (used.verdict, used.reason) == (Verdict.CANNOT, "It is used: invoice 8 names it.")
    own = decide(INVOICE, customer, users=[("invoice", "12", "Posted")])
    assert own[1].verdict is Verdict.UNDO
    assert one(customer, Record(is_active=False)).verdict is Verdict.DONE


def test_what_the_ledger_knows_of_an_undoing_counts() -> None:
    (found,) = decide(INVOICE)
    (done,) = inverses.known([found], {INVOICE.op_key: (EffectState.SUCCEEDED, "r2")})
    assert (done.verdict, done.reason) == (Verdict.DONE, "The run r2 has taken it back.")
    (open_,) = inverses.known([found], {INVOICE.op_key: (EffectState.PARKED, "r2")})
    assert open_.verdict is Verdict.CANNOT
    (refused,) = inverses.known([found], {INVOICE.op_key: (EffectState.REFUSED, "r2")})
    assert refused == found


def test_the_way_is_the_same_whatever_else_is_taken_back() -> None:
    first = one(INVOICE)
    second = one(like(key="13", op_key="b" * 64))
    assert first.way == second.way
    assert first.way != one(like(connection_id="other")).way
    assert first.way != one(INVOICE, Record("Draft")).way

"""A reversal is exactly what was shown, and happens once: whoever asks, dies or hears nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.errors import ConnectorError, InputError, NotFound
from connector.operations import reversal, reversals
from connector.operations.inverses import Verdict
from connector.operations.reversals import Plan
from connector.runtime import decisions, runs
from connector.runtime.advance import advance
from connector.sandbox import config as sandbox
from connector.store import tables
from tests.support import desk
from tests.support.office import Books, Office
from tests.support.reversing import (
    CUSTOMER,
    DAY,
    INVOICE,
    LOOP,
    NEW,
    PAYMENT,
    act,
    arm,
    begin,
    change_policy,
    execute,
    line,
    progress,
    propose,
    reversing,
    reversing_office,
    take_back,
)


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with reversing_office(url, tmp_path, books) as found:
        yield found


class Killed(BaseException):
    """The end of a worker."""


def test_a_reversal_is_started_once_and_points_to_the_first(here: Office) -> None:
    run_id = begin(here)
    made = propose(here, run_id)
    other = propose(here, run_id, "2026-03-25")
    made = propose(here, run_id)
    assert made.id != other.id

    def submit(_number: int) -> Any:
        try:
            return execute(here, made)
        except ConnectorError as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(submit, range(4)))
    (started,) = [each for each in found if isinstance(each, Plan)]
    for refused in (each for each in found if not isinstance(each, Plan)):
        assert started.reversal_run in refused.advice, refused
    desk.work_off(here)
    with pytest.raises(InputError, match="started already, by ada") as caught:
        execute(here, made)
    assert started.reversal_run in caught.value.advice
    again = propose(here, run_id)
    with pytest.raises(InputError, match="Nothing of this run"):
        reversal.execute(here.services, again.id, actor="bob", confirm="")
    changed = sa.select(tables.run.c.id).where(
        tables.run.c.workflow_id == f"reversal-{run_id}", tables.run.c.parent_id.is_(None)
    )
    assert len(here.database.read(lambda c: c.execute(changed).all())) == 1


def test_another_plan_waits_for_the_reversal_under_way(here: Office) -> None:
    run_id = begin(here)
    first = execute(here, propose(here, run_id))
    second = propose(here, run_id, "2026-03-25")
    with pytest.raises(InputError, match="taken back already") as caught:
        execute(here, second)
    assert first.reversal_run in caught.value.advice


@pytest.mark.parametrize(
    ("api", "function"),
    [("xml", "reverse_invoice"), ("rest", "POST /workflows/accounts-receivable/invoice")],
)
def test_a_lost_answer_is_looked_up_and_nothing_is_reversed_twice(
    here: Office, books: Books, api: str, function: str
) -> None:
    run_id = begin(here, INVOICE, api, customer="C-00001")
    made = execute(here, propose(here, run_id))
    arm(books, fault="commit_then_502", function=function)
    desk.work_off(here)
    assert progress(here, made).outcomes == {runs.UNCERTAIN: 1}
    (found,) = propose(here, run_id).lines
    assert found.verdict == Verdict.DONE
    here.settle_all()
    desk.work_off(here)
    assert progress(here, made).outcomes == {runs.SUCCEEDED: 1}
    assert here.run(made.reversal_run).state == runs.SUCCEEDED
    assert len(reversing(books)) == 1


def test_a_worker_killed_in_the_middle_leaves_nothing_twice_or_half(
    here: Office, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.publish(LOOP)
    orders = [{"number": f"L-{number}"} for number in range(3)]
    run_id = desk.start(here, {"orders": orders}, workflow="Batches")
    desk.work_off(here)
    made = execute(here, propose(here, run_id))
    send = here.books.send
    sent: list[bytes] = []

    def die(request: Any) -> Any:
        reply = send(request)
        if b"<reverse_invoice" in request.body:
            sent.append(request.body)
            if len(sent) == 2:
                raise Killed
        return reply

    monkeypatch.setattr(here.books, "send", die)
    with pytest.raises(Killed):
        desk.work_off(here)
    here.execute(
        tables.run.update().where(tables.run.c.state == runs.RUNNING).values(lease_until=1)
    )
    here.settle_all()
    for _round in range(3):
        for waiting in [inner.id for inner in desk.inside(here, made.reversal_run)]:
            advance(here.services, here.heartbeats, waiting)
        desk.work_off(here)
        here.settle_all()
    assert progress(here, made).outcomes == {runs.SUCCEEDED: 3}
    assert len(sent) == len(reversing(books)) == len(orders)


def test_what_a_closed_period_refuses_is_seen_and_retried_alone(here: Office, books: Books) -> None:
    run_id = begin(here, CUSTOMER + INVOICE + PAYMENT)
    made = execute(here, propose(here, run_id))
    change_policy(books, books_closed_through="2026-03-31")
    desk.work_off(here)
    failed = progress(here, made)
    assert failed.outcome == runs.FAILED
    assert failed.outcomes == {runs.FAILED: 2}  # the customer waits for its documents
    assert "period" in line(failed, "arPayment").trouble
    change_policy(books, books_closed_through="2026-01-31")
    decisions.retry(here.services, made.reversal_run, actor="ada")
    desk.work_off(here)
    assert progress(here, made).outcomes == {runs.SUCCEEDED: 3}
    assert len(reversing(books)) == 1


def test_what_was_left_is_taken_back_by_a_second_reversal(here: Office, books: Books) -> None:
    change_policy(books, books_closed_through="2026-03-31")
    run_id = begin(here, CUSTOMER + INVOICE.replace("2026-03-02", "2026-04-01"))
    first = take_back(here, run_id)
    assert first.outcomes == {runs.FAILED: 1}
    second = execute(here, propose(here, run_id, "2026-04-30"))
    desk.work_off(here)
    done = progress(here, second)
    assert (done.outcome, done.outcomes) == (runs.SUCCEEDED, {runs.SUCCEEDED: 2})
    found = here.database.read(lambda connection: reversals.of_run(connection, run_id))
    assert [each.id for each in found] == [first.id, second.id]
    assert len(reversing(books)) == 1


def test_a_plan_is_refused_when_something_has_moved(here: Office) -> None:
    run_id = begin(here, INVOICE, customer="C-00001")
    made = propose(here, run_id)
    act(here, "reverseInvoice", recordNo=made.lines[0].key, reversalDate=DAY)
    with pytest.raises(InputError, match="Something has changed"):
        execute(here, made)


def test_the_company_has_to_be_named(here: Office) -> None:
    made = propose(here, begin(here))
    with pytest.raises(InputError, match=sandbox.COMPANY_ID):
        reversal.execute(here.services, made.id, actor="ada", confirm="Other Co")
    assert progress(here, made).state == reversals.PLANNED


def test_what_cannot_be_reversed_is_refused_with_a_reason(here: Office) -> None:
    with pytest.raises(NotFound):
        propose(here, "nobody")
    run_id = desk.start(here, NEW)
    with pytest.raises(InputError, match="This run is queued"):
        propose(here, run_id)
    desk.work_off(here)
    with pytest.raises(InputError, match="is no day"):
        propose(here, run_id, "31.3.26")


def test_what_could_not_go_before_goes_with_a_second_reversal_and_nothing_else(
    here: Office, books: Books
) -> None:
    run_id = begin(here)
    begin(here, number="N-2")
    first = take_back(here, run_id)
    assert line(first, "customer").verdict == Verdict.CANNOT
    assert (first.outcome, first.outcomes) == (runs.SUCCEEDED, {runs.SUCCEEDED: 1})
    act(here, "reverseInvoice", invoiceNumber="N-2", reversalDate=DAY)
    second = take_back(here, run_id)
    assert (second.outcome, second.outcomes) == (runs.SUCCEEDED, {runs.SUCCEEDED: 1})
    assert act(here, "getCustomer", recordNo=line(first, "customer").key)["active"] is False
    assert len(reversing(books)) == len(("N-1", "N-2"))


def test_a_submission_that_overlaps_a_whole_reversal_starts_nothing(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = propose(here, begin(here))
    decide = reversal._decided

    def overlapped(*given: Any) -> Any:
        found = decide(*given)
        monkeypatch.setattr(reversal, "_decided", decide)
        execute(here, made)
        desk.work_off(here)
        return found

    monkeypatch.setattr(reversal, "_decided", overlapped)
    with pytest.raises(InputError, match="started already, by ada"):
        execute(here, made)

"""A paused workflow keeps its events and holds its runs; resumed, it goes on in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from connector.errors import ConnectionProblem, InputError, NotFound
from connector.operations import issues, pausing, upkeep
from connector.operations.gathering import gather
from connector.runtime import control, pauses, runs
from connector.runtime.advance import advance
from connector.store.tables import run, workflow
from tests.support import desk
from tests.support.office import Books, Office, office

ONE = f"""
name: Orders
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
  - id: invoice
    {desk.INVOICE}
"""


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books, ONE) as found:
        yield found


def begin(here: Office, number: str, customer: str = "C-00001") -> str:
    return desk.start(here, {"number": number, "customer": customer})


def state_of(here: Office, *run_ids: str) -> list[str]:
    return [here.run(run_id).state for run_id in run_ids]


def open_issues(here: Office) -> list[issues.Issue]:
    gather(here.database)
    return here.database.read(issues.listed)


def is_paused(here: Office) -> bool:
    rows = here.database.read(lambda c: list(c.execute(workflow.select())))
    return rows[0].paused_at is not None


def test_runs_of_a_paused_workflow_wait_and_go_on_in_order(here: Office, books: Books) -> None:
    pausing.pause(here.services, "Orders", actor="ada", why="The year is being closed.")
    waiting = [begin(here, f"N-{n}") for n in range(3)]
    desk.work_off(here)
    assert state_of(here, *waiting) == [runs.PAUSED] * 3
    assert "The year is being closed." in desk.error(here, waiting[0])["title"]
    assert books.posts == []
    assert pausing.resume(here.services, "Orders", actor="ada") == 3
    assert desk.due(here) == waiting
    desk.work_off(here)
    assert state_of(here, *waiting) == [runs.SUCCEEDED] * 3
    assert len(books.invoices()) == 3


def test_a_paused_run_can_be_cancelled(here: Office) -> None:
    pausing.pause(here.services, "Orders", actor="ada")
    run_id = begin(here, "N-1")
    desk.work_off(here)
    assert control.cancel(here.services, run_id, actor="ada") == runs.CANCELLED
    assert pausing.resume(here.services, "Orders", actor="ada") == 0
    assert state_of(here, run_id) == [runs.CANCELLED]


def test_a_run_that_came_to_rest_while_somebody_resumed_is_woken_by_the_upkeep(
    here: Office,
) -> None:
    run_id = begin(here, "N-1")
    here.execute(run.update().values(state=runs.PAUSED))
    upkeep.tend(here.services)
    assert state_of(here, run_id) == [runs.QUEUED]


def test_a_write_in_doubt_is_settled_although_its_workflow_is_paused(
    here: Office, books: Books
) -> None:
    """I4: an unknown outcome stays visible as such, and is not hidden by a pause."""
    run_id = begin(here, "N-1")

    def vanish() -> None:
        raise httpx.ReadTimeout("gone")

    books.before_answer.append(vanish)
    desk.work_off(here)
    books.before_answer.clear()
    assert state_of(here, run_id) == [runs.UNCERTAIN]
    pausing.pause(here.services, "Orders", actor="ada")
    desk.hurry(here, run_id)
    desk.work_off(here)
    assert state_of(here, run_id) == [runs.UNCERTAIN]
    here.settle_all()
    desk.hurry(here, run_id)
    desk.work_off(here)
    assert state_of(here, run_id) == [runs.PAUSED]
    pausing.resume(here.services, "Orders", actor="ada")
    desk.work_off(here)
    assert state_of(here, run_id) == [runs.SUCCEEDED]
    assert len(books.invoices()) == 1


@pytest.mark.accepts("E27")
def test_ten_failures_in_a_row_pause_the_workflow_with_one_issue(here: Office) -> None:
    first = [begin(here, f"N-{n}", "C-99999") for n in range(pauses.MOST_IN_A_ROW - 1)]
    desk.work_off(here)
    assert not is_paused(here)
    assert set(state_of(here, *first)) == {runs.FAILED}
    begin(here, "N-10", "C-99999")
    desk.work_off(here)
    assert is_paused(here)
    later = begin(here, "N-11", "C-99999")
    desk.work_off(here)
    assert state_of(here, later) == [runs.PAUSED]
    (paused,) = [one for one in open_issues(here) if one.kind == "paused-workflow"]
    assert "10 runs in a row have failed" in paused.title
    pausing.resume(here.services, "Orders", actor="ada")
    assert not [one for one in open_issues(here) if one.kind == "paused-workflow"]
    desk.work_off(here)
    assert state_of(here, later) == [runs.FAILED]
    assert not is_paused(here), "what failed before somebody resumed does not count"


def test_a_success_in_between_begins_the_row_anew(here: Office) -> None:
    for number in range(pauses.MOST_IN_A_ROW - 1):
        begin(here, f"N-{number}", "C-99999")
    desk.work_off(here)
    begin(here, "G-1")
    desk.work_off(here)
    begin(here, "N-20", "C-99999")
    desk.work_off(here)
    assert not is_paused(here)


def test_a_refused_sign_in_pauses_at_once(here: Office) -> None:
    source = here.services.connections.by_name("books")
    assert source is not None
    problem = ConnectionProblem("The password is wrong.")
    here.services.connections.needs_attention(source.id, problem)
    first, *others = [begin(here, f"N-{n}") for n in range(5)]
    desk.work_off(here)
    assert state_of(here, first) == [runs.FAILED]
    assert state_of(here, *others) == [runs.PAUSED] * 4
    kinds = sorted(one.kind for one in open_issues(here))
    assert kinds == ["connection", "paused-workflow", "run"]


def test_trouble_of_one_record_pauses_nothing(here: Office) -> None:
    begin(here, "N-1", "C-99999")
    desk.work_off(here)
    assert not is_paused(here)


def test_what_cannot_be_paused_or_resumed_is_said(here: Office) -> None:
    with pytest.raises(NotFound, match="no workflow named Else"):
        pausing.pause(here.services, "Else", actor="ada")
    with pytest.raises(InputError, match="is not paused"):
        pausing.resume(here.services, "Orders", actor="ada")
    pausing.pause(here.services, "Orders", actor="ada", why="Stocktaking.")
    with pytest.raises(InputError, match=r"paused already: Stocktaking\."):
        pausing.pause(here.services, "Orders", actor="bob")


def test_what_is_done_after_a_failure_is_done_although_the_workflow_is_paused(
    here: Office,
) -> None:
    here.publish(
        f"{ONE}onFailure:\n  - {{id: tell, type: delay, config: {{for: {{seconds: 0}}}}}}\n"
    )
    run_id = begin(here, "N-1", "C-99999")
    advance(here.services, here.heartbeats, run_id)
    (told,) = desk.inside(here, run_id)
    pausing.pause(here.services, "Orders", actor="ada")
    desk.work_off(here)
    assert state_of(here, told.id) == [runs.SUCCEEDED]

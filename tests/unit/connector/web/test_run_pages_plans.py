"""Many runs again, and a run taken back: a plan first, then exactly that plan, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from connector.operations import gathering, issues
from connector.runtime import runs
from connector.store import tables
from tests.support.run_console import RunConsole, run_console, words


@pytest.fixture
def here(tmp_path: Path) -> Iterator[RunConsole]:
    with run_console(tmp_path) as found:
        yield found


def failed(here: RunConsole, number: str) -> str:
    run_id = here.office.order(number, "not money")
    assert here.office.work(run_id).state == runs.FAILED
    return run_id


def correct(here: RunConsole, run_id: str) -> None:
    row = here.office.run(run_id)
    text = row.input.replace("not money", "10.00")
    here.office.execute(tables.run.update().where(tables.run.c.id == run_id).values(input=text))


def audited(here: RunConsole, action: str) -> list[str]:
    found = sa.select(tables.audit.c.actor).where(tables.audit.c.action == action)
    return here.office.database.read(lambda c: list(c.execute(found).scalars()))


def all_runs(here: RunConsole) -> int:
    count = sa.select(sa.func.count()).select_from(tables.run)
    return here.office.database.read(lambda c: int(c.execute(count).scalar_one()))


def plan_of(here: RunConsole, **form: str | list[str]) -> str:
    answer = here.operator.post("/runs/plans", **form)
    assert answer.status_code == 303, words(answer)
    return str(answer.location)


def test_a_plan_takes_the_ticked_runs_and_starts_nothing(here: RunConsole) -> None:
    first, second, third = (failed(here, f"N-{n}") for n in range(3))
    page = here.operator.text(plan_of(here, action="retry", run=[first, third]))
    assert "Go on where they stopped: 2 runs" in page
    assert "Nothing has been started." in page
    assert "Not written yet: invoice." in page
    assert "Start 2 runs" in page
    assert here.office.run(second).state == here.office.run(first).state == runs.FAILED


def test_a_plan_of_a_search_takes_all_that_can_be_retried(here: RunConsole) -> None:
    for number in range(3):
        failed(here, f"N-{number}")
    here.office.work(here.office.order("N-9"))
    assert "stopped: 3 runs" in here.operator.text(plan_of(here, action="retry"))
    assert "stopped: 1 run " in here.operator.text(plan_of(here, action="retry", q="N-1"))
    assert "version: 4 runs" in here.operator.text(plan_of(here, action="replay"))


def test_a_plan_of_an_issue_takes_its_runs(here: RunConsole) -> None:
    for number in range(2):
        failed(here, f"N-{number}")
    gathering.gather(here.office.database)
    (found,) = here.office.database.read(issues.listed)
    page = here.operator.text(plan_of(here, action="retry", issue=found.id))
    assert "Go on where they stopped: 2 runs" in page


@pytest.mark.accepts("F41")
def test_a_plan_is_started_once_by_whoever_is_first(here: RunConsole) -> None:
    run_id = failed(here, "N-1")
    correct(here, run_id)
    address = plan_of(here, action="retry", run=run_id)
    answers = [here.operator.post(address) for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, address)] * 2
    assert audited(here, "run.retry") == ["operator"]
    assert "1 of 1 begun, 0 ended" in here.viewer.text(address)
    assert "every 2s" in here.viewer.get(address).text
    assert here.office.work(run_id).state == runs.SUCCEEDED


def test_a_plan_that_things_have_moved_from_starts_nothing(here: RunConsole) -> None:
    run_id = failed(here, "N-1")
    address = plan_of(here, action="retry", run=run_id)
    here.office.execute(
        tables.run.update().where(tables.run.c.id == run_id).values(epoch=tables.run.c.epoch + 1)
    )
    answer = here.operator.post(address)
    assert answer.status_code == 422
    assert "Something has changed since this plan was made" in words(answer)
    assert here.office.run(run_id).state == runs.FAILED


@pytest.mark.parametrize("form", [{"action": "retry"}, {"action": "dance", "run": "x"}])
def test_a_plan_of_nothing_is_refused_in_words(here: RunConsole, form: dict[str, str]) -> None:
    answer = here.operator.post("/runs/plans", **form)
    assert answer.status_code == 422
    assert "No plan was made" in words(answer)
    assert here.viewer.post("/runs/plans", **form).status_code == 403


def test_a_run_is_taken_back_once_after_its_plan_was_seen(here: RunConsole) -> None:
    run_id = here.office.order("N-1")
    here.office.work(run_id)
    assert "Take back" in here.operator.text(f"/runs/{run_id}")
    wrong = here.operator.post(f"/runs/{run_id}/reverse", day="soon")
    assert wrong.status_code == 422
    made = here.operator.post(f"/runs/{run_id}/reverse", day="2026-03-31")
    assert made.status_code == 303, words(made)
    page = here.operator.text(made.location)
    assert "Nothing has been changed." in page
    assert "Will be taken back" in page
    refused = here.operator.post(made.location, confirm="")
    assert (refused.status_code, all_runs(here)) == (422, 1)
    answers = [here.operator.post(made.location, confirm="SANDBOX") for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [
        (303, made.location)
    ] * 2
    assert all_runs(here) == 2
    assert "What it wrote was taken back" in here.viewer.text(f"/runs/{run_id}")
    assert here.viewer.post(made.location, confirm="SANDBOX").status_code == 403

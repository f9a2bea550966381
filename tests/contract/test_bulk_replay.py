"""Many runs again: the plan says what would come of it, and only that plan is executed, once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from connector.errors import ConnectorError, InputError, NotFound
from connector.operations import bulk, forecasts, replays
from connector.operations.forecasts import REPLAY, RETRY
from connector.operations.replays import Plan
from connector.runtime import decisions, runs
from connector.runtime.limits import Priority
from connector.store import tables, to_json
from connector.store.tables import run
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
SECOND = desk.INVOICE.replace("input.number", "'B' + input.number")
TWO = f"{ONE}  - id: second\n    {SECOND}"
WAITS = (
    f"name: Orders\n{desk.TRIGGER}\nsteps: [{{id: d, type: delay, config: {{for: {{days: 1}}}}}}]"
)


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books, ONE) as found:
        yield found


def begin(here: Office, number: str, customer: str = "C-99999") -> str:
    run_id = desk.start(here, {"number": number, "customer": customer})
    desk.work_off(here)
    return run_id


def correct(here: Office, run_id: str) -> None:
    row = here.run(run_id)
    text = row.input.replace("C-99999", "C-00001")
    here.execute(run.update().where(run.c.id == run_id).values(input=text))


def plan(here: Office, action: str, *run_ids: str) -> Plan:
    return replays.plan(here.services, action, run_ids, actor="ada")


def progress(here: Office, plan_id: str) -> Plan:
    return here.database.read(lambda connection: replays.one(connection, plan_id))


def test_the_forecast_says_what_would_come_of_each_run(here: Office, books: Books) -> None:
    failed = begin(here, "N-1")
    done = begin(here, "N-2", "C-00001")

    def vanish() -> None:
        raise httpx.ReadTimeout("gone")

    books.before_answer.append(vanish)
    unknown = begin(here, "N-3", "C-00001")
    books.before_answer.clear()
    here.execute(run.update().where(run.c.id == unknown).values(state=runs.FAILED))
    made = plan(here, REPLAY, failed, done, unknown)
    assert [item.forecast for item in made.items] == [
        forecasts.CREATE,
        forecasts.EXISTS,
        forecasts.UNCERTAIN,
    ]
    assert "N-2" in made.items[1].reason
    going = desk.start(here, {"number": "N-4", "customer": "C-00001"})
    (item,) = plan(here, RETRY, going).items
    assert (item.forecast, item.reason) == (forecasts.CANNOT, "It is queued.")
    (item,) = plan(here, RETRY, done).items
    assert (item.forecast, item.reason) == (forecasts.CANNOT, "It is succeeded.")


def test_what_another_run_wrote_for_the_same_business_exists(here: Office) -> None:
    failed = begin(here, "N-1")
    begin(here, "N-1", "C-00001")
    (item,) = plan(here, RETRY, failed).items
    assert item.forecast == forecasts.EXISTS


def test_a_replay_on_a_version_that_writes_more_will_write(here: Office) -> None:
    done = begin(here, "N-1", "C-00001")
    here.publish(TWO)
    (item,) = plan(here, REPLAY, done).items
    assert item.forecast == forecasts.CREATE
    here.publish(WAITS)
    (item,) = plan(here, REPLAY, done).items
    assert item.forecast == forecasts.READS


def test_a_plan_starts_exactly_its_runs_behind_everyday_work(here: Office, books: Books) -> None:
    failed = [begin(here, f"N-{number}") for number in range(3)]
    for run_id in failed:
        correct(here, run_id)
    made = plan(here, RETRY, *failed)
    assert plan(here, RETRY, *failed).id == made.id
    assert books.invoices() == []
    bulk.execute(here.services, made.id, actor="ada")
    assert {here.run(run_id).priority for run_id in failed} == {Priority.BACKFILL}
    desk.work_off(here)
    bulk.tend(here.services)
    ended = progress(here, made.id)
    assert (ended.state, ended.outcomes) == (replays.DONE, {runs.SUCCEEDED: 3})
    assert len(books.invoices()) == 3
    decided = sa.select(tables.audit.c.actor).where(tables.audit.c.action == "bulk.retry")
    assert here.database.read(lambda c: c.execute(decided).scalars().all()) == ["ada"]


def test_a_plan_is_refused_when_anything_has_moved(here: Office, books: Books) -> None:
    failed = [begin(here, f"N-{number}") for number in range(2)]
    made = plan(here, RETRY, *failed)
    decisions.retry(here.services, failed[0], actor="bob")
    desk.work_off(here)
    assert here.run(failed[0]).state == runs.FAILED
    with pytest.raises(InputError, match="Something has changed"):
        bulk.execute(here.services, made.id, actor="ada")
    assert here.run(failed[1]).epoch == 1
    assert progress(here, made.id).state == replays.PLANNED


def test_a_replay_plan_is_refused_after_another_version_was_published(here: Office) -> None:
    failed = begin(here, "N-1")
    made = plan(here, REPLAY, failed)
    here.publish(TWO)
    with pytest.raises(InputError, match="Something has changed"):
        bulk.execute(here.services, made.id, actor="ada")


@pytest.mark.accepts("F41")
def test_a_plan_that_is_submitted_twice_starts_its_runs_once(here: Office) -> None:
    """The second is told who started it and where to look."""
    failed = [begin(here, f"N-{number}") for number in range(3)]
    made = plan(here, REPLAY, *failed)

    def submit(who: str) -> str:
        try:
            return bulk.execute(here.services, made.id, actor=who).state
        except ConnectorError as error:
            return f"{error.title} {error.advice}"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(submit, ["ada", "bob", "cyd", "dan"]))
    refused = [answer for answer in answers if answer != replays.RUNNING]
    assert len(refused) == 3
    assert all("started already, by" in answer and made.id in answer for answer in refused)
    found = sa.select(run.c.replay_of).where(run.c.replay_of.is_not(None))
    again = here.database.read(lambda c: c.execute(found).scalars().all())
    assert sorted(again) == sorted(failed)


def test_a_large_plan_is_started_in_parts_and_goes_on_after_an_interruption(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    failed = [begin(here, f"N-{number}") for number in range(5)]
    for run_id in failed:
        correct(here, run_id)
    made = bulk.execute(here.services, plan(here, RETRY, *failed).id, actor="ada")
    seen = []
    for _ in range(4):
        now = progress(here, made.id)
        seen.append(sum(item.state == bulk.STARTED_ITEM for item in now.items))
        desk.work_off(here)
        bulk.tend(here.services)  # another process's sweeper, for all it knows
    assert seen == [2, 4, 5, 5]
    ended = progress(here, made.id)
    assert (ended.state, ended.outcomes) == (replays.DONE, {runs.SUCCEEDED: 5})


def test_a_run_that_somebody_else_took_meanwhile_is_left_to_them(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    failed = [begin(here, f"N-{number}") for number in range(2)]
    made = bulk.execute(here.services, plan(here, RETRY, *failed).id, actor="ada")
    decisions.retry(here.services, failed[1], actor="bob")
    desk.work_off(here)
    bulk.tend(here.services)
    second = progress(here, made.id).items[1]
    assert second.state == bulk.REFUSED
    assert "changed" in second.reason
    assert here.run(failed[1]).epoch == 2


def test_uncertain_runs_are_never_started(here: Office, books: Books) -> None:
    failed = begin(here, "N-1")

    def vanish() -> None:
        raise httpx.ReadTimeout("gone")

    books.before_answer.append(vanish)
    unknown = begin(here, "N-3", "C-00001")
    books.before_answer.clear()
    here.execute(run.update().where(run.c.id == unknown).values(state=runs.FAILED))
    with pytest.raises(InputError, match="None of these runs"):
        bulk.execute(here.services, plan(here, RETRY, unknown).id, actor="ada")
    made = bulk.execute(here.services, plan(here, RETRY, failed, unknown).id, actor="ada")
    assert [item.state for item in made.items] == [bulk.STARTED_ITEM, bulk.LEFT]
    assert here.run(unknown).state == runs.FAILED


def test_what_cannot_be_planned_is_said(here: Office) -> None:
    with pytest.raises(NotFound, match="no run nobody"):
        plan(here, RETRY, "nobody")
    with pytest.raises(InputError, match="no runs"):
        plan(here, RETRY)
    with pytest.raises(InputError, match="at most"):
        plan(here, RETRY, *(str(number) for number in range(replays.MOST_RUNS + 1)))
    with pytest.raises(NotFound, match="no plan"):
        bulk.execute(here.services, "nothing", actor="ada")
    assert to_json(plan(here, RETRY, begin(here, "N-1")).forecasts) == '{"will write":1}'


def test_items_of_a_loop_are_retried_by_plan_and_finish_their_loop(
    here: Office, books: Books
) -> None:
    item = desk.INVOICE.replace("input.", "item.").replace("\n    ", "\n        ")
    here.publish(f"""
name: Orders
{desk.TRIGGER}
steps:
  - id: orders
    type: forEach
    config: {{items: "{{{{ input.orders }}}}", key: "{{{{ item.number }}}}"}}
    steps:
      - id: invoice
        {item}
""")
    orders: list[Any] = [{"number": f"N-{n}", "customer": "C-99999"} for n in range(2)]
    run_id = desk.start(here, {"orders": orders})
    desk.work_off(here)
    inner = [row.id for row in desk.inside(here, run_id)]
    for one in inner:
        correct(here, one)
    bulk.execute(here.services, plan(here, RETRY, *inner).id, actor="ada")
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    assert len(books.invoices()) == 2

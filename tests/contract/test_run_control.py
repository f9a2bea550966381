"""Cancelling and replaying runs: true outcomes, and nothing that was written is repeated."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from connector.errors import ConnectorError, InputError, NotFound
from connector.runtime import control, history, kinds, outcomes, runs
from connector.runtime.advance import advance
from connector.store import tables
from tests.support import desk
from tests.support.office import Books, Office, office

SECOND = desk.INVOICE.replace("input.number", "'B' + input.number")
ITEM = desk.INVOICE.replace("input.", "item.").replace("\n    ", "\n        ")
THIRD = desk.INVOICE.replace("input.number", "'C' + input.number")
TWO = f"""
name: Two
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
  - id: first
    {desk.INVOICE}
  - id: second
    {SECOND}
"""
EVENT = {"number": "N-1", "customer": "C-00001"}


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books, TWO) as found:
        yield found


def test_a_run_that_has_not_begun_is_cancelled_at_once(here: Office, books: Books) -> None:
    run_id = desk.start(here, EVENT)
    assert control.cancel(here.services, run_id, actor="ada") == runs.CANCELLED
    desk.work_off(here)
    assert books.invoices() == []
    assert desk.error(here, run_id)["title"] == "ada cancelled this run."


def test_a_cancel_during_a_call_lets_it_end_and_stops_before_the_next(
    here: Office, books: Books
) -> None:
    """F42: what was sent shows its true outcome."""
    run_id = desk.start(here, EVENT)
    seen: list[str] = []

    def cancel_once() -> None:
        if not seen:
            seen.append(control.cancel(here.services, run_id, actor="ada"))

    books.before_answer.append(cancel_once)
    advance(here.services, here.heartbeats, run_id)
    assert seen == [runs.RUNNING]
    assert here.run(run_id).state == runs.CANCELLED
    assert desk.steps(here, run_id)["first"].state == runs.SUCCEEDED
    assert [row.state for row in here.effects()] == ["succeeded"]
    assert len(books.invoices()) == 1


def test_a_cancel_during_an_unanswered_call_waits_for_its_outcome(
    here: Office, books: Books
) -> None:
    run_id = desk.start(here, EVENT)

    def vanish() -> None:
        control.cancel(here.services, run_id, actor="ada")
        raise httpx.ReadTimeout("gone")

    books.before_answer.append(vanish)
    advance(here.services, here.heartbeats, run_id)
    books.before_answer.clear()
    assert here.run(run_id).state == runs.UNCERTAIN
    desk.hurry(here, run_id)
    advance(here.services, here.heartbeats, run_id)
    assert here.run(run_id).state == runs.UNCERTAIN
    here.settle_all()
    desk.hurry(here, run_id)
    desk.work_off(here)
    assert here.run(run_id).state == runs.CANCELLED
    (effect,) = here.effects()
    assert (effect.state, len(books.invoices())) == ("succeeded", 1)


def test_a_cancel_while_the_run_goes_to_sleep_is_not_slept_through(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.publish(
        f"name: Two\n{desk.TRIGGER}\nsteps: [{{id: d, type: delay, config: {{for: {{days: 1}}}}}}]"
    )
    run_id = desk.start(here, EVENT)
    real = outcomes.waiting

    def late(title: str, wait_ms: int) -> Any:
        control.cancel(here.services, run_id, actor="ada")
        return real(title, wait_ms)

    monkeypatch.setattr(kinds, "waiting", late)
    desk.work_off(here)
    assert here.run(run_id).state == runs.CANCELLED


def test_a_cancel_that_comes_too_late_changes_nothing(here: Office) -> None:
    run_id = desk.start(here, EVENT)
    desk.work_off(here)
    with pytest.raises(InputError, match="is succeeded"):
        control.cancel(here.services, run_id, actor="ada")
    with pytest.raises(NotFound):
        control.cancel(here.services, "nobody", actor="ada")


def test_a_cancelled_loop_takes_its_items_along(here: Office, books: Books) -> None:
    loop = f"""
name: Two
{desk.TRIGGER}
steps:
  - id: orders
    type: forEach
    config: {{items: "{{{{ input.orders }}}}", key: "{{{{ item }}}}"}}
    steps: [{{id: pause, type: delay, config: {{for: {{days: 1}}}}}}]
"""
    here.publish(loop)
    run_id = desk.start(here, {"orders": ["a", "b", "c"]})
    desk.work_off(here)
    control.cancel(here.services, run_id, actor="ada")
    desk.work_off(here)
    assert here.run(run_id).state == runs.CANCELLED
    assert {row.state for row in desk.inside(here, run_id)} == {runs.CANCELLED}


def test_a_cancelled_item_lets_the_others_go_on(here: Office) -> None:
    loop = f"""
name: Two
{desk.TRIGGER}
steps:
  - id: orders
    type: forEach
    config: {{items: "{{{{ input.orders }}}}", key: "{{{{ item }}}}"}}
    steps:
      - id: pick
        type: switch
        cases:
          - when: "{{{{ item == 'a' }}}}"
            steps: [{{id: pause, type: delay, config: {{for: {{days: 1}}}}}}]
"""
    here.publish(loop)
    run_id = desk.start(here, {"orders": ["a", "b"]})
    desk.work_off(here)
    control.cancel(here.services, desk.inside(here, run_id)[0].id, actor="ada")
    desk.work_off(here)
    assert [row.state for row in desk.inside(here, run_id)] == [runs.CANCELLED, runs.SUCCEEDED]
    assert here.run(run_id).state == runs.FAILED


def test_a_replay_runs_the_latest_version_and_repeats_no_write(here: Office, books: Books) -> None:
    run_id = desk.start(here, {**EVENT})
    desk.work_off(here)
    here.publish(f"{TWO}  - id: third\n    {THIRD}")
    again = control.replay(here.services, run_id, actor="ada")
    desk.work_off(here)
    assert here.run(again).state == runs.SUCCEEDED
    assert here.run(again).version == 2
    assert here.run(run_id).version == 1
    numbers = sorted(entry["id"] for entry in books.invoices())
    assert numbers == ["BN-1", "CN-1", "N-1"]


def test_without_once_a_replay_still_finds_what_was_written(here: Office, books: Books) -> None:
    here.publish(TWO.replace('once: "{{ input.number }}"\n', ""))
    run_id = desk.start(here, EVENT)
    desk.work_off(here)
    again = control.replay(here.services, run_id, actor="ada")
    desk.work_off(here)
    assert here.run(again).state == runs.SUCCEEDED
    assert len(books.invoices()) == 2


def test_who_clicks_twice_gets_one_replay(here: Office) -> None:
    """F41: one new attempt; the other click is told about it."""
    run_id = desk.start(here, EVENT)
    desk.work_off(here)

    def click(_number: int) -> str:
        try:
            return control.replay(here.services, run_id, actor="ada")
        except ConnectorError as error:
            return error.advice

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(click, range(4)))
    found = sa.select(tables.run.c.id).where(tables.run.c.replay_of == run_id)
    (only,) = here.database.read(lambda c: c.execute(found).scalars().all())
    assert sorted(answers) == sorted([only, *[f"Look at the run {only}."] * 3])


def test_a_run_that_is_still_going_is_not_replayed(here: Office) -> None:
    run_id = desk.start(here, EVENT)
    with pytest.raises(InputError, match="is queued"):
        control.replay(here.services, run_id, actor="ada")


def test_history_shows_what_is_inside_a_run_and_not_beside_it(here: Office) -> None:
    loop = f"""
name: Two
{desk.TRIGGER}
steps:
  - id: orders
    type: forEach
    config: {{items: "{{{{ input.orders }}}}", key: "{{{{ item.number }}}}"}}
    steps:
      - id: invoice
        {ITEM}
"""
    here.publish(loop)
    bad = {"number": "N-2", "customer": "NOBODY"}
    run_id = desk.start(here, {"orders": [EVENT, bad]})
    desk.work_off(here)
    lines = here.database.read(lambda c: history.newest(c, 10))
    assert [line.id for line in lines] == [run_id]
    view = here.database.read(lambda c: history.run_of(c, run_id))
    assert view is not None
    (inside,) = view.inside
    assert inside.states == {runs.SUCCEEDED: 1, runs.FAILED: 1}
    assert [line.once for line in inside.troubled] == ["N-2"]

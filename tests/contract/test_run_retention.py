"""What old runs held is forgotten; what was done, and what is still open, never."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from connector.errors import InputError
from connector.operations import issues, retention
from connector.operations.gathering import gather
from connector.operations.retention import DAY_MS
from connector.runtime import control, decisions, runs
from connector.store import audit, clock, tables, to_json
from connector.store.tables import effect, inbox, run
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
ITEM = desk.INVOICE.replace("input.", "item.").replace("\n    ", "\n        ")
LOOP = f"""
name: Orders
{desk.TRIGGER}
steps:
  - id: orders
    type: forEach
    config: {{items: "{{{{ input.orders }}}}", key: "{{{{ item.number }}}}"}}
    steps:
      - id: invoice
        {ITEM}
"""


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books, ONE) as found:
        yield found


def begin(here: Office, number: str, customer: str = "C-00001", event: str = "") -> str:
    run_id = desk.start(here, {"number": number, "customer": customer}, event=event)
    desk.work_off(here)
    return run_id


def age(here: Office, days: int) -> None:
    """Let so many days pass for everything there is."""
    past = days * DAY_MS
    rows = {"created_at": run.c.created_at - past, "finished_at": run.c.finished_at - past}
    here.execute(run.update().values(**rows))
    here.execute(inbox.update().values(received_at=inbox.c.received_at - past))


def prune(here: Office, days: int = 30, most: int | None = None) -> retention.Pruned:
    return retention.prune(here.database, days, actor="ada", most=most)


def count(here: Office, table: sa.Table) -> int:
    query = sa.select(sa.func.count()).select_from(table)
    return int(here.database.read(lambda c: c.execute(query).scalar_one()))


def events(here: Office) -> list[Any]:
    return here.database.read(lambda c: list(c.execute(sa.select(inbox).order_by(inbox.c.id))))


def test_an_old_run_loses_its_content_and_its_trace_stays(here: Office) -> None:
    old = begin(here, "N-1")
    age(here, 31)
    new = begin(here, "N-2")
    kept = {table.name: count(here, table) for table in (tables.effect, tables.usage)}
    assert prune(here) == retention.Pruned(runs=1, events=0, keys=0)
    row = here.run(old)
    assert (row.state, row.once, row.input, row.output) == (runs.SUCCEEDED, "N-1", None, None)
    assert desk.steps(here, old) == {}
    assert [one.data == "{}" for one in events(here)] == [True, False]
    assert here.run(new).output
    assert desk.steps(here, new)
    assert {table.name: count(here, table) for table in (tables.effect, tables.usage)} == kept
    assert here.database.read(audit.verify) is None
    assert prune(here) == retention.Pruned(runs=0, events=0, keys=0)


def test_the_same_business_is_known_as_done_for_ever(here: Office, books: Books) -> None:
    """Even when the event's key is gone, and when the run's row were gone, too."""
    begin(here, "N-1", event="e-1")
    age(here, 400)
    assert prune(here).keys == 1
    again = begin(here, "N-1", event="e-1")
    assert here.run(again).state == runs.DUPLICATE
    here.execute(run.update().where(run.c.id != again).values(once=None))
    third = begin(here, "N-1", event="e-2")
    assert here.run(third).state == runs.SUCCEEDED
    assert len(books.invoices("N-1")) == 1


def test_keys_of_events_stay_for_ninety_days_at_least(here: Office) -> None:
    begin(here, "N-1", event="e-1")
    age(here, 60)
    assert prune(here, days=1) == retention.Pruned(runs=1, events=0, keys=0)
    assert [row.dedupe_key for row in events(here)] == ["e-1"]
    age(here, 31)
    assert prune(here, days=1).keys == 1
    assert events(here) == []


def test_events_that_nobody_waited_for_lose_their_content(here: Office) -> None:
    begin(here, "N-1")
    here.execute(inbox.update().values(state="ignored"))
    here.execute(run.update().values(inbox_id=None))
    age(here, 31)
    assert prune(here) == retention.Pruned(runs=1, events=1, keys=0)
    (row,) = events(here)
    assert row.data == "{}"


def test_an_event_that_was_not_routed_yet_stays(here: Office) -> None:
    begin(here, "N-1")
    here.execute(inbox.update().values(state="received"))
    here.execute(run.update().values(inbox_id=None))
    age(here, 400)
    assert prune(here).keys == 0
    (row,) = events(here)
    assert row.data != "{}"


def test_what_is_open_stays_however_old(here: Office, books: Books) -> None:
    waiting = desk.start(here, {"number": "N-1", "customer": "C-00001"})
    failed = begin(here, "N-2", "C-99999")

    def vanish() -> None:
        raise httpx.ReadTimeout("gone")

    here.execute(run.update().where(run.c.id == waiting).values(state=runs.PARKED))
    books.before_answer.append(vanish)
    unknown = begin(here, "N-3")
    books.before_answer.clear()
    ended = run.update().where(run.c.id == unknown)
    here.execute(ended.values(state=runs.CANCELLED, finished_at=run.c.created_at, trouble=None))
    gather(here.database)
    age(here, 4000)
    assert prune(here).runs == 0
    assert here.run(failed).input
    assert here.run(unknown).input


def test_a_failed_run_goes_once_its_issue_is_closed(here: Office) -> None:
    failed = begin(here, "N-2", "C-99999")
    gather(here.database)
    (issue,) = here.database.read(issues.listed)
    age(here, 31)
    assert prune(here).runs == 0
    issues.close(here.database, issue.id, actor="ada", why="entered by hand")
    assert prune(here).runs == 1
    for again in (control.replay, decisions.retry):
        with pytest.raises(InputError, match="removed for its age"):
            again(here.services, failed, actor="ada")
    assert here.effects()


def test_runs_inside_old_runs_go_with_them(here: Office) -> None:
    here.publish(LOOP)
    orders = [{"number": f"N-{n}", "customer": "C-00001"} for n in range(5)]
    run_id = desk.start(here, {"orders": orders})
    desk.work_off(here)
    assert len(desk.inside(here, run_id)) == 5
    age(here, 31)
    assert prune(here).runs == 1
    assert desk.inside(here, run_id) == []
    assert count(here, tables.step) == 0
    assert len(here.effects()) == 5


def test_pruning_is_done_in_parts_and_once_a_day(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    monkeypatch.setattr(retention, "_MOST_AT_A_TIME", 4)
    for number in range(5):
        begin(here, f"N-{number}")
    age(here, 181)
    first = retention.daily(here.services)
    assert first == retention.Pruned(runs=4, events=0, keys=4, is_all=False)
    assert retention.daily(here.services) is None
    chore = tables.chore.update()
    here.execute(chore.values(at=tables.chore.c.at - 60_000))
    second = retention.daily(here.services)
    assert second is not None
    assert (second.runs, second.is_all) == (1, True)
    here.execute(chore.values(at=tables.chore.c.at - DAY_MS + 60_000))
    assert retention.daily(here.services) is None
    here.execute(chore.values(at=tables.chore.c.at - DAY_MS))
    assert retention.daily(here.services) is not None


def test_an_installation_can_keep_runs_for_ever(url: str, tmp_path: Path) -> None:
    with office(url, tmp_path, Books(), ONE, INTACCT_KEEP_RUNS_DAYS="0") as here:
        begin(here, "N-1")
        age(here, 9999)
        assert retention.daily(here.services) is None
        assert here.run(run_of(here)).input == to_json({"number": "N-1", "customer": "C-00001"})


def run_of(here: Office) -> str:
    return str(here.database.read(lambda c: c.execute(sa.select(run.c.id)).scalar_one()))


def test_a_day_is_the_least(here: Office) -> None:
    with pytest.raises(InputError, match="a day at least"):
        prune(here, days=0)


def old_run(here: Office, days: int = 31) -> str:
    """Return a run that failed so long ago that it is about to go."""
    run_id = begin(here, "N-1", customer="NOBODY")
    gather(here.database)
    for issue in here.database.read(issues.listed):
        issues.close(here.database, issue.id, actor="ada", why="known")
    age(here, days)
    return run_id


def try_again(here: Office, run_id: str, way: str) -> None:
    {"retry": decisions.retry, "replay": control.replay}[way](here.services, run_id, actor="ada")


@pytest.mark.parametrize("way", ["retry", "replay"])
def test_what_is_tried_again_while_it_is_pruned_keeps_its_data(here: Office, way: str) -> None:
    """It was found old a moment before; a run without its event could only fail, or do wrong."""
    run_id = old_run(here)
    cutoff = here.database.read(clock.now_ms) - 30 * DAY_MS
    found = here.database.read(lambda c: retention._old_runs(c, cutoff))
    assert found == [run_id]
    try_again(here, run_id, way)
    here.database.write(lambda c: retention._pruned(c, cutoff, found))
    assert here.run(run_id).pruned_at is None
    assert here.run(run_id).input
    assert events(here)[0].data != "{}"


@pytest.mark.parametrize("way", ["retry", "replay"])
def test_what_is_pruned_while_it_is_tried_again_is_not_started(
    here: Office, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Whoever asked had read the run before; its data went while they waited for its row."""
    run_id = old_run(here)
    room = decisions if way == "retry" else control
    read = room._existing
    seen: list[Any] = []

    def read_early(connection: sa.Connection, wanted: str) -> Any:
        seen.append(read(connection, wanted))
        if len(seen) == 1:
            gone = run.update().where(run.c.id == wanted).values(input=None, pruned_at=1)
            connection.execute(gone)
            return seen[0]
        return seen[-1]

    monkeypatch.setattr(room, "_existing", read_early)
    with pytest.raises(InputError):
        try_again(here, run_id, way)
    assert here.run(run_id).state == runs.FAILED


def test_a_write_that_an_old_item_never_sent_can_still_be_made(here: Office, books: Books) -> None:
    """Its run gave up; without that run's row nobody would know, and other content be refused."""
    here.publish(LOOP)
    run_id = desk.start(here, {"orders": [{"number": "N-1", "customer": "NOBODY"}]}, event="e-1")
    desk.work_off(here)
    here.execute(effect.update().values(state="planned"))
    here.execute(run.update().values(trouble=None))
    age(here, 400)
    assert prune(here).runs == 1
    (inside,) = here.database.read(
        lambda c: list(c.execute(sa.select(run).where(run.c.root_id == run_id)))
    )
    assert (inside.input, inside.state) == (None, runs.FAILED)
    desk.start(here, {"orders": [{"number": "N-1", "customer": "C-00001"}]}, event="e-1")
    desk.work_off(here)
    assert len(books.invoices("N-1")) == 1
    assert len(here.effects()) == 1


def test_an_event_stays_as_long_as_a_replay_may_read_it_again(here: Office) -> None:
    first = old_run(here, 25)
    again = control.replay(here.services, first, actor="ada")
    desk.work_off(here)
    gather(here.database)
    age(here, 10)
    assert prune(here).runs == 0
    assert events(here)[0].data != "{}"
    for issue in here.database.read(issues.listed):
        issues.close(here.database, issue.id, actor="ada", why="known")
    age(here, 30)
    assert [prune(here).runs, prune(here).runs] == [1, 1]
    assert here.run(first).pruned_at
    assert here.run(again).pruned_at
    assert events(here)[0].data == "{}"

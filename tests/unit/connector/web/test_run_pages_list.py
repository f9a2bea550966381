"""The list of runs: what it finds, in which order, and what it says of nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.runtime import runs
from connector.store import tables
from tests.support.run_console import RunConsole, run_console


@pytest.fixture
def here(tmp_path: Path) -> Iterator[RunConsole]:
    with run_console(tmp_path) as found:
        yield found


def work(here: RunConsole, number: str, amount: str = "100.00") -> str:
    run_id = here.office.order(number, amount)
    here.office.work(run_id)
    return run_id


def listed(here: RunConsole, address: str) -> list[str]:
    """Return the runs of a list, in its order, without the links to other pages."""
    return re.findall(r'<a href="/runs/(run-[^"]+)" aria-label', here.viewer.get(address).text)


@pytest.mark.parametrize("what", ["number", "key", "customer", "control", "event", "run"])
def test_one_box_finds_a_run_by_whatever_people_know_of_it(here: RunConsole, what: str) -> None:
    run_id = work(here, "N-1")
    (write,) = here.office.effects()
    other = work(here, "N-2", "not money")
    inbox = tables.inbox.update().where(tables.inbox.c.id == here.office.run(run_id).inbox_id)
    here.office.execute(inbox.values(event_id="3816279340"))
    typed = {
        "number": "N-1",
        "key": write.key,
        "customer": "C-00001",
        "control": write.control_id,
        "event": "3816279340",
        "run": run_id,
    }[what]
    assert set(listed(here, "/runs")) == {run_id, other}
    assert listed(here, f"/runs?q={typed}") == [run_id]


def test_states_days_and_workflows_narrow_the_list(here: RunConsole) -> None:
    good, bad = work(here, "N-1"), work(here, "N-2", "not money")
    assert listed(here, "/runs?state=needs-you") == [bad]
    assert listed(here, "/runs?state=done") == [good]
    assert listed(here, "/runs?state=succeeded") == [good]
    assert listed(here, "/runs?workflow=Order+to+invoice&state=failed") == [bad]
    assert listed(here, "/runs?until=2020-01-01") == []
    assert set(listed(here, "/runs?since=2020-01-01")) == {good, bad}


def test_the_last_day_of_a_span_counts_whole(here: RunConsole) -> None:
    run_id = work(here, "N-1")
    late = 1_772_495_999_000  # 2026-03-02 23:59:59 UTC
    mine = tables.run.update().where(tables.run.c.id == run_id)
    here.office.execute(mine.values(created_at=late))
    assert listed(here, "/runs?since=2026-03-02&until=2026-03-02") == [run_id]
    assert listed(here, "/runs?until=2026-03-01") == []


@pytest.mark.parametrize("field", ["since", "until"])
def test_what_is_no_day_is_named_beside_its_field(here: RunConsole, field: str) -> None:
    answer = here.viewer.get(f"/runs?{field}=soon")
    assert answer.status_code == 422
    assert f'id="wrong-{field}"' in answer.text
    assert "Write it as 2026-03-31." in answer.text


@pytest.mark.parametrize("asked", ["workflow=Else", "after=nonsense", "q=aic-nothing-0"])
def test_what_cannot_be_asked_is_said_and_no_fault(here: RunConsole, asked: str) -> None:
    answer = here.viewer.get(f"/runs?{asked}")
    assert answer.status_code == 422
    assert 'class="box problem"' in answer.text


def test_empty_lists_say_what_it_means(here: RunConsole) -> None:
    assert "Nothing has run yet." in here.viewer.text("/runs")
    work(here, "N-1")
    assert "Nothing needs somebody." in here.viewer.text("/runs?state=needs-you")
    assert "The newest run finished just now" in here.viewer.text("/runs?state=needs-you")
    assert "No run is known under “N-9”" in here.viewer.text("/runs?q=N-9")
    assert "No run fits these filters." in here.viewer.text("/runs?state=parked&since=2026-01-01")


def test_pages_go_on_from_the_last_run_whatever_its_state_and_keep_the_filters(
    here: RunConsole,
) -> None:
    row = here.office.run(work(here, "N-1"))
    states = (runs.SUCCEEDED, runs.SKIPPED, runs.DUPLICATE)
    rows = [
        {
            **row._mapping,
            "id": f"run-{n:03}",
            "inbox_id": None,
            "created_at": 1000 + n // 3,
            "state": states[n % 2 or n % 3],
        }
        for n in range(120)
    ]
    here.office.database.write(lambda c: c.execute(tables.run.insert(), rows).rowcount)
    seen: list[str] = []
    address = "/runs?state=done"
    while address:
        page = here.viewer.get(address).text
        seen += listed(here, address)
        more = re.search(r'href="([^"]+)" rel="next"', page)
        address = more[1].replace("&amp;", "&") if more else ""
        assert not address or "state=done" in address
    assert seen == ["run-N-1", *(f"run-{n:03}" for n in reversed(range(120)))]


def test_a_run_that_is_tried_again_says_when(here: RunConsole) -> None:
    run_id = here.office.order("N-1")
    here.office.services.__dict__["http"] = here.office.unreachable()
    here.office.work(run_id)
    assert here.office.run(run_id).state == runs.WAITING
    assert "Tried again by itself" in here.viewer.text("/runs")
    assert "It is tried again by itself. Next:" in here.viewer.text(f"/runs/{run_id}")

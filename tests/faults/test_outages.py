"""An Intacct that refuses, is away or is asked by a worker with a wrong clock: work waits."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from connector.sandbox import config as sandbox
from connector.store import tables
from tests.support import checker
from tests.support.far_company import change_books, far_installation
from tests.support.installation import Installation
from tests.support.workers import Worker

pytestmark = pytest.mark.slow
DEALS = 15
REFUSALS = 45
PROBE_SECONDS = 2
PROBES = 5
LINE = 60
MOST_AWAY = 10
FIFTY = 50
NEVER_ENDING = 100_000


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Give an installation with a company of its own, whose traffic is nobody else's."""
    folder = tmp_path_factory.mktemp("far")
    with far_installation(
        folder, INTACCT_PROBE_SECONDS=str(PROBE_SECONDS), INTACCT_LIMIT_RAISE_SECONDS="1"
    ) as (installation, _):
        yield installation


def won(installation: Installation, count: int) -> list[str]:
    deals = [installation.new_deal() for _ in range(count)]
    for deal in deals:
        installation.move(deal, deliver=False)
    installation.events_of(deals)
    return deals


def all_succeed(installation: Installation, deals: list[str]) -> None:
    installation.until(
        lambda: installation.states_of(deals) == {"succeeded": len(deals)},
        "all runs are done",
        180,
    )
    for deal in deals:
        assert len(installation.invoices(deal)) == 1
    checker.check(installation)


def traffic(installation: Installation, since: datetime) -> list[dict[str, Any]]:
    """Return the requests to the company after a moment, oldest first; it keeps the last 200."""
    seen: list[dict[str, Any]] = installation.company.get("/_sandbox/requests").json()
    return [request for request in seen if datetime.fromisoformat(request["at"]) >= since]


@pytest.mark.accepts("F14")
def test_a_storm_of_refusals_fails_no_run_and_never_exceeds_the_limit(far: Installation) -> None:
    """Of four calls three are refused; the company would also refuse a third call at once."""
    began = datetime.now(UTC)
    far.policy("concurrency", "2")
    far.fault("rate_limit", "create_invoice", times=REFUSALS)
    deals = won(far, DEALS)
    all_succeed(far, deals)
    refused = [request for request in traffic(far, began) if request["status"] == 429]
    assert len(refused) == REFUSALS
    assert {request["fault"] for request in refused} == {"rate_limit"}


@pytest.mark.accepts("F15")
def test_an_outage_is_looked_at_by_one_call_at_a_time_and_then_everything_goes_on(
    far: Installation,
) -> None:
    far.policy("concurrency", "0")
    far.fault("unavailable_503", "*", times=NEVER_ENDING)
    deals = won(far, DEALS)
    far.until(lambda: are_waiting(far, deals), "every run says that it waits for Intacct")
    began = datetime.now(UTC)
    far.until(lambda: len(traffic(far, began)) >= PROBES, "some calls have looked")
    looked_at = [datetime.fromisoformat(request["at"]) for request in traffic(far, began)]
    took = looked_at[-1] - looked_at[0]
    # One more than fits, since a call may be under way for a while before it is written down.
    assert len(looked_at) - 1 <= took / timedelta(seconds=PROBE_SECONDS) + 1
    far.end_faults()
    all_succeed(far, deals)


def are_waiting(installation: Installation, deals: list[str]) -> bool:
    runs = [run for deal in deals for run in installation.runs_for(deal)]
    return len(runs) == len(deals) and all(
        run.line.state == "waiting" and "aiting for Intacct" in run.line.title for run in runs
    )


@pytest.mark.accepts("F15")
def test_what_waited_for_an_outage_is_done_in_the_order_it_came(far: Installation) -> None:
    """One call at a time, so that the books show the order in which runs got through.

    Sixteen are in hand at once and race for it, and whoever looked whether Intacct is back is
    ahead; without any order runs would be twenty places away from theirs on average.
    """
    change_books(far, concurrency=1)
    far.policy("concurrency", "0")
    far.fault("unavailable_503", "*", times=NEVER_ENDING)
    first = won(far, LINE // 2)
    far.until(lambda: are_waiting(far, first), "the first ones wait for Intacct")
    deals = [*first, *won(far, LINE - len(first))]
    far.until(lambda: are_waiting(far, deals), "every run waits for Intacct")
    far.end_faults()
    all_succeed(far, deals)
    places = {f"HS-{deal}": place for place, deal in enumerate(deals)}
    made = [places[item.id] for item in checker.created(far) if item.id in places]
    away = [abs(place - turn) for turn, place in enumerate(made)]
    assert sum(away) / LINE <= MOST_AWAY, made


@pytest.mark.accepts("F22")
def test_fifty_runs_under_a_changed_password_try_it_once(far: Installation) -> None:
    """Five wrong passwords in a row lock the user out; nobody may spend them by trying."""
    far.policy("auth_lockout", "5")
    change_books(far, userPassword="changed-in-intacct")
    far.company.post("/_sandbox/sessions/expire", json={}).raise_for_status()
    began = datetime.now(UTC)
    deals = won(far, FIFTY)
    far.until(lambda: have_been_tried(far, deals), "every run has been tried")
    assert sign_ins(far, began) == 1
    run = next(run for run in map(far.runs_for, deals) if run[-1].line.state == "failed")[-1]
    assert "password" in run.error["title"]
    change_books(far, userPassword=sandbox.USER_PASSWORD)
    paused = sa.select(tables.workflow.c.name).where(tables.workflow.c.paused_at.is_not(None))
    for row in far.rows(paused):
        done = far.command("workflow", "resume", row.name)
        assert done.returncode == 0, done.stderr
    (retried,) = far.runs_for(str(run.input["deal"]["id"]))
    done = far.command("runs", "retry", retried.line.id)
    assert done.returncode == 0, done.stderr
    all_succeed(far, [str(run.input["deal"]["id"])])
    assert sign_ins(far, began) == 2


def have_been_tried(installation: Installation, deals: list[str]) -> bool:
    found = installation.states_of(deals)
    return found.total() == len(deals) and not found.keys() - {"failed", "paused"}


def sign_ins(installation: Installation, since: datetime) -> int:
    """Return how often somebody has tried to sign in to the company."""
    seen = traffic(installation, since)
    return sum("getAPISession" in request["functions"] for request in seen)


@pytest.mark.accepts("F36")
@pytest.mark.parametrize("offset", ["3600", "-3600"])
def test_a_worker_with_a_wrong_clock_leaves_the_work_to_others(
    installation: Installation, offset: str
) -> None:
    """What it would claim it would hold for an hour too long, or not at all."""
    installation.until(
        lambda: installation.machine.supervisor.is_alive("worker"), "the others are there"
    )
    for name in ("worker", "quarantine"):
        installation.kill(name)
    skewed = Worker(installation, f"skewed{offset}", INTACCT_CLOCK_OFFSET_SECONDS=offset)
    try:
        deal_id = installation.new_deal()
        installation.move(deal_id, deliver=False)
        installation.events_of([deal_id])
        skewed.until_it_says("clock")
        assert installation.invoices(deal_id) == []
        run = installation.run_in(deal_id, "succeeded")  # brings the others back
        assert run.line.state == "succeeded"
        assert len(installation.invoices(deal_id)) == 1
    finally:
        skewed.signal(signal.SIGKILL)
        skewed.stop()

"""An Intacct that refuses, is away or is asked by a worker with a wrong clock: work waits."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support import checker
from tests.support.far_company import far_installation
from tests.support.installation import Installation
from tests.support.workers import Worker

pytestmark = pytest.mark.slow
DEALS = 15
REFUSALS = 45
PROBE_SECONDS = 2
PROBES = 5
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


def traffic(installation: Installation) -> list[dict[str, Any]]:
    """Return the last requests to the company, oldest first."""
    seen: list[dict[str, Any]] = installation.company.get("/_sandbox/requests").json()
    return seen


@pytest.mark.accepts("F14")
def test_a_storm_of_refusals_fails_no_run_and_never_exceeds_the_limit(far: Installation) -> None:
    """Of four calls three are refused; the company would also refuse a third call at once."""
    far.policy("concurrency", "2")
    far.fault("rate_limit", "create_invoice", times=REFUSALS)
    deals = won(far, DEALS)
    all_succeed(far, deals)
    refused = [request for request in traffic(far) if request["status"] == 429]
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
    known = len(traffic(far))
    far.until(lambda: len(traffic(far)) >= known + PROBES, "some calls have looked")
    looked_at = [datetime.fromisoformat(request["at"]) for request in traffic(far)[known:]]
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

"""F41: a second click, a second submission, a resent form: one new attempt, and a pointer to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from connector.operations import pausing
from connector.runtime.bells import make_broker
from connector.runtime.services import Services, open_services
from connector.store import tables

if TYPE_CHECKING:
    import subprocess

    from tests.support.installation import Installation

NAME = "HubSpot deal to invoice"


def twice(
    installation: Installation, *arguments: str
) -> tuple[subprocess.CompletedProcess[str], subprocess.CompletedProcess[str]]:
    """Do the same in two processes at once; return the one that was let through, and the other."""
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: installation.command(*arguments), range(2)))
    passed, refused = sorted(done, key=lambda one: one.returncode)
    said = [(one.returncode, one.stdout, one.stderr) for one in done]
    assert (passed.returncode, refused.returncode) == (0, 2), said
    return passed, refused


@pytest.fixture(scope="module")
def services(installation: Installation) -> Iterator[Services]:
    """A way into the installation that takes no new process."""
    found = open_services(installation.machine.settings, make_broker("memory://", 15.0))
    yield found
    found.database.close()


@pytest.fixture
def failed(installation: Installation, services: Services) -> Sequence[tuple[str, str]]:
    """Let two deals fail for a closed period, hold the workflow, and open the period again.

    What is started while the workflow is held stays at its beginning, so that both clicks meet it
    there however slow the machine is.
    """
    installation.policy("books_closed_through", "2027-12-31")
    deals = [installation.new_deal() for _ in range(2)]
    for deal in deals:
        installation.move(deal)
    found = [(deal, installation.run_in(deal, "failed").line.id) for deal in deals]
    installation.policy("books_closed_through", "2024-12-31")
    pausing.pause(services, NAME, actor="ada")
    return found


@pytest.mark.accepts("F41")
def test_two_clicks_make_one_attempt_and_the_second_is_shown_the_first(
    installation: Installation, services: Services, failed: Sequence[tuple[str, str]]
) -> None:
    (retried, retried_run), (replayed, replayed_run) = failed
    _, refused = twice(installation, "runs", "retry", retried_run)
    assert f"look at the run {retried_run}" in refused.stderr
    passed, refused = twice(installation, "runs", "replay", replayed_run)
    (new,) = installation.rows(sa.select(tables.run).where(tables.run.c.replay_of == replayed_run))
    assert new.id in passed.stdout
    assert f"Look at the run {new.id}" in refused.stderr
    pausing.resume(services, NAME, actor="ada")
    installation.run_in(retried, "succeeded")
    state = sa.select(tables.run.c.state).where(tables.run.c.id == new.id)
    installation.until(lambda: installation.rows(state) == [("succeeded",)], "the replay is done")
    for deal in (retried, replayed):
        assert len(installation.invoices(deal)) == 1


@pytest.mark.accepts("F41")
def test_a_plan_submitted_twice_is_carried_out_once(
    installation: Installation, services: Services, failed: Sequence[tuple[str, str]]
) -> None:
    run_ids = [run_id for _, run_id in failed]
    planned = installation.command("replay", "plan", "--json", *run_ids)
    assert planned.returncode == 0, planned.stderr
    plan = json.loads(planned.stdout)
    assert plan["forecasts"] == {"will write": 2}
    passed, refused = twice(installation, "replay", "execute", plan["id"])
    assert "2 runs are tried again" in passed.stdout
    assert "started already" in refused.stderr
    assert f"intacct replay show {plan['id']}" in refused.stderr
    pausing.resume(services, NAME, actor="ada")
    for deal, run_id in failed:
        run = installation.run_in(deal, "succeeded")
        assert run.line.id == run_id
        assert len(installation.invoices(deal)) == 1

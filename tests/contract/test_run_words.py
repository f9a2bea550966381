"""What the rows of a run say after each attempt; several words share a statement."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.component import Context, Event
from connector.errors import Unreachable
from connector.runtime import runs
from connector.runtime.advance import advance
from connector.store import clock, tables
from tests.support.office import WORKFLOW, Books, Office, office

INVOICE = WORKFLOW.partition("steps:\n")[2]
TWICE = WORKFLOW + INVOICE.replace("id: invoice", "id: another").replace(
    '"{{ input.number }}"', "\"{{ input.number + '-2' }}\""
)


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Iterator[Office]:
    with office(url, tmp_path, Books()) as found:
        yield found


def test_a_run_is_not_taken_before_its_time(desk: Office) -> None:
    """Waits are rows: whoever rings too early must be sent away."""
    run_id = desk.order("early")
    later = tables.run.update().where(tables.run.c.id == run_id)
    desk.execute(later.values(not_before=clock.NOW + 60_000))
    advance(desk.services, desk.heartbeats, run_id)
    row = desk.run(run_id)
    assert (row.state, row.epoch, row.attempts) == (runs.QUEUED, 0, 0)


def test_a_run_of_a_silent_worker_is_taken_when_its_lease_has_ended(desk: Office) -> None:
    """Not earlier: the worker may only be slow."""
    run_id = desk.order("silent")
    mine = tables.run.c.id == run_id
    assert runs.claim(desk.database, run_id, "dead", 60_000) is not None
    assert runs.claim(desk.database, run_id, "heir", 60_000) is None
    desk.execute(tables.run.update().where(mine).values(lease_until=clock.NOW - 1))
    heir = runs.claim(desk.database, run_id, "heir", 60_000)
    assert heir is not None
    assert (heir.epoch, heir.row.epoch, heir.row.attempts, heir.row.owner) == (2, 2, 2, "heir")


def test_a_run_says_when_it_began_and_when_it_ended(desk: Office) -> None:
    """The first attempt begins it; only a final state ends it."""
    reachable = desk.services.__dict__["http"]
    run_id = desk.order("timed")
    desk.services.__dict__["http"] = desk.unreachable()
    waiting = desk.work(run_id)
    assert waiting.state == runs.WAITING
    assert waiting.finished_at is None
    assert waiting.not_before > waiting.started_at
    desk.services.__dict__["http"] = reachable
    ended = desk.work(run_id)
    assert ended.started_at == waiting.started_at
    assert ended.finished_at >= ended.started_at
    assert (ended.owner, ended.lease_until, ended.attempts) == (None, None, 0)


def test_a_run_counts_each_call_of_all_its_steps_once(url: str, tmp_path: Path) -> None:
    """The sum travels with the next word about the run."""
    with office(url, tmp_path, Books(), TWICE) as desk:
        row = desk.work(desk.order("twice"))
        assert row.state == runs.SUCCEEDED, row.error
        assert row.api_transactions == len(desk.effects("succeeded")) == 2


def test_a_trigger_that_failed_before_is_shown_as_done(desk: Office) -> None:
    """Its row says what went wrong; once it went right it must not say so any more."""
    given = desk.services.registry
    broken = dataclasses.replace(given.trigger("hubspot.deal"), enrich=_fail)
    desk.services.__dict__["registry"] = dataclasses.replace(
        given, triggers={"hubspot.deal": broken}
    )
    run_id = desk.order("fetched")
    assert desk.work(run_id).state == runs.WAITING
    assert _trigger_of(desk, run_id).state == runs.WAITING
    desk.services.__dict__["registry"] = given
    assert desk.work(run_id).state == runs.SUCCEEDED
    row = _trigger_of(desk, run_id)
    assert (row.state, row.error) == (runs.SUCCEEDED, None)
    assert row.finished_at is not None


def _fail(_context: Context, _event: Event, _config: Any) -> Any:
    raise Unreachable("HubSpot does not answer.")


def _trigger_of(desk: Office, run_id: str) -> Any:
    wanted = sa.select(tables.step).where(
        tables.step.c.run_id == run_id, tables.step.c.path == runs.TRIGGER_PATH
    )
    return desk.database.read(lambda c: c.execute(wanted).one())

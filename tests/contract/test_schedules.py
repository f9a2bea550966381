"""Schedules: one run for each slot, whoever rings."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.runtime import polling, sweeper, workflows
from connector.runtime.bells import POLL
from connector.store import Database, clock, from_json, tables
from tests.support.polls import Watch

MINUTE = 60_000


@pytest.fixture
def watch(database: Database, tmp_path: Path) -> Watch:
    return Watch(database, tmp_path)


def schedule(watch: Watch, config: str = "{everyMinutes: 60}") -> str:
    workflow_id = watch.publish(f"{{type: schedule, config: {config}}}")
    watch.adopt()
    return workflow_id


def make_late(watch: Watch, workflow_id: str, by_minutes: int) -> int:
    """Set the clock of a schedule so that it was due a while ago; return that slot."""
    slot = int(watch.row(workflow_id).due_at) - by_minutes * MINUTE
    slot -= 60 * MINUTE
    watch.execute(
        tables.poll.update().where(tables.poll.c.workflow_id == workflow_id).values(due_at=slot)
    )
    return slot


def slots(watch: Watch) -> list[str]:
    return [str(from_json(row.input)["scheduledAt"]) for row in watch.runs()]


def test_first_slot_lies_after_publishing(watch: Watch) -> None:
    row = watch.row(schedule(watch))
    assert 0 < row.due_at - row.since <= 60 * MINUTE
    polling.take(watch.services, row.workflow_id)
    assert watch.runs() == []


def test_two_beats_fire_a_slot_once(watch: Watch) -> None:
    workflow_id = schedule(watch)
    make_late(watch, workflow_id, 0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: polling.take(watch.services, workflow_id), range(8)))
    assert len(watch.runs()) == 1


def test_slot_that_was_fired_is_not_fired_again_after_the_row_was_set_back(watch: Watch) -> None:
    workflow_id = schedule(watch)
    slot = make_late(watch, workflow_id, 0)
    for _ in range(2):
        watch.execute(tables.poll.update().values(due_at=slot, lease_until=None))
        polling.take(watch.services, workflow_id)
    assert len(watch.runs()) == 1


@pytest.mark.parametrize(("policy", "count"), [("skip", 0), ("latest", 1), ("all", 4)])
def test_missed_slots_are_treated_as_configured(watch: Watch, policy: str, count: int) -> None:
    workflow_id = schedule(watch, f"{{cron: '0 * * * *', missed: {policy}}}")
    # Three hours ago and not just now, so that the newest slot is no slot on time.
    now = watch.database.read(clock.now_ms)
    newest = now // (60 * MINUTE) * 60 * MINUTE
    if now - newest < 3 * MINUTE:
        newest -= 60 * MINUTE
        count += {"skip": 1, "latest": 0, "all": 1}[policy]
    watch.execute(tables.poll.update().values(due_at=newest - 180 * MINUTE))
    polling.take(watch.services, workflow_id)
    assert len(watch.runs()) == count
    assert watch.row(workflow_id).due_at > now


def test_run_knows_its_slot(watch: Watch) -> None:
    workflow_id = schedule(watch, "{cron: '30 7 * * *', timeZone: Asia/Kolkata, missed: all}")
    slot = int(watch.row(workflow_id).due_at) - 24 * 60 * MINUTE
    watch.execute(tables.poll.update().values(due_at=slot))
    polling.take(watch.services, workflow_id)
    (run,) = watch.runs()
    given = from_json(run.input)
    assert (given["time"], given["timeZone"]) == ("07:30", "Asia/Kolkata")
    assert given["scheduledAt"].endswith("T07:30:00+05:30")


def test_sweep_rings_ahead_so_that_a_slot_is_on_time(watch: Watch) -> None:
    workflow_id = schedule(watch)
    now = watch.database.read(clock.now_ms)
    watch.execute(tables.poll.update().values(due_at=now + 10_000))
    sweeper.sweep(watch.services)
    (rung,) = [heard for heard in watch.bells.heard if heard[0] == POLL]
    assert rung[1] == workflow_id
    assert 5 < rung[2] <= 10


def test_unpublished_schedule_rests_and_owes_nothing_afterwards(watch: Watch) -> None:
    workflow_id = schedule(watch)
    make_late(watch, workflow_id, 600)
    watch.execute(tables.workflow.update().values(published_version=None))
    watch.adopt()
    assert watch.row(workflow_id).due_at is None
    schedule(watch)
    assert watch.row(workflow_id).due_at > watch.row(workflow_id).since
    polling.take(watch.services, workflow_id)
    assert watch.runs() == []


def test_new_steps_leave_the_beat_alone_and_new_times_start_anew(watch: Watch) -> None:
    workflow_id = schedule(watch)
    slot = make_late(watch, workflow_id, 0)
    changed = watch.definition("{type: schedule, config: {everyMinutes: 60}}", "Anew.")
    workflows.publish(watch.database, changed, actor="test")
    watch.adopt()
    assert (watch.row(workflow_id).version, watch.row(workflow_id).due_at) == (2, slot)
    schedule(watch, "{everyMinutes: 7}")
    assert watch.row(workflow_id).due_at > slot


def test_schedule_that_cannot_be_read_starts_nothing_and_stops_nobody(watch: Watch) -> None:
    bad = watch.publish("{type: schedule, config: {cron: 0 0 31 2 *}}", "Never")
    good = schedule(watch)
    assert watch.row(bad).due_at is None
    assert watch.row(good).due_at


def test_workflows_of_other_triggers_are_not_asked_again_and_again(watch: Watch) -> None:
    watch.publish("{type: hubspot.deal, connection: hubspot}")
    watch.adopt()
    statements: list[Any] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    sa.event.listen(sa.engine.Engine, "before_cursor_execute", note)
    try:
        watch.adopt()
    finally:
        sa.event.remove(sa.engine.Engine, "before_cursor_execute", note)
    assert not [text for text in statements if text.lstrip().upper().startswith(("INS", "UPD"))]

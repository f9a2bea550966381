"""Schedules: every slot of a timetable starts one run, whoever rings and however often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from connector.component import Event
from connector.component.polling import TimedTrigger, settings_of
from connector.component.timetable import MINUTE_MS, Timetable
from connector.errors import NotFound
from connector.runtime import poll_findings, poll_rows, workflows
from connector.runtime.bells import ADVANCE_RUN, EFFECTS
from connector.runtime.services import Services
from connector.store import clock
from connector.store.tables import poll

# Ringing late by this much is nobody's downtime.
ON_TIME_MS = 2 * MINUTE_MS
MOST_AT_ONCE = 100  # slots made up for in one go; the rest follows at once
SKIP, LATEST, ALL = "skip", "latest", "all"


@dataclass(frozen=True)
class Plan:
    """What a schedule does now.

    Args:
        slots: The moments it fires for, in milliseconds since 1970.
        missed: How many earlier ones it leaves out.
        next_at: When it is due again; None for never.
    """

    slots: tuple[int, ...]
    missed: int
    next_at: int | None


def plan(timetable: Timetable, policy: str, due_at: int, now_ms: int) -> Plan:
    """Return which slots from ``due_at`` up to now fire, by the policy for missed ones.

    A slot is missed once it is two minutes old: ``skip`` leaves such slots out, ``latest`` fires
    for the newest slot alone, ``all`` fires for every one, oldest first.
    """
    slots: list[int] = []
    missed = 0
    moment: int | None = due_at
    coming = timetable.firings(due_at)
    while moment is not None and moment <= now_ms:
        if policy == ALL and len(slots) == MOST_AT_ONCE:
            return Plan(tuple(slots), 0, moment)
        if policy == LATEST and slots:
            slots.clear()
            missed += 1
        if policy == SKIP and moment < now_ms - ON_TIME_MS:
            missed += 1
        else:
            slots.append(moment)
        moment = next(coming, None)
    return Plan(tuple(slots), missed, moment)


def fire(services: Services, workflow_id: str) -> int:
    """Fire what is due of a workflow's schedule and return how many runs that started."""
    lease_ms = int(services.settings.run_lease_seconds * 1000)
    claimed = poll_rows.claim(services.database, workflow_id, lease_ms)
    if claimed is None:
        return 0
    wanted = claimed.published.definition.trigger
    trigger = services.registry.trigger(wanted.type)
    config = settings_of(trigger, wanted.config)
    timetable = Timetable.of(config)
    found = plan(timetable, config["missed"], claimed.row.due_at, claimed.now_ms)
    events = [_event(timetable, found, slot, claimed.now_ms) for slot in found.slots]

    def write(connection: sa.Connection) -> list[str]:
        note = f"{found.missed} slots were missed and left out." if found.missed else ""
        now = clock.now_ms(connection)
        values = {"due_at": found.next_at, "lease_until": None, "polled_at": now, "note": note}
        poll_rows.change(connection, claimed, values)
        return poll_findings.start_runs(connection, claimed, "", trigger.key, events)

    try:
        started = services.database.write(write)
    except poll_rows.LostPoll:
        return 0
    for run_id in started:
        services.bells.ring(ADVANCE_RUN, run_id, EFFECTS)
    return len(started)


def next_firings(trigger: TimedTrigger, config: dict[str, Any], after_ms: int) -> list[str]:
    """Return the next five moments a schedule with these settings fires, in its own zone.

    Raises:
        InputError: The settings are no schedule.
    """
    return Timetable.of(settings_of(trigger, config)).next_firings(after_ms)


def coming(services: Services, name: str) -> list[str]:
    """Return when a published workflow looks next: five moments of a schedule, one of a poll.

    Moments are ISO text, a schedule's in its own zone, a poll's in UTC; none where the workflow
    is told by others.

    Raises:
        NotFound: No published workflow has that name.
    """
    published = services.database.read(lambda c: workflows.published_named(c, name.strip()))
    if published is None:
        raise NotFound(
            f"There is no published workflow named {name}.",
            advice="'intacct workflow list' names them.",
        )
    wanted = published.definition.trigger
    trigger = services.registry.trigger(wanted.type)
    now = services.database.read(clock.now_ms)
    if isinstance(trigger, TimedTrigger):
        return next_firings(trigger, wanted.config, now)
    due = sa.select(poll.c.due_at).where(poll.c.workflow_id == published.workflow_id)
    moment = services.database.read(lambda c: c.execute(due).scalar_one_or_none())
    if moment is None:
        return []
    at = datetime.fromtimestamp(max(moment, now) / 1000, UTC)
    return [at.isoformat(timespec="seconds")]


def _event(timetable: Timetable, found: Plan, slot: int, now_ms: int) -> Event:
    local = timetable.local(slot)
    return Event(
        id=str(slot),
        type="schedule.fired",
        data={
            "scheduledAt": local,
            "date": local[:10],
            "time": local[11:16],
            "timeZone": timetable.zone.key,
            "startedAt": timetable.local(now_ms),
            "isLate": slot < now_ms - ON_TIME_MS,
            "missed": found.missed,
            "following": next(iter(timetable.next_firings(slot, 1)), ""),
        },
        occurred_at=slot,
    )

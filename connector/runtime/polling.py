"""Polls: asks companies what has changed, step by step, each step committed as a whole."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.component import Context
from connector.component.polling import (
    Answer,
    Asking,
    PollingTrigger,
    TimedTrigger,
    settings_of,
)
from connector.connections.store import ConnectionRow
from connector.errors import ConnectorError, Unavailable
from connector.runtime import meter as metering
from connector.runtime import poll_findings, poll_rows, schedules
from connector.runtime.bells import ADVANCE_RUN, EFFECTS, POLL, ROUTE_EVENT, TRIGGERS
from connector.runtime.effects import Intent, SqlEffects
from connector.runtime.limits import Caller, Priority
from connector.runtime.meter import StepMeter
from connector.runtime.poll_findings import Remembered
from connector.runtime.poll_rows import Claimed
from connector.runtime.services import EVENTS, Services
from connector.runtime.stretch import Stretch
from connector.store import clock
from connector.store.json_text import to_json
from connector.store.problems import StoreUnavailable
from connector.store.tables import poll

LOG = logging.getLogger(__name__)

_MINUTE_MS = 60_000
_LEASE_MS = 5 * _MINUTE_MS  # longer than one step with its two minutes for a call
_LONGEST_PAUSE_MS = 60 * _MINUTE_MS
_HINT_PAUSE_MS = 5_000  # what arrives within that time is read with one question
MOST_RUNG = 500  # runs rung for at once; the sweeper rings for the rest in the same order
_MOST_STEPS = 200  # of one message; then others have their turn


def take(services: Services, workflow_id: str) -> int:
    """Do what is due for a workflow that starts by itself; return how many runs it started."""
    published = services.database.read(lambda c: poll_rows.published_of(c, workflow_id))
    kind = published and services.registry.triggers.get(published.definition.trigger.type)
    if isinstance(kind, TimedTrigger):
        return schedules.fire(services, workflow_id)
    if isinstance(kind, PollingTrigger):
        return ask(services, kind, workflow_id)
    return 0


def ask(services: Services, trigger: PollingTrigger, workflow_id: str) -> int:
    """Poll for one workflow until the trigger has no more to ask; return how many runs started.

    Nothing a step found counts before it is committed with the place to go on from, so a worker
    that dies leaves the step to be taken again and no run started twice.
    """
    claimed = poll_rows.claim(services.database, workflow_id, _LEASE_MS)
    if claimed is None:
        return 0
    try:
        return _Poll(services, trigger, claimed).go()
    except poll_rows.LostPoll:
        LOG.info("The poll of workflow %s goes on in another worker.", workflow_id)
    except StoreUnavailable:
        raise  # the lease ends by itself, and the step is taken again
    except ConnectorError as error:
        _put_off(services, claimed, trigger, error)
    return 0


def hint(services: Services, name: int | str) -> None:
    """Make the polls due that a delivery concerns, and ring for them once it is kept.

    Never raises: a poll that hears nothing asks by its own timer.
    """
    try:
        found = poll_rows.hurry(services.database, Stretch.of(name), _HINT_PAUSE_MS)
    except StoreUnavailable as error:
        LOG.warning("The polls wait for their timers: %s", error.title)
        return
    for workflow_id in found:
        services.bells.ring(POLL, workflow_id, TRIGGERS, in_seconds=_HINT_PAUSE_MS / 1000)


@dataclass
class _Poll:
    """One claimed poll."""

    services: Services
    trigger: PollingTrigger
    claimed: Claimed

    def go(self) -> int:
        wanted = self.claimed.published.definition.trigger
        config = settings_of(self.trigger, wanted.config)
        source = self.services.connection_named(wanted.connection)
        company = self._company_of(source)
        meter = StepMeter()
        state = self.claimed.state
        context = self._context(company, meter, state)
        started = 0
        for count in range(_MOST_STEPS):
            answer = self.trigger.ask(self._asking(context, company, source, config, state))
            is_last = answer.is_done or count == _MOST_STEPS - 1
            started += self._keep(answer, company, config, meter, is_last=is_last)
            state = dict(answer.state)
            if answer.is_done:
                break
        return started

    def _due_at(self, moment: int) -> sa.ColumnElement[int]:
        """Return when to ask again: earlier where something arrived meanwhile."""
        hurried = poll.c.due_at > self.claimed.row.due_at
        return sa.case((hurried, poll.c.due_at), else_=moment)

    def _company_of(self, source: ConnectionRow) -> ConnectionRow:
        if source.kind != EVENTS:
            return source
        return self.services.connection_named(self.services.connections.open(source)["company"])

    def _context(
        self, company: ConnectionRow, meter: StepMeter, state: Mapping[str, Any]
    ) -> Context:
        published = self.claimed.published
        actor = f"workflow/{published.workflow_id}@{published.version}"
        intent = Intent(company.id, scope=published.workflow_id, once="")
        ledger = SqlEffects(self.services.database, intent, self.services.patience, actor=actor)
        # A first look over everything must not stand in the way of anybody's work.
        priority = Priority.BACKFILL if state.get("is_backfill") else Priority.AUTOMATION
        caller = Caller(company.id, priority=priority)
        return self.services.open_context(company, ledger, meter, caller=caller)

    def _asking(
        self,
        context: Context,
        company: ConnectionRow,
        source: ConnectionRow,
        config: Mapping[str, Any],
        state: Mapping[str, Any],
    ) -> Asking:
        sources = ((source.id, "intacct.event"), (company.id, "intacct.queue"))
        database = self.services.database
        return Asking(
            ctx=context,
            config=config,
            state=state,
            memory=Remembered(database, self.claimed.workflow_id, sources),
            now_ms=database.read(clock.now_ms),
            since_ms=int(self.claimed.row.since),
            user_id=str(self.services.connections.open(company).get("userId") or ""),
        )

    def _keep(
        self,
        answer: Answer,
        company: ConnectionRow,
        config: Mapping[str, Any],
        meter: StepMeter,
        *,
        is_last: bool,
    ) -> int:
        """Commit a step as a whole, then ring for what it started."""
        calls = meter.take()

        def write(connection: sa.Connection) -> tuple[list[str], list[int]]:
            now = clock.now_ms(connection)
            values: dict[str, Any] = {
                "state": to_json(dict(answer.state)),
                "lease_until": now + _LEASE_MS,
                "failures": 0,
                "problem": None,
                "polled_at": now,
            }
            if answer.note or answer.is_done:
                values["note"] = answer.note
            if is_last:
                pause = int(config["everyMinutes"]) * _MINUTE_MS if answer.is_done else 0
                values |= {"lease_until": None, "due_at": self._due_at(now + pause)}
            poll_rows.change(connection, self.claimed, values)
            poll_findings.remember(connection, self.claimed.workflow_id, answer.seen)
            poll_findings.forget(connection, self.claimed.workflow_id, answer.forgotten)
            metering.keep(connection, company.id, calls)
            key = self.trigger.key
            runs = poll_findings.start_runs(
                connection, self.claimed, company.id, key, answer.events
            )
            # What a queue gave is kept as the queue's, whichever trigger emptied it.
            given = poll_findings.deliver(connection, company.id, "intacct.queue", answer.delivered)
            return runs, given

        started, delivered = self.services.database.write(write)
        for run_id in started[:MOST_RUNG]:
            self.services.bells.ring(ADVANCE_RUN, run_id, EFFECTS)
        for number in delivered:
            self.services.bells.ring(ROUTE_EVENT, number, TRIGGERS)
        if answer.note:
            LOG.warning("Workflow %s: %s", self.claimed.workflow_id, answer.note)
        return len(started)


def _put_off(
    services: Services, claimed: Claimed, trigger: PollingTrigger, error: ConnectorError
) -> None:
    """Let a poll that failed wait, longer each time; the person sees why."""
    failures = int(claimed.row.failures) + 1
    pause = min(_MINUTE_MS * 2 ** min(failures - 1, 6), _LONGEST_PAUSE_MS)
    if isinstance(error, Unavailable) and error.retry_after:
        pause = max(pause, int(error.retry_after * 1000))
    problem = {"title": error.title, "advice": error.advice, "field": error.field}
    LOG.warning("The poll %s of %s failed: %s", trigger.key, claimed.workflow_id, error.title)

    def write(connection: sa.Connection) -> None:
        values = {
            "failures": failures,
            "problem": to_json(problem),
            "lease_until": None,
            "due_at": clock.now_ms(connection) + pause,
        }
        poll_rows.change(connection, claimed, values)

    try:
        services.database.write(write)
    except poll_rows.LostPoll:
        LOG.info("The poll of workflow %s goes on in another worker.", claimed.workflow_id)

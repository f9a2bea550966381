"""Carries a run forward: fetch the event, then step after step until it ends or has to wait."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from connector.component import Event
from connector.errors import Busy, ConnectorError
from connector.runtime import outcomes, pauses, runs, workflows
from connector.runtime.bells import ADVANCE_RUN, EFFECTS
from connector.runtime.children import FAILURE_BLOCK, start_after_failure
from connector.runtime.effects import SqlEffects
from connector.runtime.inbox import event_of
from connector.runtime.intents import Intent
from connector.runtime.journal import Change, Journal
from connector.runtime.kinds import TAKERS
from connector.runtime.meter import StepMeter
from connector.runtime.outcomes import Outcome
from connector.runtime.services import Services
from connector.runtime.situations import Situation, inside
from connector.runtime.walk import Walk, failure_of
from connector.runtime.workflows import Published
from connector.store.json_text import from_json, to_json
from connector.store.problems import StoreUnavailable
from connector.workflow import engine

LOG = logging.getLogger(__name__)


def advance(services: Services, heartbeats: runs.Heartbeats, run_id: str) -> None:
    """Claim the run and carry it as far as it goes; does nothing when it is not due."""
    lease_ms = int(services.settings.run_lease_seconds * 1000)
    claim = runs.claim(services.database, run_id, services.owner, lease_ms)
    if claim is None:
        return
    try:
        with heartbeats.keeping(claim):
            outcome, woken = _Attempt(services, claim).carry()
    except runs.LostRun:
        LOG.info("Run %s goes on in another worker.", run_id)
        return
    for other in woken:
        services.bells.ring(ADVANCE_RUN, other, EFFECTS)
    if outcome.state == runs.WAITING and run_id not in woken:
        _ring_again(services, run_id, outcome)


def _ring_again(services: Services, run_id: str, outcome: Outcome) -> None:
    """Ring when the run's wait is over; who stands in a company's line is rung from there."""
    if outcome.queue and outcome.wait_ms:
        if services.circuits and not services.circuits.is_waiting(outcome.queue, run_id):
            services.wake([run_id])  # the outage ended while the run was still in our hands
            return
        services.bells.ring(ADVANCE_RUN, run_id, EFFECTS, in_seconds=outcome.wait_ms / 1000)
        return
    if outcome.queue and services.leases and services.leases.is_waiting(outcome.queue, run_id):
        return
    # Not in line any more: the bell rang while the run was still in our hands.
    seconds = outcome.wait_ms / 1000
    services.bells.ring(ADVANCE_RUN, run_id, EFFECTS, in_seconds=seconds)


class _Attempt:
    """One claimed attempt of one run."""

    def __init__(self, services: Services, claim: runs.Claim) -> None:
        self._services = services
        self._claim = claim
        self._database = services.database
        self._journal = Journal(services.database, claim)
        self._situation: Situation | None = None

    @cached_property
    def _published(self) -> Published:
        # Not read before the deaths are counted: a version that cannot be read ends its run, too.
        row = self._claim.row
        return workflows.pinned(self._database, row.workflow_id, row.version)

    def carry(self) -> tuple[Outcome, list[str]]:
        """Go as far as possible, write down how it ended, and return whom to ring for, too."""
        outcome = self._work()
        after = self._after_failure(outcome)
        woken = self._journal.finish(outcome, after and after[1])
        pauses.consider(self._database, self._claim.row, outcome)
        return outcome, [*woken, *([after[0]] if after else [])]

    def _work(self) -> Outcome:
        if self._claim.row.attempts > runs.MOST_DEATHS:
            return outcomes.of_deaths()
        try:
            return self._cancelled() or self._paused() or self._run()
        except (StoreUnavailable, runs.LostRun):
            raise  # what cannot be written down stays as it is until the lease ends
        except ConnectorError as error:
            kept = self._steps().get(runs.TRIGGER_PATH)
            return self._failed(error, runs.TRIGGER_PATH, kept)
        except Exception as error:  # noqa: BLE001 - a run always ends in a state people can see
            return outcomes.of_mistake(error, self._claim.run_id)

    def _cancelled(self) -> Outcome | None:
        """Return the end of a run that was cancelled, once the outcome of its writes is known."""
        who = self._claim.row.cancelled_by
        if not who:
            return None
        run_id = self._claim.run_id
        if self._database.read(lambda c: runs.has_unsettled(c, run_id)):
            note = {"title": f"{who} cancelled this run; the outcome of its write is looked up."}
            return Outcome(runs.UNCERTAIN, error=note, wait_ms=outcomes.UNCERTAIN_WAIT_MS)
        return outcomes.of_cancel(who)

    def _paused(self) -> Outcome | None:
        """Return the rest of a run whose workflow is paused, once its writes are settled.

        What the workflow does after a failure is done all the same: it tells people.
        """
        row = self._claim.row
        if row.paused_at is None or row.block == FAILURE_BLOCK:
            return None
        if self._database.read(lambda c: runs.has_unsettled(c, row.id)):
            note = {"title": "The workflow is paused; the outcome of a write is looked up."}
            return Outcome(runs.UNCERTAIN, error=note, wait_ms=outcomes.UNCERTAIN_WAIT_MS)
        return outcomes.of_pause(self._database.read(lambda c: pauses.reason(c, row.workflow_id)))

    def _run(self) -> Outcome:
        situation = self._place()
        if isinstance(situation, Outcome):
            return situation
        self._situation = situation
        steps = self._steps()
        return Walk(
            self._services, self._claim, self._journal, situation, steps, takers=TAKERS
        ).go()

    def _place(self) -> Situation | Outcome:
        """Return where the run stands, or its end where there is nothing to do."""
        if self._claim.row.parent_id:
            return inside(self._database, self._published, self._claim.row)
        event, filled = self._input()
        if filled is None:
            note = {"title": "The record no longer fits what this workflow waits for."}
            return Outcome(runs.SKIPPED, error=note)
        definition = self._published.definition
        once = engine.resolve_once(definition, filled) or event.id
        earlier = self._journal.keep_input(self._published.workflow_id, filled, once)
        if earlier is not None and not self._claim.row.replay_of:
            output = from_json(earlier.output) if earlier.output else None
            return Outcome(runs.DUPLICATE, output=output, duplicate_of=earlier.id)
        return Situation(self._published, definition.steps, filled, once)

    def _steps(self) -> dict[str, sa.Row[Any]]:
        if self._claim.epoch == 1:
            return {}  # nobody has had this run before
        return self._database.read(lambda c: runs.steps_of(c, self._claim.run_id))

    def _input(self) -> tuple[Event, Mapping[str, Any] | None]:
        """Return the event and what the workflow sees of it, fetched once and kept."""
        row = self._database.read(lambda c: runs.event_row(c, self._claim.row))
        first = self._claim.row.replay_of or self._claim.run_id
        event = event_of(row) if row is not None else Event(first, "", {})
        if self._claim.input is not None:
            return event, self._claim.input
        wanted = self._published.definition.trigger
        trigger = self._services.registry.trigger(wanted.type)
        source = self._services.connection_named(wanted.connection)
        ledger = self._trigger_ledger(source.id)
        context = self._services.open_context(source, ledger, StepMeter())
        filled = trigger.enrich(context, event, trigger.form.check(wanted.config))
        return event, None if filled is None else from_json(to_json(dict(filled)))

    def _trigger_ledger(self, connection_id: str) -> SqlEffects:
        intent = Intent(connection_id, scope=self._published.workflow_id, once="")
        actor = f"workflow/{self._published.workflow_id}@{self._published.version}"
        return SqlEffects(self._database, intent, self._services.patience, actor=actor)

    def _failed(self, error: ConnectorError, path: str, kept: sa.Row[Any] | None) -> Outcome:
        """Return what an error before the first step means for the run, and note it."""
        before = int(kept.attempts) if kept is not None else 0
        outcome = outcomes.of_error(error, path, before + 1)
        # Waiting for a slot of our own making spends no attempt.
        spent = before if isinstance(error, Busy) else before + 1
        self._journal.fail(path, outcome, spent)
        return outcome

    def _after_failure(self, outcome: Outcome) -> tuple[str, Change] | None:
        """Return the run that the workflow wants after a failure, if it wants one."""
        row = self._claim.row
        is_item = row.parent_id and (row.item_number is not None or row.block == FAILURE_BLOCK)
        if outcome.state not in {runs.FAILED, runs.PARKED} or is_item:
            return None
        try:
            definition = self._published.definition
        except ConnectorError:
            return None  # the version cannot be read, which is why the run failed
        if not definition.on_failure:
            return None
        run_id = str(uuid.uuid4())
        once = self._situation.once if self._situation else row.once or ""
        failure = failure_of(outcome.error or {}, self._claim.run_id, definition.name, once)
        return run_id, lambda c: start_after_failure(c, self._claim, run_id, failure)

"""Carries a run forward: fetch the event, then step after step until it ends or has to wait."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from connector.component import Event
from connector.errors import Busy, ConnectorError
from connector.runtime import outcomes, runs, workflows
from connector.runtime.bells import ADVANCE_RUN, EFFECTS
from connector.runtime.effects import Intent, SqlEffects
from connector.runtime.inbox import event_of
from connector.runtime.journal import Journal
from connector.runtime.meter import StepMeter
from connector.runtime.outcomes import Outcome
from connector.runtime.services import Services
from connector.runtime.workflows import Published
from connector.store.json_text import from_json, to_json
from connector.store.problems import StoreUnavailable
from connector.store.tables import inbox
from connector.workflow import engine
from connector.workflow.model import Step

LOG = logging.getLogger(__name__)


def advance(services: Services, heartbeats: runs.Heartbeats, run_id: str) -> None:
    """Claim the run and carry it as far as it goes; does nothing when it is not due."""
    lease_ms = int(services.settings.run_lease_seconds * 1000)
    claim = runs.claim(services.database, run_id, services.owner, lease_ms)
    if claim is None:
        return
    try:
        with heartbeats.keeping(claim):
            outcome = _Attempt(services, claim).carry()
    except runs.LostRun:
        LOG.info("Run %s goes on in another worker.", run_id)
        return
    if outcome.state == runs.WAITING:
        _ring_again(services, run_id, outcome)


def _ring_again(services: Services, run_id: str, outcome: Outcome) -> None:
    """Ring when the run's wait is over; who stands in a company's line is rung from there."""
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
        self._once = ""

    @cached_property
    def _published(self) -> Published:
        # Not read before the deaths are counted: a version that cannot be read ends its run, too.
        row = self._claim.row
        return self._database.read(
            lambda connection: workflows.version(connection, row.workflow_id, row.version)
        )

    def carry(self) -> Outcome:
        """Go as far as possible and write down how it ended."""
        outcome = self._work()
        self._journal.finish(outcome)
        return outcome

    def _work(self) -> Outcome:
        if self._claim.row.attempts >= runs.MOST_DEATHS:
            return outcomes.of_deaths()
        try:
            return self._run()
        except (StoreUnavailable, runs.LostRun):
            raise  # what cannot be written down stays as it is until the lease ends
        except ConnectorError as error:
            kept = self._steps().get(runs.TRIGGER_PATH)
            return self._failed(error, runs.TRIGGER_PATH, kept)
        except Exception as error:  # noqa: BLE001 - a run always ends in a state people can see
            return outcomes.of_mistake(error, self._claim.run_id)

    def _run(self) -> Outcome:
        event, filled = self._input()
        if filled is None:
            note = {"title": "The record no longer fits what this workflow waits for."}
            return Outcome(runs.SKIPPED, error=note)
        self._once = engine.resolve_once(self._published.definition, filled) or event.id
        earlier = self._journal.keep_input(self._published.workflow_id, filled, self._once)
        if earlier is not None:
            output = from_json(earlier.output) if earlier.output else None
            return Outcome(runs.DUPLICATE, output=output, duplicate_of=earlier.id)
        outputs: dict[str, Any] = {}
        steps = self._steps()
        for item in self._published.definition.steps:
            kept = steps.get(item.id)
            if kept is not None and kept.state == runs.SUCCEEDED:
                outputs[item.id] = from_json(kept.output)
                continue
            try:
                outputs[item.id] = self._step(item, filled, outputs, kept)
            except StoreUnavailable:
                raise
            except ConnectorError as error:
                return self._failed(error, item.id, kept)
        return Outcome(runs.SUCCEEDED, output=outputs)

    def _steps(self) -> dict[str, sa.Row[Any]]:
        return self._database.read(lambda c: runs.steps_of(c, self._claim.run_id))

    def _input(self) -> tuple[Event, Mapping[str, Any] | None]:
        """Return the event and what the workflow sees of it, fetched once and kept."""
        row = self._database.read(
            lambda c: c.execute(
                sa.select(inbox).where(inbox.c.id == self._claim.row.inbox_id)
            ).one()
        )
        event = event_of(row)
        if self._claim.input is not None:
            return event, self._claim.input
        wanted = self._published.definition.trigger
        trigger = self._services.registry.trigger(wanted.type)
        source = self._services.connection_named(wanted.connection)
        ledger = self._ledger(source.id, runs.TRIGGER_PATH)
        context = self._services.open_context(source, ledger, StepMeter())
        filled = trigger.enrich(context, event, trigger.form.check(wanted.config))
        return event, None if filled is None else from_json(to_json(dict(filled)))

    def _step(
        self,
        item: Step,
        filled: Mapping[str, Any],
        outputs: Mapping[str, Any],
        kept: sa.Row[Any] | None,
    ) -> Any:
        action = self._services.registry.action(item.type)
        inputs = engine.resolve_config(self._published.definition, item, filled, outputs)
        source = self._services.connection_named(item.connection)
        self._journal.start(item.id, inputs, kept)
        meter = StepMeter()
        context = self._services.open_context(
            source, self._ledger(source.id, item.id), meter, waiter=self._claim.run_id
        )
        try:
            output = action.run(context, inputs)
        finally:
            self._journal.count(source.id, meter.take())
        self._journal.succeed(item.id, output)
        return output

    def _ledger(self, connection_id: str, path: str) -> SqlEffects:
        intent = Intent(
            connection_id, scope=self._published.workflow_id, once=self._once, step=path
        )
        return SqlEffects(
            self._database,
            intent,
            self._services.patience,
            actor=f"workflow/{self._published.workflow_id}@{self._published.version}",
            run_id=self._claim.run_id,
            step_path=path,
        )

    def _failed(self, error: ConnectorError, path: str, kept: sa.Row[Any] | None) -> Outcome:
        """Return what an error means for the run, and note it with its step."""
        before = int(kept.attempts) if kept is not None else 0
        outcome = outcomes.of_error(error, path, before + 1)
        # Waiting for a slot of our own making spends no attempt.
        spent = before if isinstance(error, Busy) else before + 1
        self._journal.fail(path, outcome, spent)
        return outcome

"""Carries a run forward: fetch the event, then step after step until it ends or has to wait."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from connector.component import Event
from connector.errors import Busy, ConnectorError
from connector.runtime import meter as metering
from connector.runtime import outcomes, runs, workflows
from connector.runtime.bells import ADVANCE_RUN, EFFECTS
from connector.runtime.effects import Intent, SqlEffects
from connector.runtime.inbox import event_of
from connector.runtime.meter import StepMeter
from connector.runtime.outcomes import Outcome
from connector.runtime.services import Services
from connector.runtime.workflows import Published
from connector.store import clock
from connector.store.insert import insert_once
from connector.store.json_text import from_json, to_json
from connector.store.problems import StoreUnavailable
from connector.store.tables import inbox, run, step
from connector.workflow import engine
from connector.workflow.model import Step

LOG = logging.getLogger(__name__)

TRIGGER_PATH = "(trigger)"  # no step can have this id


def advance(services: Services, heartbeats: runs.Heartbeats, run_id: str) -> None:
    """Claim the run and carry it as far as it goes; does nothing when it is not due."""
    lease_ms = int(services.settings.run_lease_seconds * 1000)
    claim = runs.claim(services.database, run_id, services.owner, lease_ms)
    if claim is None:
        return
    try:
        with heartbeats.keeping(claim):
            outcome = _Attempt(services, claim).work()
            services.database.write(lambda connection: _end(connection, claim, outcome))
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


def _end(connection: sa.Connection, claim: runs.Claim, outcome: Outcome) -> None:
    runs.finish(
        connection,
        claim,
        outcome.state,
        wait_ms=outcome.wait_ms,
        output=outcome.output,
        error=outcome.error,
        duplicate_of=outcome.duplicate_of,
    )


class _Attempt:
    """One claimed attempt of one run."""

    def __init__(self, services: Services, claim: runs.Claim) -> None:
        self._services = services
        self._claim = claim
        self._database = services.database
        self._once = ""

    @cached_property
    def _published(self) -> Published:
        # Not read before the deaths are counted: a version that cannot be read ends its run, too.
        row = self._claim.row
        return self._database.read(
            lambda connection: workflows.version(connection, row.workflow_id, row.version)
        )

    def work(self) -> Outcome:
        if self._claim.row.attempts >= runs.MOST_DEATHS:
            return outcomes.of_deaths()
        try:
            return self._work()
        except (StoreUnavailable, runs.LostRun):
            raise  # what cannot be written down stays as it is until the lease ends
        except ConnectorError as error:
            return self._outcome_of(error, TRIGGER_PATH)
        except Exception as error:  # noqa: BLE001 - a run always ends in a state people can see
            return outcomes.of_mistake(error, self._claim.run_id)

    def _work(self) -> Outcome:
        event, filled = self._input()
        if filled is None:
            note = {"title": "The record no longer fits what this workflow waits for."}
            return Outcome(runs.SKIPPED, error=note)
        self._once = engine.resolve_once(self._published.definition, filled) or event.id
        earlier = self._keep_input(filled)
        if earlier is not None:
            return Outcome(
                runs.DUPLICATE, output=_maybe_json(earlier.output), duplicate_of=earlier.id
            )
        outputs: dict[str, Any] = {}
        done = self._database.read(lambda c: runs.steps_of(c, self._claim.run_id))
        for item in self._published.definition.steps:
            kept = done.get(item.id)
            if kept is not None and kept.state == runs.SUCCEEDED:
                outputs[item.id] = from_json(kept.output)
                continue
            try:
                outputs[item.id] = self._step(item, filled, outputs)
            except StoreUnavailable:
                raise
            except ConnectorError as error:
                return self._outcome_of(error, item.id)
        return Outcome(runs.SUCCEEDED, output=outputs)

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
        ledger = self._ledger(source.id, TRIGGER_PATH)
        context = self._services.open_context(source, ledger, StepMeter())
        filled = trigger.enrich(context, event, trigger.form.check(wanted.config))
        return event, None if filled is None else from_json(to_json(dict(filled)))

    def _keep_input(self, filled: Mapping[str, Any]) -> sa.Row[Any] | None:
        """Keep input and business key; return an earlier run that already did the work."""

        def keep(connection: sa.Connection) -> sa.Row[Any] | None:
            runs.write_in(
                connection, self._claim, {"input": to_json(dict(filled)), "once": self._once}
            )
            # There only if fetching the event had failed before.
            connection.execute(
                step.update()
                .where(step.c.run_id == self._claim.run_id, step.c.path == TRIGGER_PATH)
                .values(state=runs.SUCCEEDED, error=None, finished_at=clock.now_ms(connection))
            )
            return connection.execute(
                sa.select(run)
                .where(
                    run.c.workflow_id == self._published.workflow_id,
                    run.c.once == self._once,
                    run.c.state == runs.SUCCEEDED,
                    run.c.id != self._claim.run_id,
                )
                .limit(1)
            ).one_or_none()

        return self._database.write(keep)

    def _step(self, item: Step, filled: Mapping[str, Any], outputs: Mapping[str, Any]) -> Any:
        action = self._services.registry.action(item.type)
        inputs = engine.resolve_config(self._published.definition, item, filled, outputs)
        source = self._services.connection_named(item.connection)
        self._database.write(lambda c: self._start(c, item.id, inputs))
        meter = StepMeter()
        context = self._services.open_context(
            source, self._ledger(source.id, item.id), meter, waiter=self._claim.run_id
        )
        output: Any = None
        try:
            output = action.run(context, inputs)
        finally:
            self._database.write(lambda c: self._stop(c, item.id, source.id, meter, output))
        return output

    def _start(self, connection: sa.Connection, path: str, inputs: Any) -> None:
        runs.write_in(connection, self._claim, {"owner": self._services.owner})
        now = clock.now_ms(connection)
        key = {"run_id": self._claim.run_id, "path": path}
        values = {"state": runs.RUNNING, "inputs": to_json(inputs), "error": None}
        first = {**key, **values, "attempts": 1, "started_at": now}
        if not insert_once(connection, step, first):
            connection.execute(
                step.update()
                .where(step.c.run_id == self._claim.run_id, step.c.path == path)
                .values(**values, attempts=step.c.attempts + 1)
            )

    def _stop(
        self,
        connection: sa.Connection,
        path: str,
        connection_id: str,
        meter: StepMeter,
        output: Any,
    ) -> None:
        calls = meter.take()
        metering.keep(connection, connection_id, calls)
        used = metering.transactions(calls)
        runs.write_in(connection, self._claim, {"api_transactions": run.c.api_transactions + used})
        if output is not None:
            connection.execute(
                step.update()
                .where(step.c.run_id == self._claim.run_id, step.c.path == path)
                .values(
                    state=runs.SUCCEEDED,
                    output=to_json(output),
                    finished_at=clock.now_ms(connection),
                )
            )

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

    def _outcome_of(self, error: ConnectorError, path: str) -> Outcome:
        """Return what an error means for the run, and keep it with its step."""
        row = self._database.read(lambda c: runs.steps_of(c, self._claim.run_id)).get(path)
        attempts = row.attempts if row else 0
        if row is None or path == TRIGGER_PATH:
            attempts += 1  # it failed before anybody noted that it had begun
        outcome = outcomes.of_error(error, path, attempts)
        # Waiting for a slot of our own making spends no attempt.
        spent = attempts - 1 if isinstance(error, Busy) else attempts
        self._database.write(lambda c: self._keep_failure(c, path, outcome, spent))
        return outcome

    def _keep_failure(
        self, connection: sa.Connection, path: str, outcome: Outcome, attempts: int
    ) -> None:
        runs.write_in(connection, self._claim, {"owner": self._services.owner})
        values = {
            "state": outcome.state,
            "error": to_json(dict(outcome.error or {})),
            "attempts": attempts,
        }
        first = {"run_id": self._claim.run_id, "path": path, "started_at": clock.now_ms(connection)}
        if not insert_once(connection, step, {**first, **values}):
            connection.execute(
                step.update()
                .where(step.c.run_id == self._claim.run_id, step.c.path == path)
                .values(**values)
            )


def _maybe_json(text: str | None) -> Any:
    return from_json(text) if text else None

"""Goes through the steps of a run: one after the other, into branches, past allowed failures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa

from connector.errors import (
    Busy,
    ConnectorError,
    OutcomeUnknown,
    Refused,
    Unavailable,
)
from connector.runtime import outcomes, runs
from connector.runtime.journal import Journal
from connector.runtime.outcomes import Ended, Outcome
from connector.runtime.runs import Claim
from connector.runtime.services import Services
from connector.runtime.situations import Situation
from connector.store.json_text import from_json, to_json
from connector.store.problems import StoreUnavailable
from connector.workflow import engine
from connector.workflow import steps as kinds
from connector.workflow.engine import Scene
from connector.workflow.steps import Step

Outputs = dict[str, Any]
More = Mapping[str, Any]
T = TypeVar("T")

_FAILURE_FIELDS = ("step", "type", "title", "advice", "field", "code", "supportId")


class InnerFailure(ConnectorError):
    """Runs inside a step failed; those that succeeded stay as they are.

    Args:
        output: The step's result, for a workflow that goes on.
    """

    default_advice = "Correct the cause and retry the run: only what failed is tried again."

    def __init__(self, title: str, output: Mapping[str, Any], advice: str = "") -> None:
        super().__init__(title, advice=advice)
        self.output = output


# What may be different another time; wrong inputs and refused sign-ins stay what they are.
_WORTH_ANOTHER_TRY = (Refused, Unavailable, OutcomeUnknown, InnerFailure)


@dataclass
class Walk:
    """One attempt's way through its steps.

    Args:
        services: What the process holds open.
        claim: The run.
        journal: Where it is written down.
        situation: Its steps and what they see.
        kept: The steps' rows as they were when the attempt began.
        takers: What takes a step, by its kind, ``action`` for all actions.
    """

    services: Services
    claim: Claim
    journal: Journal
    situation: Situation
    kept: Mapping[str, sa.Row[Any]]
    takers: Mapping[str, Take]
    approved: dict[str, str] = field(default_factory=dict)  # inputs by step, as fingerprints
    has_passed: bool = False

    def go(self) -> Outcome:
        """Go as far as possible and return how it ended."""
        outputs: Outputs = {}
        try:
            self._block(self.situation.steps, outputs, {})
        except Ended as ended:
            return ended.outcome
        state = runs.PARTIAL if self.has_passed else runs.SUCCEEDED
        own = {step.id: outputs[step.id] for step in self.situation.steps}
        return Outcome(state, output=own)

    def _block(self, steps: tuple[Step, ...], outputs: Outputs, more: More) -> Any:
        """Take the steps of a block; return what the last one gave."""
        last: Any = None
        for step in steps:
            row = self.kept.get(step.id)
            if row is not None and row.state in {runs.SUCCEEDED, runs.PASSED}:
                last = from_json(row.output)
                self.has_passed = self.has_passed or row.state == runs.PASSED
            else:
                last = self._tried(step, outputs, more, row)
            outputs[step.id] = last
            if step.type == kinds.APPROVAL:
                self.approved.update(last.get("covered", {}))
        return last

    def _tried(self, step: Step, outputs: Outputs, more: More, row: sa.Row[Any] | None) -> Any:
        if row is not None and row.state == runs.BRANCHING:
            return self._branch(step, outputs, more, from_json(row.error))
        try:
            return self._taken(step, outputs, more, row)
        except StoreUnavailable:
            raise
        except ConnectorError as error:
            return self._failed(step, error, outputs, more, row)

    def _taken(self, step: Step, outputs: Outputs, more: More, row: sa.Row[Any] | None) -> Any:
        scene = self.situation.scene(outputs, more)
        if step.type == kinds.SWITCH:
            case = self.in_step(step, lambda: engine.chosen(step, scene))
            result = self._block(case.steps, outputs, more)
            return self.done(step, {"case": case.name, "result": result})
        take = self.takers["action" if step.is_action else step.type]
        return take(self, step, scene, row)

    def in_step(self, step: Step, work: Callable[[], T]) -> T:
        """Return what the work returns; what is wrong with its data names the step."""
        found: T = engine.in_step(self.situation.definition, step, work)
        return found

    def done(self, step: Step, output: Any) -> Any:
        """Note that a step without effects is done; return its output."""
        self.journal.note(step.id, {"state": runs.SUCCEEDED, "output": to_json(output)})
        return output

    def _failed(
        self,
        step: Step,
        error: ConnectorError,
        outputs: Outputs,
        more: More,
        row: sa.Row[Any] | None,
    ) -> Any:
        """Do what the step's rule says about its failure, or end the attempt."""
        before, retries = (int(row.attempts), int(row.retries)) if row is not None else (0, 0)
        outcome = outcomes.of_error(error, step.id, before + 1)
        # Waiting for a slot of our own making spends no attempt.
        spent = before if isinstance(error, Busy) else before + 1
        rule = step.on_error
        if outcome.state != runs.FAILED:
            self._end(step, outcome, spent, retries)
        if retries < rule.retries and isinstance(error, _WORTH_ANOTHER_TRY):
            wait_ms = kinds.duration_ms(rule.wait)
            again = Outcome(runs.WAITING, error=outcome.error, wait_ms=wait_ms)
            self._end(step, again, 0, retries + 1)
        if rule.then == kinds.STOP:
            self._end(step, outcome, spent, retries)
        described = dict(outcome.error or {})
        if rule.then == kinds.BRANCH:
            # From here on the step itself is not tried again, whatever the branch waits for.
            self.journal.fail(step.id, Outcome(runs.BRANCHING, error=described), spent, retries)
            self.journal.write_now()
            return self._branch(step, outputs, more, described)
        output = getattr(error, "output", {})
        return self._passed(step, {"failed": True, "error": described, **output}, attempts=spent)

    def _end(self, step: Step, outcome: Outcome, attempts: int, retries: int) -> None:
        self.journal.fail(step.id, outcome, attempts, retries)
        raise Ended(outcome)

    def _branch(self, step: Step, outputs: Outputs, more: More, described: Outputs) -> Any:
        name = self.situation.definition.name
        self.has_passed = True
        failure = failure_of(described, self.claim.run_id, name, self.situation.once)
        last = self._block(step.on_error.steps, outputs, {**more, "failure": failure})
        return self._passed(step, {"failed": True, "error": described, "result": last})

    def _passed(self, step: Step, output: Outputs, **more: int) -> Any:
        self.has_passed = True
        texts = {"output": to_json(output), "error": to_json(output["error"])}
        self.journal.note(step.id, {"state": runs.PASSED, **texts, **more})
        return output

    def check_cancelled(self) -> None:
        """Stop before the next effect where somebody asked for the end of the run.

        Raises:
            Ended: They did.
        """
        run_id = self.claim.run_id
        who = self.services.database.read(lambda c: runs.cancelled_by(c, run_id))
        if who:
            raise Ended(outcomes.of_cancel(who))


Take = Callable[[Walk, Step, Scene, sa.Row[Any] | None], Any]


def failure_of(
    described: Mapping[str, Any], run_id: str, workflow: str, once: str
) -> dict[str, Any]:
    """Return what expressions call ``failure``: every field is there, if only as empty text."""
    failure = {name: str(described.get(name, "")) for name in _FAILURE_FIELDS}
    return {**failure, "runId": run_id, "workflow": workflow, "event": once}

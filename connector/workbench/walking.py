"""Goes through the steps of a workflow as a run would, and notes what each of them would do."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from connector.errors import ConnectorError, InputError
from connector.runtime import workflows
from connector.runtime.situations import called_once
from connector.runtime.walk import InnerFailure, failure_of
from connector.store.problems import StoreUnavailable
from connector.workbench.placeholders import ALL, Assumptions
from connector.workbench.report import State, Trail, Verdict
from connector.workbench.stage import MOST_REPORTS, Frame, Notes, Stage
from connector.workbench.taking import TAKERS, assume_unforeseen
from connector.workflow import engine
from connector.workflow import steps as kinds
from connector.workflow.engine import Item, Scene
from connector.workflow.steps import Step
from connector.workflow.validation import CALLED, DEEPEST_CALL

# What the hash of a rehearsal takes from a report beside its writes.
_DECISIVE = (kinds.APPROVAL, kinds.SWITCH)

Outputs = dict[str, Any]
More = Mapping[str, Any]


class Stopped(Exception):
    """The run would end here."""

    def __init__(self, verdict: Verdict, sentence: str) -> None:
        super().__init__(verdict)
        self.verdict = verdict
        self.sentence = sentence


class Walker:
    """One run's way, rehearsed.

    Args:
        stage: What all steps share.
        frame: Where the run stands.
    """

    def __init__(self, stage: Stage, frame: Frame) -> None:
        self._stage = stage
        self._frame = frame
        self.has_passed = False

    def block(self, steps: tuple[Step, ...], outputs: Outputs, more: More) -> Any:
        """Rehearse the steps of a block; return what the last one would give.

        Raises:
            Stopped: The run would end at one of them.
        """
        last: Any = None
        for step in steps:
            last = outputs[step.id] = self.take(step, outputs, more)
        return last

    def take(self, step: Step, outputs: Outputs, more: More) -> Any:
        """Rehearse one step and return what later steps would be given.

        Raises:
            Stopped: The run would end here.
        """
        notes, place = Notes(), len(self._stage.reports)
        scene = self._frame.scene(outputs, more)
        try:
            self._taken(step, scene, outputs, more, notes)
        except StoreUnavailable:
            raise
        except ConnectorError as error:
            if not self._is_unforeseen(step, error, notes):
                return self._failed(step, error, notes, place, outputs, more)
            assume_unforeseen(self._stage, step, notes, error)
        self._report(step, notes, place)
        if notes.state is State.SKIPPED:
            raise Stopped(Verdict.SKIPPED, f"'{step.label}': {notes.sentence}")
        return notes.output

    def _is_unforeseen(self, step: Step, error: ConnectorError, notes: Notes) -> bool:
        """Say whether a step's expressions failed on what only an example says."""
        is_unresolved = isinstance(error, InputError) and notes.inputs is None
        return is_unresolved and self._frame.guesses.touch(step)

    def _taken(self, step: Step, scene: Scene, outputs: Outputs, more: More, notes: Notes) -> None:
        if step.type == kinds.SWITCH:
            self._switch(step, scene, outputs, more, notes)
        elif step.type == kinds.FOR_EACH:
            self._for_each(step, scene, notes)
        elif step.type == kinds.CALL:
            self._call(step, scene, notes)
        else:
            take = TAKERS["action" if step.is_action else step.type]
            take(self._stage, self._frame, step, scene, notes)

    def _report(
        self, step: Step, notes: Notes, place: int, error: Mapping[str, Any] | None = None
    ) -> None:
        """Put the report before those of the steps inside, and keep what is assumed."""
        report = notes.report(step, self._frame.trail, error)
        if not self._frame.is_shown and report.kind not in _DECISIVE:
            report = dataclasses.replace(report, inputs=None, output=None)
        self._stage.reports.insert(place, report)
        self._frame.doubts.note(step.id, notes.assumed)
        is_guess = notes.guessed or notes.pinned or (step.type == kinds.HTTP and notes.assumed)
        self._frame.guesses.note(step.id, (notes.assumed or ALL) if is_guess else ())

    def _failed(
        self,
        step: Step,
        error: ConnectorError,
        notes: Notes,
        place: int,
        outputs: Outputs,
        more: More,
    ) -> Any:
        described = {**error.describe(), "step": step.id}
        notes.sentence = error.title
        rule = step.on_error
        notes.state = State.FAILS if rule.then == kinds.STOP else State.PASSED
        if rule.then == kinds.STOP:
            self._report(step, notes, place, described)
            raise Stopped(Verdict.FAILS, error.title) from error
        self.has_passed = True
        notes.output = {"failed": True, "error": described, **getattr(error, "output", {})}
        if rule.then == kinds.BRANCH:
            frame = self._frame
            failure = failure_of(described, "", frame.definition.name, frame.once)
            last = self.block(rule.steps, outputs, {**more, "failure": failure})
            notes.output = {"failed": True, "error": described, "result": last}
        self._report(step, notes, place, described)
        return notes.output

    def _switch(self, step: Step, scene: Scene, outputs: Outputs, more: More, notes: Notes) -> None:
        case = engine.in_step(self._frame.definition, step, lambda: engine.chosen(step, scene))
        notes.guessed = self._frame.doubts.touch(step)
        notes.sentence = f"Takes the way '{case.name}'."
        result = self.block(case.steps, outputs, more)
        notes.output = {"case": case.name, "result": result}
        doubtful = bool(case.steps) and case.steps[-1].id in self._frame.doubts.outputs
        notes.assumed = ("result",) if doubtful else ()

    def _for_each(self, step: Step, scene: Scene, notes: Notes) -> None:
        frame, stage = self._frame, self._stage
        items = engine.in_step(frame.definition, step, lambda: engine.items_of(step, scene))
        notes.inputs = {"count": len(items)}
        notes.guessed = frame.doubts.touch(step)
        results: list[dict[str, Any]] = []
        for index, item in enumerate(items):
            if index >= stage.most_items or len(stage.reports) >= MOST_REPORTS:
                break
            inner = frame.at_item(step, item, index, scene, guessed=notes.guessed)
            results.append(self._item(step, item, inner))
        self._count(step, items, results, notes)

    def _item(self, step: Step, item: Item, inner: Frame) -> dict[str, Any]:
        walker, outputs = Walker(self._stage, inner), dict[str, Any]()
        try:
            result = walker.block(step.steps, outputs, {})
        except Stopped as stopped:
            is_failure = stopped.verdict is Verdict.FAILS
            state = "failed" if is_failure else "skipped"
            return {"key": item.key, "state": state, "result": None, "why": stopped.sentence}
        self.has_passed = self.has_passed or walker.has_passed
        doubtful = bool(step.steps) and step.steps[-1].id in inner.doubts.outputs
        return {"key": item.key, "state": "succeeded", "result": result, "doubtful": doubtful}

    def _count(
        self, step: Step, items: list[Item], results: list[dict[str, Any]], notes: Notes
    ) -> None:
        """Say what came of the items, those that were only counted among them."""
        rest = len(items) - len(results)
        failed = [each for each in results if each["state"] == "failed"]
        skipped = sum(each["state"] == "skipped" for each in results)
        shown = [{name: each[name] for name in ("key", "state", "result")} for each in results]
        counted = [
            {"key": item.key, "state": "not rehearsed", "result": None}
            for item in items[len(results) :]
        ]
        notes.output = {
            "count": len(items),
            "succeeded": len(items) - len(failed) - skipped,
            "skipped": skipped,
            "failed": len(failed),
            "items": [*shown, *counted],
        }
        notes.assumed = ("items",) if any(each.get("doubtful") for each in results) else ()
        notes.assumed = ("items", "succeeded", "skipped", "failed") if rest else notes.assumed
        notes.guessed = notes.guessed or bool(rest)
        notes.sentence = f"Goes through {len(items)} items."
        if rest:
            self._stage.remaining[step.id] = self._stage.remaining.get(step.id, 0) + rest
            notes.sentence += f" {len(results)} were rehearsed; {rest} more were only counted."
            notes.least, notes.most = self._cost_of_rest(step, len(results), rest)
        if failed:
            title = (
                f"{len(failed)} of {len(results)} items would fail; the first, "
                f"'{failed[0]['key']}': {failed[0]['why']}"
            )
            raise InnerFailure(title, notes.output)

    def _cost_of_rest(self, step: Step, rehearsed: int, rest: int) -> tuple[int, int]:
        """Return what items that were only counted would take, as those before them did."""
        depth = len(self._frame.trail.parts)
        before = (*self._frame.trail.parts, (step.id, ""))
        mine = [
            report
            for report in self._stage.reports
            if _is_inside(report.trail, before[:depth], step.id, depth)
        ]
        least, most = sum(r.least for r in mine), sum(r.most for r in mine)
        return least * rest // max(rehearsed, 1), -(-most * rest // max(rehearsed, 1))

    def _call(self, step: Step, scene: Scene, notes: Notes) -> None:
        frame, stage = self._frame, self._stage
        name, given = engine.in_step(frame.definition, step, lambda: engine.call_of(step, scene))
        notes.inputs = {"workflow": name, "input": given}
        notes.sentence = f"Calls the workflow '{name}'."
        inner = self._called(step, name, given)
        walker, outputs = Walker(stage, inner), dict[str, Any]()
        try:
            walker.block(inner.definition.steps, outputs, {})
        except Stopped as stopped:
            if stopped.verdict is Verdict.FAILS:
                title = f"The called workflow would not succeed: {stopped.sentence}"
                raise InnerFailure(title, {}) from stopped
            outputs = {}
        self.has_passed = self.has_passed or walker.has_passed
        notes.output = {"runId": "", "steps": outputs}
        notes.assumed = ("runId", "steps") if inner.doubts.outputs else ("runId",)
        notes.guessed = bool(inner.guesses.outputs)

    def _called(self, step: Step, name: str, given: Any) -> Frame:
        """Return the place of a called workflow, as it is published now."""
        frame, stage = self._frame, self._stage
        found = stage.services.database.read(lambda c: workflows.published_named(c, name))
        if found is None or found.definition.trigger.type != CALLED:
            raise InputError(
                f"There is no published workflow '{name}' that can be called.",
                advice=f"Publish one with the trigger {CALLED}.",
                field="workflow",
            )
        if frame.depth + 1 > DEEPEST_CALL:
            raise InputError(
                f"Workflows call each other more than {DEEPEST_CALL} deep.",
                advice="Check that none of them calls itself by way of another.",
                field="workflow",
            )
        stage.called[name] = found.fingerprint
        once = engine.resolve_once(found.definition, given)
        if not once and frame.is_keyed:
            once = called_once(frame.workflow_id, frame.once, frame.item, step.id)
        doubtful = frozenset({"input"}) if frame.doubts.touch(step) else frozenset[str]()
        guessed = frozenset({"input"}) if frame.guesses.touch(step) else frozenset[str]()
        return dataclasses.replace(
            frame,
            definition=found.definition,
            workflow_id=found.workflow_id,
            event=given,
            once=once,
            doubts=Assumptions(roots=doubtful),
            guesses=Assumptions(roots=guessed),
            item="-",
            outputs={},
            more={},
            trail=frame.trail.inside(step.id),
            depth=frame.depth + 1,
        )


def _is_inside(trail: Trail, before: tuple[tuple[str, str], ...], step: str, depth: int) -> bool:
    parts = trail.parts
    return len(parts) > depth and parts[:depth] == before and parts[depth][0] == step

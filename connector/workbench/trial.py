"""One step on sample data: decided, read or rendered, and sent only where somebody insists."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.component import Effect
from connector.errors import ConnectorError, InputError
from connector.runtime import meter as metering
from connector.runtime import web_steps
from connector.runtime.effects import SqlEffects
from connector.runtime.intents import OTHER_SERVICES, Intent
from connector.runtime.limits import Caller, Priority
from connector.runtime.meter import StepMeter
from connector.runtime.services import Services
from connector.workbench.duplicates import with_duplicates
from connector.workbench.placeholders import ALL, Assumptions
from connector.workbench.rehearsal import checked_event, id_of
from connector.workbench.report import State, StepReport
from connector.workbench.stage import Frame, Notes, Stage
from connector.workbench.taking import TAKERS, web_call
from connector.workflow import engine
from connector.workflow import steps as kinds
from connector.workflow.expressions import templates
from connector.workflow.model import Workflow
from connector.workflow.steps import Step

More = Mapping[str, Any]


@dataclass(frozen=True)
class StepTrial:
    """What came of trying one step.

    Args:
        report: What the step would do, or did.
        sent: Something was sent that may have changed a record.
        once: Names this sending; given back, it is never done twice.
        needs: What must be confirmed before the step is sent: the company ID, or the other
            service's host; empty for a step that changes nothing.
    """

    report: StepReport
    sent: bool
    once: str
    needs: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {
            "step": self.report.to_document(),
            "sent": self.sent,
            "once": self.once,
            "needs": self.needs,
        }


@dataclass(frozen=True)
class Sending:
    """That somebody wants a step really carried out.

    Args:
        confirmed: The company ID, or the other service's host, as the person typed it.
        actor: Who, for the audit trail.
        once: The name of an earlier sending, so that it is not done twice; empty for a new one.
    """

    confirmed: str
    actor: str
    once: str = ""


@dataclass(frozen=True)
class _Try:
    """One step in its surroundings."""

    services: Services
    frame: Frame
    step: Step
    samples: Mapping[str, Any]
    more: More


def try_step(
    services: Services,
    definition: Workflow,
    step_id: str,
    event: Any,
    samples: Mapping[str, Any],
    *,
    more: More | None = None,
    sending: Sending | None = None,
) -> StepTrial:
    """Try one step on sample data; a write is shown, and sent only where that is confirmed.

    What is sent is an effect of its own, not the workflow's: the workflow does not take it for
    its own work later.

    Args:
        services: What the process holds open.
        definition: The workflow, published or not.
        step_id: The step.
        event: What its expressions call ``input``.
        samples: Results of earlier steps, by the step's id.
        more: ``item`` for a step in a loop, ``failure`` for one after a failure.
        sending: Given where it is to be sent, with what a person confirmed.

    Raises:
        InputError: There is no such step, a sample is missing, or the confirmation is.
    """
    found = _set_up(services, definition, step_id, checked_event(event), samples, more or {})
    report, stage = _previewed(found)
    needs = _target(found, stage, report)
    if sending is None or report.state is State.FAILS or not needs:
        return StepTrial(report, sent=False, once="", needs=needs)
    if sending.confirmed.strip().casefold() != needs.casefold():
        raise InputError(
            f"Sending this step changes {needs}; that has to be confirmed.",
            advice=f"Type {needs} to confirm, or look at the preview only.",
            field="confirm",
        )
    named = dataclasses.replace(sending, once=sending.once or str(uuid.uuid4()))
    return StepTrial(_sent(found, report, named), sent=True, once=named.once, needs=needs)


def _set_up(
    services: Services,
    definition: Workflow,
    step_id: str,
    event: Any,
    samples: Mapping[str, Any],
    more: More,
) -> _Try:
    step = _step_of(definition, step_id)
    _check_samples(step, samples, more)
    workflow_id = services.database.read(lambda c: id_of(c, definition.name))
    guessed = Assumptions({name: ALL for name in samples if name != step_id})
    # Samples are taken at their word here: a person chose them to see what comes of them.
    frame = Frame(definition, workflow_id, event, "", guesses=guessed)
    return _Try(services, frame, step, samples, more)


def _step_of(definition: Workflow, step_id: str) -> Step:
    try:
        return definition.step(step_id)
    except KeyError:
        known = ", ".join(step.id for _, step in definition.every_step())
        raise InputError(
            f"There is no step '{step_id[:60]}'.", advice=f"There is: {known}.", field="step"
        ) from None


def _check_samples(step: Step, samples: Mapping[str, Any], more: More) -> None:
    """Refuse to try a step that names what nobody has given."""
    config = [step.config, *(case.when for case in step.cases)]
    for _, template in templates(config):
        for path in template.paths:
            is_step = path[0] == "steps" and len(path) > 1
            if is_step and path[1] not in samples:
                raise InputError(
                    f"There is no sample for the step '{path[1]}'.",
                    advice="Try that step first, or pin a result for it.",
                    field="samples",
                )
            is_key = step.type == kinds.FOR_EACH and path[0] == "item"
            if path[0] in {"item", "failure"} and path[0] not in more and not is_key:
                raise InputError(
                    f"The step names '{path[0]}', and there is no sample of it.",
                    advice="Give one item of the loop, or one failure, to try the step with.",
                    field=path[0],
                )


def _previewed(found: _Try) -> tuple[StepReport, Stage]:
    stage = Stage(found.services, dict(found.samples))
    notes, error = Notes(), None
    scene = found.frame.scene(found.samples, found.more)
    try:
        _take_alone(found, stage, scene, notes)
    except ConnectorError as problem:
        notes.state, notes.sentence = State.FAILS, problem.title
        error = {**problem.describe(), "step": found.step.id}
    stage.reports.append(notes.report(found.step, found.frame.trail, error))
    (report,) = with_duplicates(stage)
    stage.spend()
    return report, stage


def _take_alone(found: _Try, stage: Stage, scene: engine.Scene, notes: Notes) -> None:
    """Rehearse the step itself; what stands inside it has a trial of its own."""
    step, definition = found.step, found.frame.definition
    if step.type == kinds.SWITCH:
        case = engine.in_step(definition, step, lambda: engine.chosen(step, scene))
        notes.output = {"case": case.name}
        notes.sentence = f"Takes the way '{case.name}'."
    elif step.type == kinds.FOR_EACH:
        items = engine.in_step(definition, step, lambda: engine.items_of(step, scene))
        first = {"key": items[0].key, "value": items[0].value} if items else None
        notes.output = {"count": len(items), "first": first}
        notes.sentence = f"Goes through {len(items)} items."
    elif step.type == kinds.CALL:
        name, given = engine.in_step(definition, step, lambda: engine.call_of(step, scene))
        notes.inputs = {"workflow": name, "input": given}
        notes.sentence = f"Calls the workflow '{name}'."
    else:
        take = TAKERS["action" if step.is_action else step.type]
        take(stage, found.frame, step, scene, notes)


def _target(found: _Try, stage: Stage, report: StepReport) -> str:
    """Return whose records the step may change; empty where it changes none."""
    step = found.step
    if step.type == kinds.HTTP:
        return report.writes[0].company if report.writes else ""
    if not step.is_action:
        return ""
    if found.services.registry.action(step.type).effect is Effect.READ:
        return ""
    return stage.lookups(step.connection).books.company_id


def _sent(found: _Try, report: StepReport, sending: Sending) -> StepReport:
    notes = Notes(inputs=report.inputs)
    step, error = found.step, None
    meter = StepMeter()
    scene = found.frame.scene(found.samples, found.more)
    try:
        if step.type == kinds.HTTP:
            call = web_call(found.services, found.frame.definition, step, scene)
            ledger = _ledger(found, OTHER_SERVICES, sending)
            notes.output = web_steps.send(found.services, call, ledger)
        else:
            notes.output = _acted(found, scene, meter, sending)
        notes.sentence = "It was sent."
    except ConnectorError as problem:
        notes.state, notes.sentence = State.FAILS, problem.title
        error = {**problem.describe(), "step": step.id}
    return notes.report(step, found.frame.trail, error)


def _acted(found: _Try, scene: engine.Scene, meter: StepMeter, sending: Sending) -> Any:
    services, step = found.services, found.step
    source = services.connection_named(step.connection)
    inputs = engine.resolve_config(found.frame.definition, step, scene)
    caller = Caller(source.id, priority=Priority.INTERACTIVE)
    context = services.open_context(
        source, _ledger(found, source.id, sending), meter, caller=caller
    )
    try:
        return services.registry.action(step.type).run(context, inputs)
    finally:
        services.database.write(lambda c: metering.keep(c, source.id, meter.take()))


def _ledger(found: _Try, connection_id: str, sending: Sending) -> SqlEffects:
    scope = f"try/{found.frame.workflow_id or found.frame.definition.name}"
    intent = Intent(connection_id, scope=scope, once=sending.once, step=found.step.id)
    return SqlEffects(found.services.database, intent, found.services.patience, actor=sending.actor)

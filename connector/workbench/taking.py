"""How each kind of step is rehearsed: reads for real, writes up to the last moment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from connector.component import Action, Effect
from connector.errors import ConnectorError, InputError
from connector.intacct.operation import Operation, Verb
from connector.intacct.router import APIS
from connector.redaction import scrub
from connector.runtime import web_steps
from connector.runtime.intents import OTHER_SERVICES
from connector.runtime.services import Services
from connector.store import clock
from connector.store.json_text import from_json, to_json
from connector.workbench import placeholders
from connector.workbench.holding import held_write, web_write
from connector.workbench.lookups import Lookups
from connector.workbench.placeholders import ALL
from connector.workbench.report import State
from connector.workbench.stage import Frame, Notes, Stage
from connector.workbench.unsent import NothingIsSent, UnsentEffects
from connector.workflow import engine
from connector.workflow import steps as kinds
from connector.workflow.engine import Scene
from connector.workflow.model import Workflow
from connector.workflow.steps import Step
from connector.workflow.web_calls import WebCall

_UNKNOWN_ANSWER = {"status": 200, "headers": {}, "body": {}}
_NOT_ASKED = "It asks about something that only an earlier step would make, so it was not asked."


def take_action(stage: Stage, frame: Frame, step: Step, scene: Scene, notes: Notes) -> None:
    """Run an action that only reads; take one that writes up to its requests."""
    action = stage.services.registry.action(step.type)
    notes.inputs = engine.resolve_config(frame.definition, step, scene)
    lookups = stage.lookups(step.connection)
    is_doubtful = frame.doubts.touch(step)
    if is_doubtful and action.effect is Effect.READ:
        action.form.check(notes.inputs)
        _assume(stage, step, notes, dict(action.example), _NOT_ASKED)
        notes.least = notes.most = 1
        return
    ledger = UnsentEffects(stage.services.database, frame.intent(lookups.books.row.id, step))
    problem = _run(action, lookups, ledger, notes)
    reads = lookups.books.spend()
    for held in ledger.held:
        stage.stand_ins.update(_stand_ins(held.operation))
    notes.writes += [held_write(frame, step, held, lookups) for held in ledger.held]
    notes.spent = reads + lookups.books.spend()
    new = [write for write in notes.writes if write.is_new]
    notes.least = reads + sum(write.api in APIS for write in new)
    notes.most = notes.least + sum(_needs_read_back(write.operation) for write in new)
    if problem is not None:
        if not is_doubtful or not _rests_on_stand_in(problem, notes.inputs, stage, frame, step):
            raise problem
        title = f"It rests on what only an earlier step would make: {problem.title}"
        _assume(stage, step, notes, dict(action.example), title)
        return
    _judge(stage, step, notes, action)


def _run(
    action: Action, lookups: Lookups, ledger: UnsentEffects, notes: Notes
) -> ConnectorError | None:
    try:
        notes.output = action.run(lookups.books.context(ledger), notes.inputs)
    except NothingIsSent:
        return InputError(
            "This action sends many records in one request and cannot be rehearsed.",
            advice="Try it on a few records in the sandbox.",
        )
    except ConnectorError as error:
        return error
    return None


def _rests_on_stand_in(
    problem: ConnectorError, inputs: Mapping[str, Any], stage: Stage, frame: Frame, step: Step
) -> bool:
    """Say whether a step may only fail because of what is not known before the run.

    A rule that another input breaks is broken then, too.
    """
    if frame.guesses.touch(step) or not isinstance(problem, InputError) or not problem.field:
        return True
    name = re.split(r"[.\[]", problem.field)[0]
    return placeholders.holds(inputs.get(name), stage.stand_ins)


def _stand_ins(operation: Operation) -> tuple[str, str]:
    return placeholders.key_for(operation.op_key), placeholders.id_for(operation.op_key)


def _needs_read_back(operation: Operation | None) -> bool:
    """Say whether the reply to a write may lack the id that people know."""
    return operation is not None and operation.verb is Verb.CREATE and not operation.external_id


def _judge(stage: Stage, step: Step, notes: Notes, action: Action) -> None:
    """Say what the action would do, and which parts of its result are no truth."""
    new = [write for write in notes.writes if write.is_new]
    if not notes.writes:
        is_read = action.effect is Effect.READ
        notes.sentence = "Read from Intacct." if is_read else "There is nothing to write."
        return
    if not new:
        notes.state, notes.sentence = State.THERE, notes.writes[-1].known
        return
    notes.state = State.WRITES
    done = " and ".join(dict.fromkeys(write.words for write in new))
    notes.sentence = f"Would {done} in {new[0].company}."
    is_normal = notes.inputs.get("resultForm", "normal") == "normal"
    _use_sample(stage, step, notes)
    if not notes.pinned:
        found = placeholders.fields_with(notes.output, stage.stand_ins)
        notes.assumed = found if is_normal else ALL
        notes.output = notes.output if is_normal else dict(action.example)


def _use_sample(stage: Stage, step: Step, notes: Notes) -> None:
    if step.id in stage.samples:
        notes.output, notes.assumed, notes.pinned = stage.samples[step.id], ALL, True


def _assume(stage: Stage, step: Step, notes: Notes, example: Any, sentence: str) -> None:
    notes.state, notes.sentence = State.ASSUMED, sentence
    notes.output, notes.assumed = example, ALL
    notes.guessed = True
    _use_sample(stage, step, notes)


def assume_unforeseen(stage: Stage, step: Step, notes: Notes, error: ConnectorError) -> None:
    """Note that nobody can tell what a step does, since an earlier answer is not known yet."""
    example = stage.services.registry.action(step.type).example if step.is_action else {}
    sentence = f"What it does depends on an answer that is known only then: {error.title}"
    _assume(stage, step, notes, dict(example), sentence)


def take_filter(stage: Stage, frame: Frame, step: Step, scene: Scene, notes: Notes) -> None:
    """Decide whether the run goes on."""
    del stage
    is_wanted = engine.in_step(frame.definition, step, lambda: engine.is_wanted(step, scene))
    notes.output, notes.guessed = {}, frame.doubts.touch(step)
    notes.sentence = "The condition is met."
    if not is_wanted:
        notes.state = State.SKIPPED
        notes.sentence = "The condition is not met, so nothing more would be done."


def take_delay(stage: Stage, frame: Frame, step: Step, scene: Scene, notes: Notes) -> None:
    """Say how long the run would wait; the rehearsal does not."""
    now = stage.services.database.read(clock.now_ms)
    due = engine.in_step(frame.definition, step, lambda: engine.due_at(step, scene, now))
    until = datetime.fromtimestamp(due / 1000, UTC).isoformat(timespec="seconds")
    notes.output = {"until": until}
    notes.guessed = frame.guesses.touch(step)
    notes.sentence = f"{until} has come already."
    if due > now:
        notes.state, notes.sentence = State.WAITS, f"Would wait until {until}."


def take_approval(stage: Stage, frame: Frame, step: Step, scene: Scene, notes: Notes) -> None:
    """Say what somebody would be asked to approve; the rehearsal takes a yes for granted."""
    definition = frame.definition
    covered = {
        name: _inputs_of(stage, definition, name, scene) for name in step.config.get("covers", ())
    }
    request = engine.in_step(definition, step, lambda: engine.approval_of(step, scene, covered))
    notes.inputs = {
        "title": request.title,
        "payload": request.payload,
        "covers": dict(covered),
        "amount": request.amount,
        "approvals": request.needed,
    }
    frozen = {name: engine.fingerprint(inputs) for name, inputs in covered.items()}
    notes.output = {"approvedBy": [], "payload": request.payload, "covered": frozen}
    notes.guessed = frame.guesses.touch(step)
    notes.sentence = "The amount needs nobody's approval."
    if request.needed:
        notes.state, notes.assumed = State.ASKS, ("approvedBy",)
        notes.sentence = f"Would ask {request.needed} person(s) to approve '{request.title}'."


def _inputs_of(stage: Stage, definition: Workflow, step_id: str, scene: Scene) -> Any:
    step = definition.step(step_id)
    if step.type == kinds.HTTP:
        return from_json(web_call(stage.services, definition, step, scene).to_text())
    return engine.resolve_config(definition, step, scene)


def web_call(services: Services, definition: Workflow, step: Step, scene: Scene) -> WebCall:
    """Return the request of an http step.

    Raises:
        InputError: An expression fails; the title names the step.
    """
    found: WebCall = engine.in_step(
        definition, step, lambda: web_steps.call_of(services, step, scene)
    )
    return found


def take_http(stage: Stage, frame: Frame, step: Step, scene: Scene, notes: Notes) -> None:
    """Carry out a request that only reads; take another one up to the moment it would leave."""
    call = web_call(stage.services, frame.definition, step, scene)
    notes.inputs = from_json(scrub(call.to_text()))
    if not call.is_write and frame.doubts.touch(step):
        _assume(stage, step, notes, dict(_UNKNOWN_ANSWER), _NOT_ASKED)
        return
    ledger = UnsentEffects(stage.services.database, frame.intent(OTHER_SERVICES, step), to_json({}))
    notes.output = web_steps.send(stage.services, call, ledger)
    notes.sentence = f"Answered with the status {notes.output['status']}."
    for held in ledger.held:
        write = web_write(frame, step, held, call, stage.stand_ins)
        notes.writes.append(write)
        notes.state, notes.sentence = State.THERE, write.known
        if write.is_new:
            notes.state, notes.assumed = State.WRITES, ALL
            notes.sentence = f"Would send {write.function}."
            _use_sample(stage, step, notes)


Take = Callable[[Stage, Frame, Step, Scene, Notes], None]
TAKERS: Mapping[str, Take] = {
    "action": take_action,
    kinds.FILTER: take_filter,
    kinds.DELAY: take_delay,
    kinds.APPROVAL: take_approval,
    kinds.HTTP: take_http,
}

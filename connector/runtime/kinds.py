"""How each kind of step is taken; a step that has to wait ends the attempt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from connector.errors import ConnectorError
from connector.runtime import runs, web_steps
from connector.runtime.approved_writes import Place, effects_of
from connector.runtime.asking import Asker
from connector.runtime.effects import SqlEffects
from connector.runtime.intents import OTHER_SERVICES, Intent
from connector.runtime.limits import Caller, Priority
from connector.runtime.loops import call, for_each
from connector.runtime.meter import StepMeter
from connector.runtime.outcomes import Ended, Outcome, waiting
from connector.runtime.walk import Take, Walk
from connector.store import clock
from connector.store.json_text import from_json, to_json
from connector.store.tables import effect
from connector.workflow import engine
from connector.workflow import steps as kinds
from connector.workflow.engine import Scene
from connector.workflow.steps import Step

Row = sa.Row[Any] | None


def take_action(walk: Walk, step: Step, scene: Scene, kept: Row) -> Any:
    """Run an action with the inputs that the expressions give."""
    action = walk.services.registry.action(step.type)
    inputs = engine.resolve_config(walk.situation.definition, step, scene)
    check_approved(walk, step, inputs)
    source = walk.services.connection_named(step.connection)
    walk.check_cancelled()
    walk.journal.start(step.id, inputs, kept)
    meter = StepMeter()
    row = walk.claim.row
    caller = Caller(source.id, row.id, Priority(row.priority), since_ms=row.created_at)
    ledger = ledger_of(walk, source.id, step.id)
    context = walk.services.open_context(source, ledger, meter, caller=caller)
    try:
        output = action.run(context, inputs)
    finally:
        walk.journal.count(step.id, source.id, meter.take())
    walk.journal.succeed(step.id, output)
    return output


def take_filter(walk: Walk, step: Step, scene: Scene, kept: Row) -> Any:
    """Let the run go on, or end it as skipped."""
    del kept
    if walk.in_step(step, lambda: engine.is_wanted(step, scene)):
        return walk.done(step, {})
    title = f"The filter '{step.label}' is not met, so nothing more was done."
    note = {"type": "Filtered", "title": title, "step": step.id}
    walk.journal.note(step.id, {"state": runs.SKIPPED})
    raise Ended(Outcome(_filtered(walk), error=note))


def _filtered(walk: Walk) -> str:
    """Return what a run is that a filter ends: skipped, unless it has written something."""
    if walk.has_passed:
        return runs.PARTIAL
    written = sa.select(effect.c.op_key).where(effect.c.run_id == walk.claim.run_id).limit(1)
    has_written = walk.services.database.read(lambda c: c.execute(written).first()) is not None
    return runs.SUCCEEDED if has_written else runs.SKIPPED


def take_delay(walk: Walk, step: Step, scene: Scene, kept: Row) -> Any:
    """Wait until the time has come; the time is kept with the step and survives everything."""
    now = walk.services.database.read(clock.now_ms)
    if kept is not None and kept.inputs:
        due = int(from_json(kept.inputs)["untilMs"])
    else:
        due = walk.in_step(step, lambda: engine.due_at(step, scene, now))
    until = datetime.fromtimestamp(due / 1000, UTC).isoformat(timespec="seconds")
    if due <= now:
        return walk.done(step, {"until": until})
    inputs = to_json({"untilMs": due, "until": until})
    walk.journal.note(step.id, {"state": runs.WAITING, "inputs": inputs})
    raise waiting(f"'{step.label}' waits until {until}.", due - now)


def take_approval(walk: Walk, step: Step, scene: Scene, kept: Row) -> Any:
    """Wait until somebody else has approved exactly this."""
    definition = walk.situation.definition
    covered = {name: _inputs_of(walk, name, scene) for name in step.config.get("covers", ())}
    request = walk.in_step(step, lambda: engine.approval_of(step, scene, covered))
    approvers: list[str] = []
    if request.needed:
        is_retry = kept is not None and kept.state == runs.FAILED
        asker = Asker(walk.services.database, walk.claim, definition.name, step)
        approvers = asker.ask(request, walk.situation.published.author, is_anew=is_retry)
    frozen = {name: engine.fingerprint(inputs) for name, inputs in covered.items()}
    return walk.done(step, {"approvedBy": approvers, "payload": request.payload, "covered": frozen})


def _inputs_of(walk: Walk, step_id: str, scene: Scene) -> Any:
    step = walk.situation.definition.step(step_id)
    if step.type == kinds.HTTP:
        return from_json(web_steps.request_of(walk, step, scene).to_text())
    return engine.resolve_config(walk.situation.definition, step, scene)


def check_approved(walk: Walk, step: Step, inputs: Any) -> None:
    """Refuse inputs other than those that were approved, where approval was asked for them."""
    approved = walk.approved.get(step.id)
    if approved is not None and approved != engine.fingerprint(inputs):
        raise ConnectorError(
            f"The inputs of '{step.label}' are not those that were approved; nothing was sent.",
            advice="Replay the run: its approval is then asked for anew.",
        )


def take_http(walk: Walk, step: Step, scene: Scene, kept: Row) -> Any:
    """Send a request; one that may change something at most once."""
    request = web_steps.request_of(walk, step, scene)
    shown = from_json(request.to_text())
    check_approved(walk, step, shown)
    walk.check_cancelled()
    walk.journal.start(step.id, shown, kept)
    ledger = ledger_of(walk, OTHER_SERVICES, step.id)
    output = web_steps.send(walk.services, request, ledger)
    walk.journal.succeed(step.id, output)
    return output


def ledger_of(walk: Walk, connection_id: str, path: str) -> SqlEffects:
    """Return where the writes of a step are planned and judged."""
    place, row = walk.situation, walk.claim.row
    intent = Intent(
        connection_id, place.published.workflow_id, place.once, step=path, item=place.item
    )
    found = Place(
        intent,
        actor=f"workflow/{place.published.workflow_id}@{place.published.version}",
        run_id=row.id,
        # A plan's run comes from no event, so those that do need not be asked about.
        root_id="" if row.inbox_id is not None else row.root_id or row.id,
        step_path=path,
    )
    return effects_of(walk.services, found)


TAKERS: Mapping[str, Take] = {
    "action": take_action,
    kinds.FILTER: take_filter,
    kinds.FOR_EACH: for_each,
    kinds.DELAY: take_delay,
    kinds.APPROVAL: take_approval,
    kinds.HTTP: take_http,
    kinds.CALL: call,
}

"""A whole workflow on one event, without writing: what it would do, ask, send and cost.

Reads run for real, over the shared limits and at the priority of a person who waits; they are
metered. Filters, switches, loops and called workflows are followed. A write goes as far as its
exact request; what it would answer is a stand-in, and is called one.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError
from connector.runtime import runs
from connector.runtime.services import Services
from connector.store.json_text import from_json, to_json
from connector.store.tables import run, workflow
from connector.workbench.duplicates import with_duplicates
from connector.workbench.report import HeldWrite, Rehearsal, StepReport, Verdict
from connector.workbench.stage import SHOWN_ITEMS, Frame, Stage
from connector.workbench.walking import Stopped, Walker
from connector.workflow import engine
from connector.workflow.model import Workflow

_LARGEST_EVENT = 5 * 1024 * 1024
_SENTENCES = {
    Verdict.SUCCEEDS: "Every step would go through.",
    Verdict.PARTIAL: "The run would go on past steps that fail.",
}

_GUESSED = "Some of it rests on answers that are known only then; those steps say so."


def rehearse(
    services: Services,
    definition: Workflow,
    event: Any,
    *,
    workflow_id: str = "",
    event_id: str = "",
    samples: Mapping[str, Any] | None = None,
    most_items: int = SHOWN_ITEMS,
) -> Rehearsal:
    """Return what a run of the workflow on this event would do; nothing is written.

    Args:
        services: What the process holds open.
        definition: The workflow, published or not.
        event: What its expressions call ``input``, as JSON data.
        workflow_id: Its id where its name does not tell; effects are keyed by it.
        event_id: What tells this event from others, for workflows without ``once``.
        samples: Results to take for steps that cannot be carried out, by the step's id.
        most_items: How many items of each loop are rehearsed; the others are counted.

    Raises:
        InputError: The event is not what an event can be.
    """
    began = time.monotonic()
    event = checked_event(event)
    workflow_id = workflow_id or services.database.read(lambda c: id_of(c, definition.name))
    stage = Stage(services, dict(samples or {}), most_items)
    once = engine.resolve_once(definition, event) or event_id
    frame = Frame(definition, workflow_id, event, once)
    verdict, sentence = _walked(stage, frame)
    stage.reports[:] = with_duplicates(stage)
    verdict, sentence = _judged(stage, verdict, sentence)
    earlier = services.database.read(lambda c: _earlier(c, workflow_id, once))
    if earlier:
        verdict = Verdict.DUPLICATE
        sentence = f"The run {earlier} did this already, so another one would do nothing."
    spent = sum(report.spent for report in stage.reports) + stage.spend()
    return Rehearsal(
        workflow=definition.name,
        workflow_id=workflow_id,
        fingerprint=definition.fingerprint(),
        once=once,
        verdict=verdict,
        sentence=sentence,
        steps=tuple(stage.reports),
        remaining=dict(stage.remaining),
        hash=_hash(stage, frame, verdict),
        least=0 if earlier else sum(report.least for report in stage.reports),
        most=0 if earlier else sum(report.most for report in stage.reports),
        spent=spent,
        milliseconds=round((time.monotonic() - began) * 1000),
        earlier_run=earlier,
        stand_ins=frozenset(stage.stand_ins),
    )


def _walked(stage: Stage, frame: Frame) -> tuple[Verdict, str]:
    walker = Walker(stage, frame)
    try:
        walker.block(frame.definition.steps, {}, {})
    except Stopped as stopped:
        return stopped.verdict, stopped.sentence
    verdict = Verdict.PARTIAL if walker.has_passed else Verdict.SUCCEEDS
    if any(report.guessed for report in stage.reports):
        return verdict, f"{_SENTENCES[verdict]} {_GUESSED}"
    return verdict, _SENTENCES[verdict]


def _judged(stage: Stage, verdict: Verdict, sentence: str) -> tuple[Verdict, str]:
    """Return what would become of the run, what Intacct would refuse taken into account."""
    problems = sum(len(w.problems) for report in stage.reports for w in report.writes)
    if verdict not in _SENTENCES or not problems:
        return verdict, sentence
    return Verdict.FAILS, f"Intacct would refuse something: {problems} problem(s) were found."


def checked_event(event: Any) -> dict[str, Any]:
    """Return an event as a run would see it.

    Raises:
        InputError: It is no group of fields, holds what JSON cannot keep exactly, or is too large.
    """
    if not isinstance(event, Mapping):
        raise InputError(
            'The event must be a group of fields, such as {"deal": {...}}.', field="event"
        )
    text = to_json(dict(event))
    if len(text) > _LARGEST_EVENT:
        raise InputError("The event is larger than 5 MB.", field="event")
    found: dict[str, Any] = from_json(text)
    return found


def id_of(connection: sa.Connection, name: str) -> str:
    """Return the id of the workflow of that name; empty where there is none."""
    found = connection.execute(sa.select(workflow.c.id).where(workflow.c.name == name))
    return str(found.scalar_one_or_none() or "")


def _earlier(connection: sa.Connection, workflow_id: str, once: str) -> str:
    """Return a run that did the same work, as the one to come would look for it."""
    if not workflow_id or not once:
        return ""
    found = sa.select(run.c.id).where(
        run.c.workflow_id == workflow_id,
        run.c.once == once,
        run.c.state == runs.SUCCEEDED,
        run.c.parent_id.is_(None),
    )
    return str(connection.execute(found.limit(1)).scalar_one_or_none() or "")


def _hash(stage: Stage, frame: Frame, verdict: Verdict) -> str:
    """Return the hash of everything that decides what would be written.

    What was read is in it as far as it reached a request or a way that was taken; of a record that
    would be changed its version, too, since a request does not show what it overwrites.
    """
    content = {
        "workflow": frame.definition.fingerprint(),
        "called": stage.called,
        "event": frame.event,
        "once": frame.once,
        "verdict": verdict,
        "remaining": stage.remaining,
        "steps": [_decisive(report) for report in stage.reports],
    }
    return engine.fingerprint(content)


def _decisive(report: StepReport) -> list[Any]:
    asked = report.inputs if report.kind == "approval" else None
    way = report.output.get("case") if report.kind == "switch" and report.output else None
    writes = [_written(write) for write in report.writes]
    return [str(report.trail), report.id, report.state, asked, way, writes]


def _written(write: HeldWrite) -> list[Any]:
    problems = [[check.name, check.sentence] for check in write.problems]
    same = [write.op_key, write.connection, write.company, write.payload_hash]
    return [*same, dict(write.record), write.version, problems]

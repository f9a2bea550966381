"""Plans: a rehearsal that somebody approves, and a run that does exactly that or nothing.

The plan's hash covers the workflow, the event, every way that was taken and every request. A plan
is executed by rehearsing once more: another hash, no run. The run itself is held to the plan's
writes one by one (``connector.runtime.approved_writes``), so that nothing that changes between the
look and the write can bring another one.
"""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from connector.component import Effect
from connector.errors import InputError, NotFound
from connector.runtime import runs, workflows
from connector.runtime.bells import ADVANCE_RUN, EFFECTS
from connector.runtime.services import Services
from connector.runtime.workflows import Published
from connector.store import clock
from connector.store.json_text import from_json, to_json
from connector.store.tables import plan, plan_write, run
from connector.workbench import placeholders
from connector.workbench.changes import changes_between
from connector.workbench.plan_rows import (
    APPROVED,
    EXECUTED,
    PROPOSED,
    Plan,
    check_state,
    listed,
    locked,
    note,
    one,
)
from connector.workbench.rehearsal import rehearse
from connector.workbench.report import Exactness, HeldWrite, Rehearsal, State, StepReport, Verdict
from connector.workflow import steps as kinds

__all__ = ["Plan", "approve", "execute", "listed", "one", "propose"]

HOURS = 24
MOST_HOURS = 24 * 14
MOST_ITEMS = 1000  # of each loop: a plan is read by people, and every write of it is kept
_HOUR_MS = 3_600_000
_DECISIONS = (kinds.FILTER, kinds.SWITCH, kinds.FOR_EACH, kinds.DELAY)


def propose(services: Services, name: str, event: Any, *, author: str, hours: int = HOURS) -> Plan:
    """Rehearse a published workflow on an event, and keep what it would do for approval.

    Args:
        services: What the process holds open.
        name: The workflow.
        event: What its expressions call ``input``.
        author: Who asks.
        hours: How long the plan counts.

    Raises:
        NotFound: No workflow of that name is published.
        InputError: There is nothing that could be approved: the run would fail, would write
            nothing, or what it writes cannot be told before.
    """
    if not 1 <= hours <= MOST_HOURS:
        raise InputError(f"A plan counts for 1 to {MOST_HOURS} hours.", field="hours")
    published = services.database.read(lambda c: workflows.published_named(c, name))
    if published is None:
        raise NotFound(f"No workflow named {name} is published.", advice="Publish it first.")
    run_id = str(uuid.uuid4())
    rehearsal = _rehearsed(services, published, event, run_id)
    _check_plannable(services, rehearsal)
    plan_id = str(uuid.uuid4())
    has_rule = any(s.type == kinds.APPROVAL for _, s in published.definition.every_step())
    excluded = sorted({author, published.author} - {""}) if has_rule else []

    def write(connection: sa.Connection) -> None:
        now = clock.now_ms(connection)
        values = {
            "id": plan_id,
            "workflow_id": published.workflow_id,
            "version": published.version,
            "run_id": run_id,
            "state": PROPOSED,
            "hash": rehearsal.hash,
            "event": to_json(dict(event)),
            "rehearsal": to_json(rehearsal.to_document()),
            "author": author,
            "excluded": to_json(excluded),
            "created_at": now,
            "expires_at": now + hours * _HOUR_MS,
        }
        connection.execute(plan.insert().values(**values))
        connection.execute(plan_write.insert(), _rows(plan_id, rehearsal))
        note(connection, author, "plan.propose", plan_id, rehearsal.hash)

    services.database.write(write)
    return one(services, plan_id)


def _rehearsed(services: Services, published: Published, event: Any, run_id: str) -> Rehearsal:
    return rehearse(
        services,
        published.definition,
        event,
        workflow_id=published.workflow_id,
        event_id=run_id,
        most_items=MOST_ITEMS,
    )


def _check_plannable(services: Services, rehearsal: Rehearsal) -> None:
    if rehearsal.verdict not in {Verdict.SUCCEEDS, Verdict.PARTIAL}:
        raise InputError(
            f"There is nothing to approve: {rehearsal.sentence}",
            advice="Correct the cause and rehearse the event again.",
        )
    for loop, count in rehearsal.remaining.items():
        raise InputError(
            f"'{loop}' has {count} items more than the {MOST_ITEMS} a plan can hold.",
            advice="Send fewer items at a time.",
        )
    for report in rehearsal.steps:
        if _is_open(services, report):
            raise InputError(
                f"What '{report.label}' does depends on an answer that is known only then.",
                advice="Let an approval step of the workflow ask when it is known.",
            )
    if not any(write.is_new for write in rehearsal.writes):
        raise InputError("There is nothing to approve: the run would write nothing.")


def _is_open(services: Services, report: StepReport) -> bool:
    """Say whether what the run writes at a step, or where it goes on, rests on an example."""
    if report.kind in _DECISIONS:
        return report.guessed
    if report.state is State.ASSUMED and "." in report.kind:
        return services.registry.action(report.kind).effect is not Effect.READ
    return any(write.exactness is Exactness.GUESSED for write in report.writes)


def _rows(plan_id: str, rehearsal: Rehearsal) -> list[dict[str, Any]]:
    known = rehearsal.stand_ins
    return [
        {
            "plan_id": plan_id,
            "op_key": write.op_key,
            "step": report.id,
            "item": str(report.trail),
            "payload_hash": write.payload_hash,
            "payload": _pieces(write, known),
        }
        for report in rehearsal.steps
        for write in report.writes
    ]


def _pieces(write: HeldWrite, known: frozenset[str]) -> str | None:
    if write.exactness is Exactness.EXACT:
        return None
    return to_json([list(piece) for piece in placeholders.parts_of(write.payload, known)])


def approve(services: Services, plan_id: str, *, approver: str, seen: str) -> Plan:
    """Approve exactly what somebody has seen.

    Args:
        services: What the process holds open.
        plan_id: The plan.
        approver: Who says yes.
        seen: The hash that was shown.

    Raises:
        NotFound: There is no such plan.
        InputError: It is decided or expired, another hash was shown, or it is not this person's.
    """

    def write(connection: sa.Connection) -> None:
        row, now = locked(connection, plan_id)
        check_state(row, now, PROPOSED)
        if seen != row.hash:
            raise InputError(
                "This is not the plan that you were shown.", advice="Look again.", field="hash"
            )
        name = approver.strip().casefold()
        if not name or name in {each.strip().casefold() for each in from_json(row.excluded)}:
            raise InputError(
                "Whoever wrote the workflow or proposed the plan cannot approve it.",
                advice="Ask somebody else.",
                field="approver",
            )
        values = {"state": APPROVED, "approver": approver, "approved_at": now}
        connection.execute(plan.update().where(plan.c.id == plan_id).values(**values))
        note(connection, approver, "plan.approve", plan_id, row.hash)

    services.database.write(write)
    return one(services, plan_id)


def execute(services: Services, plan_id: str, *, actor: str) -> str:
    """Start the run that an approved plan allows, and return its id.

    It is rehearsed once more first; the run makes the plan's writes and no other.

    Raises:
        NotFound: There is no such plan.
        InputError: It is not approved, has expired, was executed before, or something changed.
    """
    found = one(services, plan_id)
    services.database.write(lambda c: check_state(*locked(c, plan_id), APPROVED))
    published = services.database.read(lambda c: workflows.published_named(c, found.workflow))
    if published is None or published.version != found.version:
        raise InputError(
            f"The workflow '{found.workflow}' was changed after the plan was made.",
            advice="Rehearse the event again, and have the new plan approved.",
        )
    fresh = _rehearsed(services, published, found.event, found.run_id)
    if fresh.hash != found.hash:
        what = changes_between(found.rehearsal, fresh.to_document())
        raise InputError(
            f"Something has changed since the plan was made; nothing was sent. {what}",
            advice="Rehearse the event again, and have the new plan approved.",
        )

    def write(connection: sa.Connection) -> None:
        row, now = locked(connection, plan_id)
        check_state(row, now, APPROVED)
        values = {"state": EXECUTED, "executor": actor, "executed_at": now}
        connection.execute(plan.update().where(plan.c.id == plan_id).values(**values))
        started = {
            "id": row.run_id,
            "workflow_id": row.workflow_id,
            "version": row.version,
            "state": runs.QUEUED,
            "input": row.event,
            "started_by": actor,
            "not_before": now,
            "created_at": now,
        }
        connection.execute(run.insert().values(**started))
        note(connection, actor, "plan.execute", plan_id, row.hash, run_id=row.run_id)

    services.database.write(write)
    services.bells.ring(ADVANCE_RUN, found.run_id, EFFECTS)
    return found.run_id

"""One run as people follow it: its steps in their order, and all that each has done and written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import ConnectorError
from connector.intacct.ports import EffectState
from connector.operations import outlook, repairs
from connector.operations.outlook import Outlook
from connector.operations.writes import Write, data, of_row, shown
from connector.runtime import children, history, runs, workflows
from connector.runtime.history import Inside, RunLine
from connector.runtime.intents import Patience
from connector.store.tables import effect, run, step, workflow
from connector.workflow.model import Workflow
from connector.workflow.steps import Step

MOST_REPEATS = 50


@dataclass(frozen=True)
class StepLine:
    """One step that has begun.

    Args:
        type: What kind of step it is; empty where its workflow cannot be read any more.
        attempts: How often it was tried for good or ill.
        inputs: JSON text, as are the outputs.
        inside: The runs of its items, or of what it called.
    """

    path: str
    label: str
    type: str
    connection: str
    state: str
    attempts: int
    inputs: str
    output: str
    error: Mapping[str, Any]
    started_at: int | None
    finished_at: int | None
    api_transactions: int
    writes: tuple[Write, ...]
    inside: Inside | None


@dataclass(frozen=True)
class Timeline:
    """One run.

    Args:
        line: Its line in lists.
        version: The version of its workflow it is pinned to.
        published: The version that runs now; None where none does.
        to_come: The names of the steps that have not begun, where it may still get there.
        after_failure: The runs of what its workflow does after a failure.
        around: The runs it is inside of, the outermost first.
        repeats: All runs of the same event, the first one first; empty where there is but one.
        spent_inside: The API transactions of the runs inside it.
        seen: Changes with everything that a decision about the run rests on.
    """

    line: RunLine
    workflow_id: str
    version: int
    published: int | None
    event: str
    event_id: str
    received_at: int | None
    error: Mapping[str, Any]
    next: Outlook
    steps: tuple[StepLine, ...]
    to_come: tuple[str, ...]
    after_failure: Inside | None
    around: tuple[RunLine, ...]
    repeats: tuple[RunLine, ...]
    duplicate_of: str
    started_by: str
    cancelled_by: str
    pruned_at: int | None
    block: str
    item_key: str
    spent_inside: int
    seen: str

    @property
    def is_open(self) -> bool:
        """Whether something may still happen by itself."""
        return self.line.state in children.OPEN

    @property
    def writes(self) -> list[Write]:
        """All its writes."""
        return [one for line in self.steps for one in line.writes]

    @property
    def mark(self) -> str:
        """Another text as soon as anything about it is different."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def of_run(connection: sa.Connection, run_id: str, patience: Patience) -> Timeline | None:
    """Return a run, or None where there is none of that id."""
    row = connection.execute(history.listed().where(run.c.id == run_id)).one_or_none()
    if row is None:
        return None
    found = sa.select(effect).where(effect.c.run_id == run_id).order_by(effect.c.created_at)
    writes = [(item, of_row(item, patience)) for item in connection.execute(found)]
    inside = {one.block: one for one in history.inside(connection, run_id)}
    definition = _definition(connection, row)
    begun = sa.select(step).where(step.c.run_id == run_id).order_by(step.c.started_at)
    steps = tuple(
        _line(item, definition, [one for at, one in writes if at.step_path == item.path], inside)
        for item in connection.execute(begun)
    )
    error = data(row.error)
    doubts = [one.next for _, one in writes if one.state == EffectState.UNCERTAIN]
    event = runs.event_row(connection, row)
    return Timeline(
        line=history.line(row),
        workflow_id=row.workflow_id,
        version=row.version,
        published=_published(connection, row.workflow_id),
        event=shown(row.input or (event.data if event is not None else "")),
        event_id=event.event_id if event is not None else "",
        received_at=event.received_at if event is not None else None,
        error=error,
        next=outlook.of_run(row, doubts, error),
        steps=steps,
        to_come=_to_come(row, definition, steps),
        after_failure=inside.get(children.FAILURE_BLOCK),
        around=_around(connection, row),
        repeats=_repeats(connection, row),
        duplicate_of=row.duplicate_of or "",
        started_by=row.started_by or "",
        cancelled_by=row.cancelled_by or "",
        pruned_at=row.pruned_at,
        block=row.block or "",
        item_key=row.item_key or "",
        spent_inside=_spent_inside(connection, row) if inside else 0,
        seen=repairs.seen(connection, row),
    )


def _line(
    row: sa.Row[Any],
    definition: Workflow | None,
    writes: list[Write],
    inside: Mapping[str, Inside],
) -> StepLine:
    made = _made_of(definition).get(row.path)
    return StepLine(
        path=row.path,
        label=made.label if made else row.path,
        type=made.type if made else "",
        connection=made.connection if made else "",
        state=row.state,
        attempts=row.attempts,
        inputs=shown(row.inputs),
        output=shown(row.output),
        error=data(row.error),
        started_at=row.started_at,
        finished_at=row.finished_at,
        api_transactions=row.api_transactions,
        writes=tuple(writes),
        inside=inside.get(row.path),
    )


def _definition(connection: sa.Connection, row: sa.Row[Any]) -> Workflow | None:
    try:
        return workflows.version(connection, row.workflow_id, row.version).definition
    except ConnectorError:
        return None  # published by a program that knew more than this one


def _made_of(definition: Workflow | None) -> dict[str, Step]:
    return {made.id: made for _, made in definition.every_step()} if definition else {}


def _published(connection: sa.Connection, workflow_id: str) -> int | None:
    found = sa.select(workflow.c.published_version).where(workflow.c.id == workflow_id)
    version: int | None = connection.execute(found).scalar_one_or_none()
    return version


def _to_come(
    row: sa.Row[Any], definition: Workflow | None, begun: tuple[StepLine, ...]
) -> tuple[str, ...]:
    if definition is None or row.state in _OVER:
        return ()
    if row.block == children.FAILURE_BLOCK:
        steps = definition.on_failure
    elif row.item_number is not None:
        steps = definition.step(row.block).steps
    else:
        steps = definition.steps
    known = {line.path for line in begun}
    return tuple(made.label for made in steps if made.id not in known)


_OVER = (runs.SUCCEEDED, runs.PARTIAL, runs.DUPLICATE, runs.SKIPPED)


def _around(connection: sa.Connection, row: sa.Row[Any]) -> tuple[RunLine, ...]:
    found: list[RunLine] = []
    parent = row.parent_id
    while parent:
        outer = connection.execute(history.listed().where(run.c.id == parent)).one()
        found.insert(0, history.line(outer))
        parent = outer.parent_id
    return tuple(found)


def _spent_inside(connection: sa.Connection, row: sa.Row[Any]) -> int:
    # An outermost run counts all below it; one between counts those right inside.
    mine = run.c.parent_id == row.id if row.parent_id else run.c.root_id == row.id
    total = sa.select(sa.func.coalesce(sa.func.sum(run.c.api_transactions), 0)).where(mine)
    return int(connection.execute(total).scalar_one())


def _repeats(connection: sa.Connection, row: sa.Row[Any]) -> tuple[RunLine, ...]:
    first = row.replay_of or row.id
    same = history.listed().where((run.c.id == first) | (run.c.replay_of == first))
    ordered = same.order_by(run.c.created_at.desc()).limit(MOST_REPEATS)
    lines = [history.line(one) for one in connection.execute(ordered)]
    return tuple(reversed(lines)) if len(lines) > 1 else ()

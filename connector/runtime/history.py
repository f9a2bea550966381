"""What happened, for people: runs with their steps, effects and verdicts in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.intacct.ports import EffectState
from connector.runtime import runs
from connector.store.json_text import from_json
from connector.store.tables import effect, reversal, run, step, workflow

# What each state means to somebody who has to close the books.
EFFECT_WORDS = {
    EffectState.PLANNED: "planned, nothing sent yet",
    EffectState.SENDING: "being sent",
    EffectState.UNCERTAIN: "sent, outcome unknown: it is being looked up",
    EffectState.SUCCEEDED: "done",
    EffectState.REFUSED: "refused by Intacct, nothing created",
    EffectState.PARKED: "waiting for a person to decide",
}


TROUBLED = (runs.FAILED, runs.PARKED, runs.UNCERTAIN, runs.PARTIAL, runs.CANCELLED)
_MOST = 100
_REVERSES = sa.select(reversal.c.of_run).where(reversal.c.reversal_run == sa.bindparam("of_run"))
_REVERSED_BY = (
    sa.select(reversal.c.reversal_run)
    .where(reversal.c.of_run == sa.bindparam("of_run"), reversal.c.reversal_run.is_not(None))
    .order_by(reversal.c.started_at)
)
# What ends such a wait is somebody or something else; its time is only the net below that.
_PLANNED_WAITS = ("Waiting", "NeedsReconnect", None)


@dataclass(frozen=True)
class RunLine:
    """One run in a list.

    Args:
        next_at: When it is tried again by itself after a failure, in milliseconds since 1970.
    """

    id: str
    workflow: str
    state: str
    once: str
    created_at: int
    finished_at: int | None
    api_transactions: int
    title: str
    next_at: int | None = None


@dataclass(frozen=True)
class StepView:
    """One step of a run.

    Args:
        control_ids: What its writes are called in Intacct's logs.
        api_transactions: What it has cost.
    """

    path: str
    state: str
    attempts: int
    inputs: Any
    output: Any
    error: Any
    api_transactions: int
    control_ids: tuple[str, ...]


@dataclass(frozen=True)
class EffectView:
    """One write of a run."""

    step: str
    function: str
    state: str
    words: str
    key: str
    external_id: str
    control_id: str
    attempts: int


@dataclass(frozen=True)
class Inside:
    """The runs of one step: a loop's items, a called workflow, or what a failure led to.

    Args:
        block: The step.
        states: How many are in each state.
        troubled: Those that people should look at, at most so many.
    """

    block: str
    states: dict[str, int]
    troubled: list[RunLine]


@dataclass(frozen=True)
class RunView:
    """One run with everything it did."""

    line: RunLine
    input: Any
    error: Any
    duplicate_of: str | None
    steps: list[StepView]
    effects: list[EffectView]
    inside: list[Inside]
    parent: str | None
    replay_of: str | None
    reverses: str | None
    reversed_by: list[str]


def newest(connection: sa.Connection, limit: int) -> list[RunLine]:
    """Return the newest runs, newest first; runs inside others are shown with these."""
    outermost = listed().where(run.c.parent_id.is_(None))
    rows = connection.execute(outermost.order_by(run.c.created_at.desc()).limit(limit))
    return [line(row) for row in rows]


def run_of(connection: sa.Connection, run_id: str) -> RunView | None:
    """Return one run, or None when there is none of that id."""
    row = connection.execute(listed().where(run.c.id == run_id)).one_or_none()
    if row is None:
        return None
    steps = connection.execute(
        sa.select(step).where(step.c.run_id == run_id).order_by(step.c.started_at)
    )
    found = sa.select(effect).where(effect.c.run_id == run_id).order_by(effect.c.created_at)
    effects = list(connection.execute(found))
    return RunView(
        line=line(row),
        input=_document(row.input),
        error=_document(row.error),
        duplicate_of=row.duplicate_of,
        steps=[_step(item, effects) for item in steps],
        effects=[_effect(item) for item in effects],
        inside=inside(connection, run_id),
        parent=row.parent_id,
        replay_of=row.replay_of,
        reverses=connection.execute(_REVERSES, {"of_run": run_id}).scalar_one_or_none(),
        reversed_by=list(connection.execute(_REVERSED_BY, {"of_run": run_id}).scalars()),
    )


def inside(connection: sa.Connection, run_id: str) -> list[Inside]:
    """Return the runs inside a run, by the step that started them."""
    mine = run.c.parent_id == run_id
    counted = sa.select(run.c.block, run.c.state, sa.func.count()).where(mine)
    states: dict[str, dict[str, int]] = {}
    for block, state, count in connection.execute(counted.group_by(run.c.block, run.c.state)):
        states.setdefault(block, {})[state] = count
    troubled = mine & run.c.state.in_(TROUBLED)
    rows = connection.execute(listed().where(troubled).order_by(run.c.item_number).limit(_MOST))
    lines = [(row.block, line(row)) for row in rows]
    return [
        Inside(block, found, [line for of, line in lines if of == block])
        for block, found in sorted(states.items())
    ]


def listed() -> sa.Select[Any]:
    """Return the query of runs with the names of their workflows; ``line`` reads its rows."""
    return sa.select(run, workflow.c.name.label("workflow_name")).join(
        workflow, workflow.c.id == run.c.workflow_id
    )


def line(row: sa.Row[Any]) -> RunLine:
    """Return a run as a line of a list."""
    error = _document(row.error) or {}
    is_tried_again = row.state == runs.WAITING and error.get("type") not in _PLANNED_WAITS
    return RunLine(
        id=row.id,
        workflow=row.workflow_name,
        state=row.state,
        once=row.once or row.item_key or "",
        created_at=row.created_at,
        finished_at=row.finished_at,
        api_transactions=row.api_transactions,
        title=error.get("title", ""),
        next_at=row.not_before if is_tried_again else None,
    )


def _step(row: sa.Row[Any], effects: Sequence[sa.Row[Any]]) -> StepView:
    return StepView(
        path=row.path,
        state=row.state,
        attempts=row.attempts,
        inputs=_document(row.inputs),
        output=_document(row.output),
        error=_document(row.error),
        api_transactions=row.api_transactions,
        control_ids=tuple(item.control_id for item in effects if item.step_path == row.path),
    )


def _effect(row: sa.Row[Any]) -> EffectView:
    return EffectView(
        step=row.step_path or "",
        function=row.function,
        state=row.state,
        words=EFFECT_WORDS[EffectState(row.state)],
        key=row.key,
        external_id=row.external_id,
        control_id=row.control_id,
        attempts=row.attempts,
    )


def _document(text: str | None) -> Any:
    return from_json(text) if text else None

"""Loops and calls: steps whose work is done by runs of their own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError, Parked
from connector.runtime import children, runs, workflows
from connector.runtime.bells import ADVANCE_RUN, EFFECTS
from connector.runtime.outcomes import waiting
from connector.runtime.walk import InnerFailure, Walk
from connector.store.json_text import from_json, to_json
from connector.workflow import engine
from connector.workflow.engine import Scene
from connector.workflow.steps import Step
from connector.workflow.validation import CALLED, DEEPEST_CALL

Row = sa.Row[Any] | None


def for_each(walk: Walk, step: Step, scene: Scene, kept: Row) -> Any:
    """Let every item have its own run, and return what came of them."""
    total = _total(kept)
    found = _counts(walk, step)
    if total is None or sum(found.values()) < total:
        items = walk.in_step(step, lambda: engine.items_of(step, scene))
        total = len(items)
        walk.journal.start(step.id, {"count": total}, kept)
        rows = [
            {"item_key": item.key, "item_number": index, "input": to_json({"item": item.value})}
            for index, item in enumerate(items)
        ]
        _start(walk, step, rows, engine.parallel(step))
    elif kept is not None and kept.state != runs.RUNNING:
        _repeat(walk, step, engine.parallel(step))
    _wait_for_all(walk, step)
    return _collected(walk, step)


def _total(kept: Row) -> int | None:
    return int(from_json(kept.inputs)["count"]) if kept is not None and kept.inputs else None


def _counts(walk: Walk, step: Step) -> dict[str, int]:
    return walk.services.database.read(lambda c: children.counts(c, walk.claim.run_id, step.id))


def _start(walk: Walk, step: Step, rows: list[dict[str, Any]], parallel: int) -> None:
    children.start(walk.services.database, walk.claim, step.id, rows, parallel)
    _ring(walk, step)


def _repeat(walk: Walk, step: Step, parallel: int) -> None:
    """Go through the items that failed once more: the run is retried."""
    children.repeat_failed(walk.services.database, walk.claim, step.id, parallel)
    walk.journal.note(step.id, {"state": runs.RUNNING})
    _ring(walk, step)


def _ring(walk: Walk, step: Step) -> None:
    find = walk.services.database.read
    for run_id in find(lambda c: children.going(c, walk.claim.run_id, step.id)):
        walk.services.bells.ring(ADVANCE_RUN, run_id, EFFECTS)


def _wait_for_all(walk: Walk, step: Step) -> None:
    found = walk.services.database.read(lambda c: children.counts(c, walk.claim.run_id, step.id))
    if children.are_open(found):
        total, done = sum(found.values()), sum(found[s] for s in found if s not in children.OPEN)
        title = f"'{step.label}' is under way: {done} of {total} done."
        raise waiting(
            title, children.NET_MS, still=lambda c: _are_open(c, walk.claim.run_id, step.id)
        )


def _are_open(connection: sa.Connection, run_id: str, block: str) -> bool:
    return children.are_open(children.counts(connection, run_id, block))


def _collected(walk: Walk, step: Step) -> dict[str, Any]:
    rows = walk.services.database.read(lambda c: children.rows_of(c, walk.claim.run_id, step.id))
    failed = [row for row in rows if row.state in children.MISSED]
    skipped = sum(row.state == runs.SKIPPED for row in rows)
    output = {
        "count": len(rows),
        "succeeded": len(rows) - len(failed) - skipped,
        "skipped": skipped,
        "failed": len(failed),
        "items": [
            {"key": row.item_key, "state": row.state, "result": _last(row.output, step)}
            for row in rows
        ],
    }
    if not failed:
        return _done(walk, step, output, rows)
    first = failed[0]
    why = (from_json(first.error) if first.error else {}).get("title", first.state)
    title = f"{len(failed)} of {len(rows)} items failed; the first, '{first.item_key}': {why}"
    if any(row.state == runs.PARKED for row in failed):
        raise Parked(title, advice="Decide about the items that wait for a person, then retry.")
    raise InnerFailure(title, output)


def _done(
    walk: Walk, step: Step, output: dict[str, Any], rows: Sequence[sa.Row[Any]]
) -> dict[str, Any]:
    """Note the end of a step whose inner runs went through, past allowed failures or not."""
    walk.journal.succeed(step.id, output)
    if any(row.state == runs.PARTIAL for row in rows):
        walk.has_passed = True
        walk.journal.note(step.id, {"state": runs.PASSED})
    return output


def _last(output: str | None, step: Step) -> Any:
    """Return what the last step of an item gave."""
    return from_json(output).get(step.steps[-1].id) if output else None


def call(walk: Walk, step: Step, scene: Scene, kept: Row) -> Any:
    """Let another workflow run with what it is given, and return what came of it."""
    if not _counts(walk, step):
        name, given = walk.in_step(step, lambda: engine.call_of(step, scene))
        called = _called(walk, name, given)
        walk.journal.start(step.id, {"workflow": name, "input": given}, kept)
        _start(walk, step, [called], 1)
    elif kept is not None and kept.state != runs.RUNNING:
        _repeat(walk, step, 1)
    _wait_for_all(walk, step)
    (row,) = walk.services.database.read(lambda c: children.rows_of(c, walk.claim.run_id, step.id))
    error = from_json(row.error) if row.error else {}
    if row.state == runs.PARKED:
        raise Parked(error.get("title", ""), advice=error.get("advice", ""))
    if row.state in children.MISSED:
        title = f"The called workflow did not succeed: {error.get('title', row.state)}"
        raise InnerFailure(title, {}, error.get("advice", ""))
    output = {"runId": row.id, "steps": from_json(row.output) if row.output else {}}
    return _done(walk, step, output, [row])


def _called(walk: Walk, name: str, given: Any) -> dict[str, Any]:
    """Return the row of the called run, pinned to what is published now."""
    published = walk.services.database.read(lambda c: workflows.published_named(c, name))
    if published is None or published.definition.trigger.type != CALLED:
        raise InputError(
            f"There is no published workflow '{name}' that can be called.",
            advice=f"Publish one with the trigger {CALLED}.",
            field="workflow",
        )
    depth = walk.claim.row.depth + 1
    if depth > DEEPEST_CALL:
        raise InputError(
            f"Workflows call each other more than {DEEPEST_CALL} deep.",
            advice="Check that none of them calls itself by way of another.",
            field="workflow",
        )
    return {
        "id": str(uuid.uuid4()),
        "workflow_id": published.workflow_id,
        "version": published.version,
        "item_key": "-",
        "input": to_json(given),
        "depth": depth,
    }

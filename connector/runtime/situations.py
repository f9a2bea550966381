"""Where a run stands: which steps are its own, and what their expressions can see."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from connector.runtime import runs, workflows
from connector.runtime.children import FAILURE_BLOCK
from connector.runtime.workflows import Published
from connector.store.database import Database
from connector.store.json_text import from_json
from connector.store.tables import run, step
from connector.workflow import engine
from connector.workflow.engine import Scene
from connector.workflow.model import Workflow
from connector.workflow.steps import Step

_MOST_KEPT = 16


@dataclass(frozen=True)
class Situation:
    """One run's place.

    Args:
        published: The version it is pinned to.
        steps: What it does.
        event: What its expressions call ``input``.
        outputs: The results of steps outside it that it can see.
        once: The business identity, part of every effect's key.
        item: The item, part of every effect's key; ``-`` outside loops.
        more: ``item`` or ``failure``.
    """

    published: Published
    steps: tuple[Step, ...]
    event: Any
    once: str
    outputs: Mapping[str, Any] = field(default_factory=dict)
    item: str = "-"
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def definition(self) -> Workflow:
        """The workflow."""
        return self.published.definition

    def scene(self, outputs: Mapping[str, Any], more: Mapping[str, Any]) -> Scene:
        """Return what a step's expressions may name, given the results so far."""
        known = {**self.outputs, **outputs}
        return Scene(self.event, known, self.definition.tables, {**self.more, **more})


def inside(database: Database, published: Published, row: sa.Row[Any]) -> Situation:
    """Return the situation of a run that has a parent."""
    outer = _outer(database, row.parent_id)
    definition = published.definition
    given = from_json(row.input)
    if row.block == FAILURE_BLOCK:
        item = f"{FAILURE_BLOCK} {row.parent_id} {row.item_key}"
        steps, more = definition.on_failure, {"failure": given}
        return Situation(published, steps, outer.event, outer.once, item=item, more=more)
    if row.item_number is None:  # a called workflow
        once = engine.resolve_once(definition, given) or called_once(
            outer.workflow_id, outer.once, outer.item, row.block
        )
        return Situation(published, definition.steps, given, once)
    return Situation(
        published,
        definition.step(row.block).steps,
        outer.event,
        outer.once,
        outputs=outer.outputs,
        item=row.item_key,
        more={"item": given["item"]},
    )


def called_once(workflow_id: str, once: str, item: str, block: str) -> str:
    """Return the same identity for the same call, however often the caller is run again.

    Args:
        workflow_id: The calling workflow.
        once: The caller's own identity.
        item: The item it stands at.
        block: The step that calls.
    """
    return hashlib.sha256(json.dumps([workflow_id, once, item, block]).encode()).hexdigest()


@dataclass(frozen=True)
class _Outer:
    """What a child sees of its parent."""

    workflow_id: str
    event: Any
    once: str
    item: str
    outputs: Mapping[str, Any]


_kept: WeakKeyDictionary[Database, dict[tuple[str, int], _Outer]] = WeakKeyDictionary()
_lock = threading.Lock()


def _outer(database: Database, parent_id: str) -> _Outer:
    """Return what the parent's children see; read once for all of them."""
    epoch = database.read(
        lambda c: c.execute(sa.select(run.c.epoch).where(run.c.id == parent_id)).scalar_one()
    )
    with _lock:
        found = _kept.setdefault(database, {}).get((parent_id, epoch))
    if found is None:
        found = _read_outer(database, parent_id)
        with _lock:
            kept = _kept[database]
            if len(kept) >= _MOST_KEPT:
                kept.clear()
            kept[parent_id, epoch] = found
    return found


def _read_outer(database: Database, parent_id: str) -> _Outer:
    done = step.c.state.in_((runs.SUCCEEDED, runs.PASSED))

    def read(connection: sa.Connection) -> tuple[sa.Row[Any], list[sa.Row[Any]], Published]:
        row = connection.execute(sa.select(run).where(run.c.id == parent_id)).one()
        found = sa.select(step.c.path, step.c.output).where(
            step.c.run_id == parent_id, done, step.c.output.is_not(None)
        )
        published = workflows.version(connection, row.workflow_id, row.version)
        return row, list(connection.execute(found)), published

    row, steps, published = database.read(read)
    outputs = {item.path: from_json(item.output) for item in steps}
    if row.parent_id and row.block != FAILURE_BLOCK:
        place = inside(database, published, row)
        seen = {**place.outputs, **outputs}
        return _Outer(row.workflow_id, place.event, place.once, place.item, seen)
    event = from_json(row.input) if row.input else {}
    return _Outer(row.workflow_id, event, row.once or parent_id, "-", outputs)

"""The workflow that takes a run back: the newest write first, with one way for each kind of write.

It is never published, so no event starts it and no list of workflows shows it; its runs are runs
like any other, with steps, writes, retries and decisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from connector.component import Effect
from connector.operations.inverses import Undo, Verdict
from connector.registry import COMPONENT, Registry
from connector.runtime.intents import Intent
from connector.store import clock
from connector.store.insert import insert_once
from connector.store.json_text import to_json
from connector.store.tables import workflow, workflow_version
from connector.workflow.model import Workflow, parse

# Records that are to go out of use wait until all that names them is taken back.
DOCUMENTS, RECORDS = "undo", "retire"
LOOPS = (DOCUMENTS, RECORDS)
TRIGGER = "reversal"

_NAMES = {DOCUMENTS: "Take back", RECORDS: "Put out of use"}
_LONGEST_NAME = 200


def workflow_id(run_id: str) -> str:
    """Return the id of the workflow that takes a run back; one for all attempts at it."""
    return f"reversal-{run_id}"


def item_key(undo: Undo, undos: Sequence[Undo]) -> str:
    """Return what tells one item of the loop from the others: the record, as people name it.

    Args:
        undo: The item.
        undos: All of the run, also what is not taken back, so that the key never changes.
    """
    write = undo.write
    is_one_company = len({each.write.connection_id for each in undos}) == 1
    where = "" if is_one_company else f" on {write.connection_id}"
    return f"{write.object_name} {write.key}{where}"


def op_key(run_id: str, undo: Undo, undos: Sequence[Undo]) -> str:
    """Return the key, in the ledger, of the write that undoes this one."""
    intent = Intent(
        undo.write.connection_id,
        scope=workflow_id(run_id),
        once=run_id,
        step=undo.way,
        item=item_key(undo, undos),
    )
    return intent.op_key("main")


def event_of(run_id: str, undos: Sequence[Undo]) -> dict[str, Any]:
    """Return what the workflow is given: the run, and what it does about it."""
    items: dict[str, list[dict[str, Any]]] = {loop: [] for loop in LOOPS}
    for each in undos:
        if each.verdict is Verdict.UNDO:
            item = {
                "record": item_key(each, undos),
                "way": each.way,
                "key": each.write.key,
                "inputs": dict(each.inputs),
                "undoes": each.write.op_key,
            }
            items[_loop_of(each)].append(item)
    return {"run": run_id, **items}


def definition_of(name: str, undos: Sequence[Undo], registry: Registry) -> Workflow:
    """Return the workflow that does what was decided.

    Args:
        name: The name of the workflow whose run is taken back.
        undos: What was decided.
        registry: Which action reads a record.
    """
    found = [each for each in undos if each.verdict is Verdict.UNDO]
    loops = [(loop, [each for each in found if _loop_of(each) == loop]) for loop in LOOPS]
    return parse(
        {
            "name": name,
            "trigger": {"type": TRIGGER},
            "once": "{{ input.run }}",
            "steps": [_loop(loop, own, registry) for loop, own in loops if own],
        }
    )


def _loop_of(undo: Undo) -> str:
    return RECORDS if undo.action == undo.write.inverse.unused else DOCUMENTS


def _loop(loop: str, undos: Sequence[Undo], registry: Registry) -> dict[str, Any]:
    ways = {each.way: each for each in undos}
    cases = [
        {
            "name": undo.action,
            "when": f"{{{{ item.way == '{way}' }}}}",
            "steps": _steps(way, undo, registry),
        }
        for way, undo in sorted(ways.items())
    ]
    return {
        "id": loop,
        "type": "forEach",
        "name": _NAMES[loop],
        "config": {
            "items": f"{{{{ input.{loop} }}}}",
            "key": "{{ item.record }}",
            "parallel": "1",
        },
        "steps": [{"id": f"how_{loop}", "type": "switch", "cases": cases}],
    }


def _steps(way: str, undo: Undo, registry: Registry) -> list[dict[str, Any]]:
    config = {name: f"{{{{ item.inputs.{name} }}}}" for name in undo.inputs}
    last = _step(way, undo.action, undo.write.connection, config)
    if not undo.is_draft:
        return [last]
    # Deleting would take what somebody has posted meanwhile, too.
    look = f"look_{way}"
    still = f"{{{{ steps.{look}.found && steps.{look}.state == 'Draft' }}}}"
    reader = _reader(registry, undo.write.object_name)
    asked = {"recordNo": "{{ item.key }}", "fields": ["state"]}
    return [
        _step(look, reader, undo.write.connection, asked),
        {
            "id": f"still_{way}",
            "type": "filter",
            "name": "It is still a draft",
            "config": {"condition": still},
        },
        last,
    ]


def _step(step_id: str, action: str, connection: str, config: dict[str, Any]) -> dict[str, Any]:
    kind = f"{COMPONENT}.{action}"
    return {"id": step_id, "type": kind, "connection": connection, "config": config}


def _reader(registry: Registry, object_name: str) -> str:
    """Return the action that reads one record of an object."""
    wanted = f"get{object_name}".lower()
    return next(
        action.key
        for action in registry.actions.values()
        if action.effect is Effect.READ and action.key.lower() == wanted
    )


def put(connection: sa.Connection, run_id: str, definition: Workflow, *, actor: str) -> int:
    """Keep the workflow as the newest version of those that take a run back; return its number."""
    own = workflow_id(run_id)
    now = clock.now_ms(connection)
    hidden = {"id": own, "name": definition.name, "created_at": now, "deleted_at": now}
    insert_once(connection, workflow, hidden)
    connection.execute(sa.select(workflow.c.id).where(workflow.c.id == own).with_for_update())
    newest = sa.select(sa.func.coalesce(sa.func.max(workflow_version.c.version), 0))
    number = connection.execute(newest.where(workflow_version.c.workflow_id == own)).scalar_one()
    values = {
        "workflow_id": own,
        "version": number + 1,
        "document": to_json(definition.to_document()),
        "fingerprint": definition.fingerprint(),
        "created_at": now,
        "author": actor,
    }
    connection.execute(workflow_version.insert().values(**values))
    return int(number) + 1


def name_of(outer: str, run_id: str) -> str:
    """Return what the workflow that takes back a run of another one is called."""
    ending = f" taken back, run {run_id}"
    return f"{outer[: _LONGEST_NAME - len(ending)]}{ending}"

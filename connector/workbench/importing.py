"""Taking a workflow file over: looked at first, then a draft; nothing of it runs by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError
from connector.runtime.services import Services
from connector.store.json_text import from_json
from connector.store.tables import workflow, workflow_version
from connector.workbench import draft_rows, drafts, places
from connector.workbench.difference import Change, difference
from connector.workbench.draft_rows import Draft
from connector.workbench.portable import Portable
from connector.workflow.wording import printable


@dataclass(frozen=True)
class Import:
    """What taking a file over would do.

    Args:
        workflow_id: The workflow it becomes a draft of.
        name: What the file calls it.
        document: The workflow, with the connections of this installation.
        base_version: The version it would replace; 0 where there is none.
        changes: What differs from that version.
    """

    workflow_id: str
    name: str
    document: Any
    base_version: int
    changes: tuple[Change, ...]


def prepare(services: Services, found: Portable, binding: Mapping[str, str]) -> Import:
    """Return what taking a file over would do here; nothing is changed.

    A workflow is known by its id, else by its name; a deleted one gets its history back.

    Args:
        services: Of this process.
        found: The file.
        binding: Names of connections in the file, and what they are called here.

    Raises:
        InputError: A connection does not exist here, or the file does not name one that is bound.
    """
    document = found.document if isinstance(found.document, dict) else {}
    named = _connections(document)
    if strange := sorted(set(binding) - set(named.values())):
        raise InputError(
            f"The file names no connection '{printable(strange[0])}'.",
            advice=f"It names: {', '.join(sorted(set(named.values()))) or 'none'}.",
        )
    for place, name in named.items():
        if name in binding:
            document = places.with_value(document, place, binding[name])
    known = {row.name for row in services.connections.list()}
    if missing := sorted({binding.get(name, name) for name in named.values()} - known):
        listed = ", ".join(f"'{printable(name)}'" for name in missing)
        raise InputError(
            f"There is no connection {listed} here.",
            advice=f"Add it, or bind it to one of: {', '.join(sorted(known)) or 'none yet'}.",
            field=next(
                place for place, name in named.items() if binding.get(name, name) in missing
            ),
        )
    drafts.checked(document)
    return services.database.read(lambda c: _against(c, found.workflow_id, document))


def _connections(document: dict[str, Any]) -> dict[str, str]:
    """Return the names of connections by their places."""
    trigger = document.get("trigger")
    holders = [("trigger", trigger if isinstance(trigger, dict) else {})]
    holders += [(step.place, step.step) for step in places.every_step(document)]
    return {
        f"{place}.connection": holder["connection"]
        for place, holder in holders
        if isinstance(holder.get("connection"), str) and holder["connection"]
    }


def _against(connection: sa.Connection, workflow_id: str, document: Any) -> Import:
    found = sa.select(workflow.c.id, workflow.c.name)
    name = document.get("name")
    name = name if isinstance(name, str) else ""
    row = connection.execute(found.where(workflow.c.id == workflow_id)).one_or_none()
    row = row or connection.execute(found.where(workflow.c.name == name)).one_or_none()
    target = row.id if row else workflow_id or drafts.new_id()
    newest = connection.execute(
        sa.select(workflow_version)
        .where(workflow_version.c.workflow_id == target)
        .order_by(workflow_version.c.version.desc())
        .limit(1)
    ).one_or_none()
    before = from_json(newest.document) if newest else {}
    changes = tuple(difference(before, document))
    return Import(target, name, document, newest.version if newest else 0, changes)


def take(services: Services, wanted: Import, *, actor: str, revision: int | None = None) -> Draft:
    """Make the draft that a file stands for; nothing runs before somebody publishes it.

    Args:
        services: Of this process.
        wanted: What ``prepare`` gave.
        actor: Who imports.
        revision: The revision of the draft whose place it takes; None where there is none.

    Raises:
        EditConflict: Somebody has a draft of this workflow, or changed it meanwhile.
    """

    def write_draft(connection: sa.Connection) -> Draft:
        draft = draft_rows.put(
            connection,
            wanted.workflow_id,
            wanted.document,
            wanted.base_version,
            actor=actor,
            revision=revision,
        )
        after = {"name": wanted.name, "changes": len(wanted.changes)}
        draft_rows.note(connection, actor, "workflow.import", wanted.workflow_id, after)
        return draft

    return services.database.write(write_draft)

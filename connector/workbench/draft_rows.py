"""The rows of drafts: read, claimed by their revision, changed inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import Conflict, InputError
from connector.store import audit, clock
from connector.store.json_text import from_json, to_json
from connector.store.tables import workflow_draft, workflow_draft_revision
from connector.workbench.difference import Change, difference

KEPT_REVISIONS = 20
MOST_DRAFTS = 1_000


@dataclass(frozen=True)
class Draft:
    """What is being changed.

    Args:
        workflow_id: The workflow's id, or the one it will have.
        document: Any JSON data, valid or not.
        revision: Rises with every save; a save names the one it began with.
        base_version: The version it was made from; 0 for a new workflow.
        skipped: The ids of steps that are left out in tests.
        author: Who began it.
        changed_by: Who saved it last.
        created_at: When, in milliseconds since 1970.
        changed_at: When it was saved last.
    """

    workflow_id: str
    document: Any
    revision: int
    base_version: int
    skipped: tuple[str, ...]
    author: str
    changed_by: str
    created_at: int
    changed_at: int

    @property
    def name(self) -> str:
        """What it is called so far; may be empty."""
        found = self.document.get("name") if isinstance(self.document, dict) else ""
        return found if isinstance(found, str) else ""


class EditConflict(Conflict):
    """Somebody else was faster; nothing was changed.

    Args:
        changed_by: Who.
        changed_at: When, in milliseconds since 1970.
        revision: What to name in the next save, once their changes have been seen; 0 where the
            draft is gone.
        changes: What they changed; empty where it is too long ago to tell.
    """

    default_advice = "Look at the changes, then save yours again on top of them."

    def __init__(
        self,
        title: str,
        *,
        changed_by: str = "",
        changed_at: int = 0,
        revision: int = 0,
        changes: Sequence[Change] = (),
        advice: str = "",
    ) -> None:
        super().__init__(title, advice=advice)
        self.changed_by = changed_by
        self.changed_at = changed_at
        self.revision = revision
        self.changes = tuple(changes)


def row_of(connection: sa.Connection, workflow_id: str) -> sa.Row[Any] | None:
    """Return the row of a workflow's draft, None where there is none."""
    found = sa.select(workflow_draft).where(workflow_draft.c.workflow_id == workflow_id)
    return connection.execute(found).one_or_none()


def existing(connection: sa.Connection, workflow_id: str) -> Draft:
    """Return a draft that is there."""
    found = sa.select(workflow_draft).where(workflow_draft.c.workflow_id == workflow_id)
    return draft(connection.execute(found).one())


def draft(row: sa.Row[Any]) -> Draft:
    """Return the draft of a row."""
    return Draft(
        workflow_id=row.workflow_id,
        document=from_json(row.document),
        revision=row.revision,
        base_version=row.base_version,
        skipped=tuple(from_json(row.skipped)),
        author=row.author,
        changed_by=row.changed_by,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def insert(
    connection: sa.Connection, workflow_id: str, document: Any, base_version: int, *, actor: str
) -> Draft:
    """Make a draft where there is none, inside the caller's transaction.

    Raises:
        EditConflict: There is one.
        InputError: There are too many drafts.
    """
    row = row_of(connection, workflow_id)
    if row is not None:
        raise overtaken(connection, row, 0)
    count = connection.execute(sa.select(sa.func.count()).select_from(workflow_draft)).scalar_one()
    if count >= MOST_DRAFTS:
        raise InputError("There are 1,000 drafts.", advice="Discard some that nobody needs.")
    now = clock.now_ms(connection)
    values = {
        "workflow_id": workflow_id,
        # Never the revision of a draft that was discarded, which somebody may still have open.
        "revision": now,
        "base_version": base_version,
        "document": to_json(document),
        "skipped": "[]",
        "author": actor,
        "changed_by": actor,
        "created_at": now,
        "changed_at": now,
    }
    connection.execute(workflow_draft.insert().values(**values))
    note(connection, actor, "draft.begin", workflow_id, {"baseVersion": base_version})
    return existing(connection, workflow_id)


def put(
    connection: sa.Connection,
    workflow_id: str,
    document: Any,
    base_version: int,
    *,
    actor: str,
    revision: int | None,
) -> Draft:
    """Let a document take the place of a draft, or make one where ``revision`` is None.

    Raises:
        EditConflict: There is another draft, or another revision of it.
    """
    if revision is None:
        return insert(connection, workflow_id, document, base_version, actor=actor)
    row = claimed(connection, workflow_id, revision)
    keep_revision(connection, row)
    change(connection, row, actor, document=to_json(document), base_version=base_version)
    return existing(connection, workflow_id)


def claimed(connection: sa.Connection, workflow_id: str, revision: int) -> sa.Row[Any]:
    """Return the draft's row, which is at that revision and stays so until commit."""
    held = workflow_draft.c.workflow_id == workflow_id
    row = connection.execute(sa.select(workflow_draft).where(held).with_for_update()).one_or_none()
    if row is None:
        raise EditConflict(
            "This draft was published or discarded meanwhile.",
            advice="Begin a new draft; what was published is in the history.",
        )
    if row.revision != revision:
        raise overtaken(connection, row, revision)
    return row


def overtaken(connection: sa.Connection, row: sa.Row[Any], revision: int) -> EditConflict:
    """Return what somebody hears who changed an older revision than the one that is there."""
    past = sa.select(workflow_draft_revision.c.document).where(
        workflow_draft_revision.c.workflow_id == row.workflow_id,
        workflow_draft_revision.c.revision == revision,
    )
    text = connection.execute(past).scalar_one_or_none()
    return EditConflict(
        f"{row.changed_by} changed this draft meanwhile.",
        changed_by=row.changed_by,
        changed_at=row.changed_at,
        revision=row.revision,
        changes=difference(from_json(text), from_json(row.document)) if text else (),
    )


def keep_revision(connection: sa.Connection, row: sa.Row[Any]) -> None:
    """Remember a revision that is about to change; the twenty before it are kept."""
    values = {
        "workflow_id": row.workflow_id,
        "revision": row.revision,
        "document": row.document,
    }
    connection.execute(workflow_draft_revision.insert().values(**values))
    connection.execute(
        workflow_draft_revision.delete().where(
            workflow_draft_revision.c.workflow_id == row.workflow_id,
            workflow_draft_revision.c.revision <= row.revision - KEPT_REVISIONS,
        )
    )


def change(connection: sa.Connection, row: sa.Row[Any], actor: str, **values: Any) -> None:
    """Give a claimed draft new values and its next revision."""
    values |= {
        "revision": row.revision + 1,
        "changed_by": actor,
        "changed_at": clock.now_ms(connection),
    }
    connection.execute(
        workflow_draft.update()
        .where(workflow_draft.c.workflow_id == row.workflow_id)
        .values(**values)
    )


def remove(connection: sa.Connection, row: sa.Row[Any]) -> None:
    """Forget a claimed draft with its revisions."""
    mine = workflow_draft_revision.c.workflow_id == row.workflow_id
    connection.execute(workflow_draft_revision.delete().where(mine))
    connection.execute(
        workflow_draft.delete().where(workflow_draft.c.workflow_id == row.workflow_id)
    )


def note(
    connection: sa.Connection,
    actor: str,
    action: str,
    workflow_id: str,
    after: Any,
    before: Any = None,
) -> None:
    """Write into the audit trail what was done with a draft."""
    entry = audit.Entry(
        actor=actor, action=action, object=f"workflow/{workflow_id}", before=before, after=after
    )
    audit.append(connection, entry)

"""The versions of a workflow: who published what, when and why. They are never edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import NotFound
from connector.store.database import Database
from connector.store.json_text import from_json
from connector.store.tables import workflow_version
from connector.workbench import draft_rows, states
from connector.workbench.draft_rows import Draft


@dataclass(frozen=True)
class Version:
    """One version.

    Args:
        workflow_id: Whose.
        number: From 1.
        author: Who published it.
        at: When, in milliseconds since 1970.
        note: What it is for, in the author's words.
        fingerprint: The SHA-256 of its canonical document.
        is_published: It is what new runs take.
        document: What it says.
    """

    workflow_id: str
    number: int
    author: str
    at: int
    note: str
    fingerprint: str
    is_published: bool
    document: Any

    def to_document(self) -> dict[str, Any]:
        """Return what lists show: everything but what it says."""
        return {name: value for name, value in vars(self).items() if name != "document"}


def versions(database: Database, workflow_id: str, *, most: int = 200) -> list[Version]:
    """Return the newest versions of a workflow, newest first.

    Raises:
        NotFound: There is no such workflow.
    """

    def read(connection: sa.Connection) -> list[Version]:
        found = states.line(connection, workflow_id)
        rows = connection.execute(
            sa.select(workflow_version)
            .where(workflow_version.c.workflow_id == found.id)
            .order_by(workflow_version.c.version.desc())
            .limit(most)
        )
        return [_version(row, found) for row in rows]

    return database.read(read)


def version(database: Database, workflow_id: str, number: int | None = None) -> Version:
    """Return one version of a workflow, the newest where no number is given.

    Raises:
        NotFound: There is no such workflow or version.
    """

    def read(connection: sa.Connection) -> Version:
        found = states.line(connection, workflow_id)
        return _version(_row(connection, found, number or found.newest), found)

    return database.read(read)


def restore(
    database: Database,
    workflow_id: str,
    number: int,
    *,
    actor: str,
    revision: int | None = None,
) -> Draft:
    """Make a draft that says what an old version says; publishing it makes a new version.

    Args:
        database: Where they are kept.
        workflow_id: Whose version.
        number: Which.
        actor: Who restores it.
        revision: The revision of the draft that it takes the place of; None where there is none.

    Raises:
        NotFound: There is no such workflow or version.
        EditConflict: There is another draft, or another revision of it.
    """

    def write(connection: sa.Connection) -> Draft:
        found = states.line(connection, workflow_id)
        old = _row(connection, found, number)
        document = from_json(old.document)
        draft = draft_rows.put(
            connection, found.id, document, found.newest, actor=actor, revision=revision
        )
        draft_rows.note(connection, actor, "draft.restore", found.id, {"version": number})
        return draft

    return database.write(write)


def _row(connection: sa.Connection, found: states.Line, number: int) -> sa.Row[Any]:
    row = connection.execute(
        sa.select(workflow_version).where(
            workflow_version.c.workflow_id == found.id, workflow_version.c.version == number
        )
    ).one_or_none()
    if row is None:
        raise NotFound(
            f"'{found.name}' has no version {number}.",
            advice=f"Its versions are 1 to {found.newest}.",
        )
    return row


def _version(row: sa.Row[Any], found: states.Line) -> Version:
    return Version(
        workflow_id=row.workflow_id,
        number=row.version,
        author=row.author,
        at=row.created_at,
        note=row.note,
        fingerprint=row.fingerprint,
        is_published=found.state == states.PUBLISHED and found.version == row.version,
        document=from_json(row.document),
    )

"""Drafts: what somebody is changing in a workflow, one for each, kept however unfinished.

Two people never overwrite each other: whoever saves says which revision was changed, and hears
what somebody else has done since.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError
from connector.runtime import workflows
from connector.runtime.services import Services
from connector.runtime.workflows import Published
from connector.store.database import Database
from connector.store.json_text import from_json, to_json
from connector.store.tables import (
    workflow,
    workflow_draft,
    workflow_sample,
    workflow_version,
)
from connector.workbench import draft_rows, states
from connector.workbench.difference import difference
from connector.workbench.draft_rows import Draft, EditConflict
from connector.workbench.places import every_step
from connector.workflow import model, validation
from connector.workflow.values import check_json
from connector.workflow.yaml_loader import MAX_BYTES

__all__ = [
    "Draft",
    "EditConflict",
    "all_drafts",
    "begin",
    "begin_new",
    "checked",
    "discard",
    "draft_of",
    "new_id",
    "publish",
    "save",
    "skip_in_test",
]

_MOST_NOTE = 1_000


def all_drafts(database: Database) -> list[Draft]:
    """Return every draft, the one that was changed last first."""
    found = sa.select(workflow_draft).order_by(workflow_draft.c.changed_at.desc())
    return database.read(lambda c: [draft_rows.draft(row) for row in c.execute(found)])


def draft_of(database: Database, workflow_id: str) -> Draft | None:
    """Return a workflow's draft, None where nobody is changing it."""
    row = database.read(lambda connection: draft_rows.row_of(connection, workflow_id))
    return draft_rows.draft(row) if row is not None else None


def begin(database: Database, workflow_id: str, *, actor: str) -> Draft:
    """Return a workflow's draft; where there is none, make one from its newest version.

    Raises:
        NotFound: There is no such workflow.
    """

    def write(connection: sa.Connection) -> Draft:
        row = draft_rows.row_of(connection, workflow_id)
        if row is not None:
            return draft_rows.draft(row)
        version = states.newest_version(connection, workflow_id)
        return draft_rows.insert(
            connection, workflow_id, from_json(version.document), version.version, actor=actor
        )

    return database.write(write)


def new_id() -> str:
    """Return an id that no workflow has."""
    return str(uuid.uuid4())


def begin_new(database: Database, document: Any, *, actor: str) -> Draft:
    """Make the draft of a new workflow; it has no row among the workflows until it is published.

    Args:
        database: Where it is kept.
        document: Its first revision, any JSON data.
        actor: Who makes it.

    Raises:
        InputError: The document is too large or too deep, or there are too many drafts.
    """
    checked(document)
    return database.write(lambda c: draft_rows.insert(c, new_id(), document, 0, actor=actor))


def checked(document: Any) -> str:
    """Return the document as it is kept.

    Raises:
        InputError: It is over 256 KB or 64 levels deep, or is no exact JSON data.
    """
    check_json(document)
    text = to_json(document)
    if len(text.encode()) > MAX_BYTES:
        raise InputError(
            f"The workflow is larger than {MAX_BYTES // 1024} KB.",
            advice="Split it into several workflows.",
        )
    return text


def save(
    database: Database,
    workflow_id: str,
    document: Any,
    *,
    revision: int,
    actor: str,
    renamed: Mapping[str, str] | None = None,
) -> Draft:
    """Keep a document as the draft's next revision, valid or not, and return the draft.

    Args:
        database: Where it is kept.
        workflow_id: Whose draft.
        document: Any JSON data.
        revision: The revision that was changed.
        actor: Who changed it.
        renamed: Old to new ids of steps, so that their samples stay theirs.

    Raises:
        EditConflict: Somebody else saved, published or discarded it meanwhile.
        InputError: The document is too large or too deep.
    """
    text = checked(document)

    def write(connection: sa.Connection) -> Draft:
        row = draft_rows.claimed(connection, workflow_id, revision)
        names = {step.id for step in every_step(document)}
        moved = dict(renamed or {})
        skipped = [moved.get(name, name) for name in from_json(row.skipped)]
        _rename_samples(connection, workflow_id, moved)
        draft_rows.keep_revision(connection, row)
        values = {"document": text, "skipped": to_json([n for n in skipped if n in names])}
        draft_rows.change(connection, row, actor, **values)
        after = {"revision": revision + 1}
        draft_rows.note(connection, actor, "draft.save", workflow_id, after, {"revision": revision})
        return draft_rows.existing(connection, workflow_id)

    return database.write(write)


def skip_in_test(
    database: Database, workflow_id: str, step_ids: Sequence[str], *, revision: int, actor: str
) -> Draft:
    """Say which steps of a draft are left out when it is tried; runs always take them all.

    Raises:
        EditConflict: Somebody else saved, published or discarded it meanwhile.
        InputError: The draft has no such step.
    """

    def write(connection: sa.Connection) -> Draft:
        row = draft_rows.claimed(connection, workflow_id, revision)
        known = {step.id for step in every_step(from_json(row.document))}
        if unknown := [name for name in step_ids if name not in known]:
            raise InputError(f"There is no step '{unknown[0]}'.", advice="Load the page anew.")
        draft_rows.keep_revision(connection, row)
        draft_rows.change(connection, row, actor, skipped=to_json(sorted(set(step_ids))))
        after = {"skipped": sorted(set(step_ids))}
        draft_rows.note(connection, actor, "draft.skip", workflow_id, after)
        return draft_rows.existing(connection, workflow_id)

    return database.write(write)


def discard(database: Database, workflow_id: str, *, revision: int, actor: str) -> None:
    """Forget a draft; what is published stays as it is.

    Raises:
        EditConflict: Somebody else saved, published or discarded it meanwhile.
    """

    def write(connection: sa.Connection) -> None:
        row = draft_rows.claimed(connection, workflow_id, revision)
        draft_rows.remove(connection, row)
        before = {"revision": revision, "document": from_json(row.document)}
        draft_rows.note(connection, actor, "draft.discard", workflow_id, None, before)

    database.write(write)


def publish(
    services: Services,
    workflow_id: str,
    *,
    revision: int,
    actor: str,
    note: str = "",
    replaces: int | None = None,
) -> Published:
    """Publish a draft as the workflow's next version, and forget the draft.

    Its name may be another one than before; the workflow keeps its id.

    Args:
        services: Of this process.
        workflow_id: Whose draft.
        revision: The revision that was looked at.
        actor: Who publishes.
        note: What the version is for, at most 1,000 characters.
        replaces: The newest version the person has seen; the draft's own where it is None.

    Raises:
        EditConflict: Somebody else changed the draft, or published another version meanwhile.
        InputError: It is not valid, or its name is taken; the first of what is wrong.
    """
    if len(note) > _MOST_NOTE:
        raise InputError("A note can have 1,000 characters at most.", field="note")
    draft = draft_of(services.database, workflow_id)
    if draft is None or draft.revision != revision:
        return services.database.write(lambda c: _lost(c, workflow_id, revision))
    definition = model.parse(draft.document)
    validation.validate(definition, workflows.surroundings(services)).raise_errors()

    def write(connection: sa.Connection) -> Published:
        row = draft_rows.claimed(connection, workflow_id, revision)
        seen = row.base_version if replaces is None else replaces
        _check_base(connection, workflow_id, seen, row.base_version)
        states.check_renaming(connection, workflow_id, definition.name)
        target = _revived(connection, row, definition.name)
        found = workflows.put(connection, target, definition, actor=actor, note=note)
        draft_rows.remove(connection, row)
        return found

    return services.database.write(write)


def _revived(connection: sa.Connection, row: sa.Row[Any], name: str) -> str:
    """Return the id that a draft is published under: a deleted workflow's where it had the name.

    The ledger knows what a workflow has written by its id, so a new one would write it again.
    """
    deleted = sa.select(workflow.c.id).where(
        workflow.c.name == name, workflow.c.deleted_at.is_not(None)
    )
    found = connection.execute(deleted).scalar_one_or_none()
    if row.base_version or found is None or found == row.workflow_id:
        return str(row.workflow_id)
    mine = workflow_sample.c.workflow_id == row.workflow_id
    connection.execute(workflow_sample.update().where(mine).values(workflow_id=found))
    return str(found)


def _lost(connection: sa.Connection, workflow_id: str, revision: int) -> Published:
    draft_rows.claimed(connection, workflow_id, revision)
    raise EditConflict("The draft was changed meanwhile.")


def _check_base(connection: sa.Connection, workflow_id: str, seen: int, base: int) -> None:
    found = sa.select(workflow_version).where(workflow_version.c.workflow_id == workflow_id)
    ordered = found.order_by(workflow_version.c.version.desc()).limit(1)
    newest = connection.execute(ordered).one_or_none()
    if newest is None or newest.version == seen:
        return
    was = connection.execute(found.where(workflow_version.c.version == base)).one_or_none()
    raise EditConflict(
        f"{newest.author or 'Somebody'} published version {newest.version} after this draft was "
        "begun.",
        advice="Look at the changes; publish again to replace that version too.",
        changed_by=newest.author,
        changed_at=newest.created_at,
        revision=newest.version,
        changes=difference(from_json(was.document) if was else {}, from_json(newest.document)),
    )


def _rename_samples(
    connection: sa.Connection, workflow_id: str, renamed: Mapping[str, str]
) -> None:
    for old, new in renamed.items():
        connection.execute(
            workflow_sample.update()
            .where(workflow_sample.c.workflow_id == workflow_id, workflow_sample.c.place == old)
            .values(place=new)
        )

"""Workflows as they are kept: versions never change once published, and runs pin theirs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from connector.errors import InputError
from connector.runtime.services import Services
from connector.store import audit, clock
from connector.store.database import Database
from connector.store.json_text import from_json, to_json
from connector.store.tables import workflow, workflow_version
from connector.workflow.model import Workflow, parse
from connector.workflow.validation import Surroundings
from connector.workflow.wording import printable


@dataclass(frozen=True)
class Published:
    """A version that runs."""

    workflow_id: str
    version: int
    fingerprint: str
    document: str
    author: str = ""

    @property
    def definition(self) -> Workflow:
        """The version, parsed.

        Raises:
            InputError: It was published by a program that knew more than this one.
        """
        # Versions are immutable, so a parsed one stays right; parsing compiles every expression.
        found = _parsed.get(self.fingerprint)
        if found is None:
            if len(_parsed) >= _MOST_KEPT:
                _parsed.clear()
            found = _parsed[self.fingerprint] = parse(from_json(self.document))
        return found


_parsed: dict[str, Workflow] = {}
_versions: WeakKeyDictionary[Database, dict[tuple[str, int], Published]] = WeakKeyDictionary()
_MOST_KEPT = 256


def publish(database: Database, definition: Workflow, *, actor: str, note: str = "") -> Published:
    """Publish a definition under its name and return it; the same content stays one version.

    A name that belonged to a deleted workflow gives the workflow its id and its history back, so
    that what it has written is never written again.
    """

    def write(connection: sa.Connection) -> Published:
        row = connection.execute(
            sa.select(workflow.c.id).where(workflow.c.name == definition.name)
        ).one_or_none()
        workflow_id = row.id if row else str(uuid.uuid4())
        return put(connection, workflow_id, definition, actor=actor, note=note)

    return database.write(write)


def put(
    connection: sa.Connection, workflow_id: str, definition: Workflow, *, actor: str, note: str = ""
) -> Published:
    """Publish a definition as a workflow's newest version, inside the caller's transaction.

    The workflow takes the definition's name and keeps its id; the same content stays one version.

    Raises:
        InputError: Another workflow has the name.
    """
    row = _named(connection, workflow_id, definition.name)
    last = _last(connection, workflow_id)
    fingerprint = definition.fingerprint()
    if last and last.fingerprint == fingerprint and row.published_version == last.version:
        return _published(last)
    number = (last.version if last else 0) + 1
    document = to_json(definition.to_document())
    values = {
        "workflow_id": workflow_id,
        "version": number,
        "document": document,
        "fingerprint": fingerprint,
        "created_at": clock.now_ms(connection),
        "author": actor,
        "note": note,
    }
    connection.execute(workflow_version.insert().values(**values))
    change = {"published_version": number, "resting_version": None, "deleted_at": None}
    connection.execute(workflow.update().where(workflow.c.id == workflow_id).values(**change))
    entry = audit.Entry(
        actor=actor,
        action="workflow.publish",
        object=f"workflow/{workflow_id}",
        before={"name": row.name, "version": row.published_version} if last else None,
        after={"name": definition.name, "version": number, "fingerprint": fingerprint},
    )
    audit.append(connection, entry)
    return Published(workflow_id, number, fingerprint, document, actor)


def _named(connection: sa.Connection, workflow_id: str, name: str) -> sa.Row[Any]:
    """Return the workflow's row as it was, after making it or giving it the name."""
    other = sa.select(workflow).where(workflow.c.name == name, workflow.c.id != workflow_id)
    holder = connection.execute(other).one_or_none()
    if holder is not None:
        what = "A deleted workflow had" if holder.deleted_at else "Another workflow has"
        raise InputError(
            f"{what} the name '{printable(name)}'.", advice="Choose another name.", field="name"
        )
    found = sa.select(workflow).where(workflow.c.id == workflow_id).with_for_update()
    row = connection.execute(found).one_or_none()
    if row is None:
        values = {"id": workflow_id, "name": name, "created_at": clock.now_ms(connection)}
        connection.execute(workflow.insert().values(**values))
        return connection.execute(found).one()
    if row.name != name:
        connection.execute(workflow.update().where(workflow.c.id == workflow_id).values(name=name))
    return row


def _last(connection: sa.Connection, workflow_id: str) -> sa.Row[Any] | None:
    found = sa.select(workflow_version).where(workflow_version.c.workflow_id == workflow_id)
    ordered = found.order_by(workflow_version.c.version.desc()).limit(1)
    return connection.execute(ordered).one_or_none()


def surroundings(services: Services) -> Surroundings:
    """Return what a workflow of this installation is checked against before it is published."""
    kinds = {row.name: row.kind for row in services.connections.list()}

    def find(name: str) -> Workflow | None:
        found = services.database.read(lambda connection: published_named(connection, name))
        return found.definition if found else None

    return Surroundings(services.registry, kinds, find)


def published(connection: sa.Connection) -> list[Published]:
    """Return every workflow's published version."""
    rows = connection.execute(_PUBLISHED)
    return [_published(row) for row in rows]


def published_named(connection: sa.Connection, name: str) -> Published | None:
    """Return the published version of a workflow, or None where there is none."""
    row = connection.execute(_PUBLISHED.where(workflow.c.name == name)).one_or_none()
    return _published(row) if row else None


def newest(connection: sa.Connection, workflow_id: str) -> Published | None:
    """Return the published version of a workflow by its id, or None where there is none."""
    row = connection.execute(_PUBLISHED.where(workflow.c.id == workflow_id)).one_or_none()
    return _published(row) if row else None


def names(connection: sa.Connection) -> set[str]:
    """Return the names of all workflows: published, resting and deleted ones."""
    return set(connection.execute(sa.select(workflow.c.name)).scalars())


def pinned(database: Database, workflow_id: str, number: int) -> Published:
    """Return one version, published or not any more; none ever changes, so each is read once."""
    known = _versions.setdefault(database, {})
    found = known.get((workflow_id, number))
    if found is None:
        found = database.read(lambda connection: version(connection, workflow_id, number))
        if len(known) >= _MOST_KEPT:
            known.clear()
        known[workflow_id, number] = found
    return found


def version(connection: sa.Connection, workflow_id: str, number: int) -> Published:
    """Return one version, published or not any more."""
    row = connection.execute(
        sa.select(workflow_version).where(
            workflow_version.c.workflow_id == workflow_id, workflow_version.c.version == number
        )
    ).one()
    return _published(row)


_PUBLISHED: sa.Select[Any] = sa.select(workflow_version).join(
    workflow,
    (workflow.c.id == workflow_version.c.workflow_id)
    & (workflow.c.published_version == workflow_version.c.version),
)


def _published(row: sa.Row[Any]) -> Published:
    return Published(row.workflow_id, row.version, row.fingerprint, row.document, row.author)

"""Workflows as they are kept: versions never change once published, and runs pin theirs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from connector.runtime.services import Services
from connector.store import audit, clock
from connector.store.database import Database
from connector.store.json_text import from_json, to_json
from connector.store.tables import workflow, workflow_version
from connector.workflow.model import Workflow, parse
from connector.workflow.validation import Surroundings


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


def publish(database: Database, definition: Workflow, *, actor: str) -> Published:
    """Publish a definition under its name and return it; the same content stays one version."""

    def write(connection: sa.Connection) -> Published:
        now = clock.now_ms(connection)
        row = connection.execute(
            sa.select(workflow).where(workflow.c.name == definition.name)
        ).one_or_none()
        workflow_id = row.id if row else str(uuid.uuid4())
        if row is None:
            connection.execute(
                workflow.insert().values(id=workflow_id, name=definition.name, created_at=now)
            )
        newest = connection.execute(
            sa.select(workflow_version)
            .where(workflow_version.c.workflow_id == workflow_id)
            .order_by(workflow_version.c.version.desc())
            .limit(1)
        ).one_or_none()
        fingerprint = definition.fingerprint()
        if newest and newest.fingerprint == fingerprint and row and row.published_version:
            return _published(newest)
        version = (newest.version if newest else 0) + 1
        document = to_json(definition.to_document())
        connection.execute(
            workflow_version.insert().values(
                workflow_id=workflow_id,
                version=version,
                document=document,
                fingerprint=fingerprint,
                created_at=now,
                author=actor,
            )
        )
        connection.execute(
            workflow.update().where(workflow.c.id == workflow_id).values(published_version=version)
        )
        audit.append(
            connection,
            audit.Entry(
                actor=actor,
                action="workflow.publish",
                object=f"workflow/{workflow_id}",
                after={"name": definition.name, "version": version, "fingerprint": fingerprint},
            ),
        )
        return Published(workflow_id, version, fingerprint, document, actor)

    return database.write(write)


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
    """Return the names of all workflows, published or not."""
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

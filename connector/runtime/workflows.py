"""Workflows as they are kept: versions never change once published, and runs pin theirs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.store import audit, clock
from connector.store.database import Database
from connector.store.json_text import from_json, to_json
from connector.store.tables import workflow, workflow_version
from connector.workflow.model import Workflow, parse


@dataclass(frozen=True)
class Published:
    """A version that runs."""

    workflow_id: str
    version: int
    fingerprint: str
    document: str

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
        return Published(workflow_id, version, fingerprint, document)

    return database.write(write)


def published(connection: sa.Connection) -> list[Published]:
    """Return every workflow's published version."""
    rows = connection.execute(
        sa.select(workflow_version).join(
            workflow,
            (workflow.c.id == workflow_version.c.workflow_id)
            & (workflow.c.published_version == workflow_version.c.version),
        )
    )
    return [_published(row) for row in rows]


def names(connection: sa.Connection) -> set[str]:
    """Return the names of all workflows, published or not."""
    return set(connection.execute(sa.select(workflow.c.name)).scalars())


def version(connection: sa.Connection, workflow_id: str, number: int) -> Published:
    """Return one version, published or not any more."""
    row = connection.execute(
        sa.select(workflow_version).where(
            workflow_version.c.workflow_id == workflow_id, workflow_version.c.version == number
        )
    ).one()
    return _published(row)


def _published(row: sa.Row[Any]) -> Published:
    return Published(row.workflow_id, row.version, row.fingerprint, row.document)

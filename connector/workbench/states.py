"""Whether a workflow works: disabled, enabled, unpublished, deleted, and what else calls it.

Runs pin their version, so those that have begun end as they began. What was written stays in the
ledger and the audit trail whatever becomes of the workflow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import ConnectorError, InputError, NotFound
from connector.runtime import children, workflows
from connector.store import audit, clock
from connector.store.database import Database
from connector.store.tables import (
    run,
    workflow,
    workflow_draft,
    workflow_draft_revision,
    workflow_sample,
    workflow_version,
)
from connector.workflow import steps as kinds
from connector.workflow.wording import printable

PUBLISHED, DISABLED, UNPUBLISHED = "published", "disabled", "unpublished"


@dataclass(frozen=True)
class Line:
    """A workflow in a list.

    Args:
        id: Its id, which stays whatever it is called.
        name: What it is called.
        state: ``published``, ``disabled`` or ``unpublished``.
        version: The version that is published or comes back when it is enabled; None for neither.
        newest: Its newest version.
        changed_at: When that was published, in milliseconds since 1970.
        changed_by: Who published it.
        has_draft: Somebody is changing it.
    """

    id: str
    name: str
    state: str
    version: int | None
    newest: int
    changed_at: int
    changed_by: str
    has_draft: bool

    def to_document(self) -> dict[str, Any]:
        """Return the line as JSON data."""
        return dict(vars(self))


def lines(connection: sa.Connection) -> list[Line]:
    """Return every workflow that is not deleted, by name."""
    return [_line(row) for row in connection.execute(_lines().order_by(workflow.c.name))]


def line(connection: sa.Connection, name_or_id: str) -> Line:
    """Return one workflow by its name or its id.

    Raises:
        NotFound: There is none, or it was deleted.
    """
    wanted = sa.or_(workflow.c.name == name_or_id, workflow.c.id == name_or_id)
    rows = list(connection.execute(_lines().where(wanted)))
    # A name may look like another workflow's id; the name is what people mean.
    rows.sort(key=lambda row: row.name != name_or_id)
    if not rows:
        raise NotFound(
            f"There is no workflow '{printable(name_or_id)}'.",
            advice="'intacct workflow list' names them.",
        )
    return _line(rows[0])


def _lines() -> sa.Select[Any]:
    last = (
        sa.select(
            workflow_version.c.workflow_id, sa.func.max(workflow_version.c.version).label("n")
        )
        .group_by(workflow_version.c.workflow_id)
        .subquery()
    )
    return (
        sa.select(
            workflow,
            workflow_version.c.version.label("newest"),
            workflow_version.c.created_at.label("changed_at"),
            workflow_version.c.author,
            workflow_draft.c.revision,
        )
        .join(last, last.c.workflow_id == workflow.c.id)
        .join(
            workflow_version,
            (workflow_version.c.workflow_id == workflow.c.id)
            & (workflow_version.c.version == last.c.n),
        )
        .outerjoin(workflow_draft, workflow_draft.c.workflow_id == workflow.c.id)
        .where(workflow.c.deleted_at.is_(None))
    )


def _line(row: sa.Row[Any]) -> Line:
    state = PUBLISHED if row.published_version else UNPUBLISHED
    return Line(
        id=row.id,
        name=row.name,
        state=DISABLED if row.resting_version else state,
        version=row.published_version or row.resting_version,
        newest=row.newest,
        changed_at=row.changed_at,
        changed_by=row.author,
        has_draft=row.revision is not None,
    )


def newest_version(connection: sa.Connection, workflow_id: str) -> sa.Row[Any]:
    """Return the row of a workflow's newest version.

    Raises:
        NotFound: There is no such workflow, or it was deleted.
    """
    found = line(connection, workflow_id)
    chosen = sa.select(workflow_version).where(
        workflow_version.c.workflow_id == found.id, workflow_version.c.version == found.newest
    )
    return connection.execute(chosen).one()


def disable(database: Database, workflow_id: str, *, actor: str) -> None:
    """Let nothing start the workflow until it is enabled; deliveries meanwhile are not kept for it.

    Raises:
        NotFound: There is no such workflow.
        InputError: It is not published.
    """

    def write(connection: sa.Connection) -> None:
        found = _locked(connection, workflow_id)
        if found.state != PUBLISHED:
            raise InputError(f"'{found.name}' is not published, so nothing starts it.")
        change = {"published_version": None, "resting_version": found.version}
        _change(connection, found, change, "workflow.disable", actor)

    database.write(write)


def enable(database: Database, workflow_id: str, *, actor: str) -> None:
    """Let a disabled workflow work again, with the version it had.

    Raises:
        NotFound: There is no such workflow.
        InputError: It is not disabled.
    """

    def write(connection: sa.Connection) -> None:
        found = _locked(connection, workflow_id)
        if found.state != DISABLED:
            advice = "Publish a version of it." if found.state == UNPUBLISHED else "It works."
            raise InputError(f"'{found.name}' is not disabled.", advice=advice)
        change = {"published_version": found.version, "resting_version": None}
        _change(connection, found, change, "workflow.enable", actor)

    database.write(write)


def unpublish(database: Database, workflow_id: str, *, actor: str) -> None:
    """Take the workflow back: nothing starts it, and only publishing makes it work again.

    Raises:
        NotFound: There is no such workflow.
        InputError: It is neither published nor disabled, or others call it.
    """

    def write(connection: sa.Connection) -> None:
        found = _locked(connection, workflow_id)
        if found.state == UNPUBLISHED:
            raise InputError(f"'{found.name}' is not published.")
        _check_callers(connection, found.id, found.name)
        change = {"published_version": None, "resting_version": None}
        _change(connection, found, change, "workflow.unpublish", actor)

    database.write(write)


def delete(database: Database, workflow_id: str, *, actor: str) -> None:
    """Take the workflow out of all lists, with its draft and samples.

    Its versions, runs, ledger and audit trail stay. Publishing under its name again gives it its
    id back, so what it has written is not written anew.

    Raises:
        NotFound: There is no such workflow.
        InputError: Runs of it are open, or others call it.
    """

    def write(connection: sa.Connection) -> None:
        found = _locked(connection, workflow_id)
        _check_callers(connection, found.id, found.name)
        mine = run.c.workflow_id == found.id
        going = sa.select(sa.func.count()).where(mine, run.c.state.in_(children.OPEN))
        if count := connection.execute(going).scalar_one():
            raise InputError(
                f"'{found.name}' has {count} run(s) that have not ended.",
                advice="Disable it, and delete it once they have ended or were cancelled.",
            )
        for kept in (workflow_draft_revision, workflow_draft, workflow_sample):
            connection.execute(kept.delete().where(kept.c.workflow_id == found.id))
        change = {
            "published_version": None,
            "resting_version": None,
            "deleted_at": clock.now_ms(connection),
        }
        _change(connection, found, change, "workflow.delete", actor)

    database.write(write)


def callers(connection: sa.Connection, name: str) -> list[str]:
    """Return the names of the published workflows that call one by its name."""
    found = set()
    for published in workflows.published(connection):
        try:
            definition = published.definition
        except ConnectorError:
            continue  # of a newer program; it says so itself when it runs
        for _, step in definition.every_step():
            if step.type == kinds.CALL and step.config["workflow"] == name:
                found.add(definition.name)
    return sorted(found - {name})


def check_renaming(connection: sa.Connection, workflow_id: str, name: str) -> None:
    """Refuse a new name for a workflow that others call by the one it has.

    Raises:
        InputError: They are named.
    """
    found = sa.select(workflow.c.name).where(
        workflow.c.id == workflow_id, workflow.c.published_version.is_not(None)
    )
    was = connection.execute(found).scalar_one_or_none()
    if was is not None and was != name:
        _check_callers(connection, workflow_id, was)


def _check_callers(connection: sa.Connection, workflow_id: str, name: str) -> None:
    is_published = sa.select(workflow.c.published_version).where(workflow.c.id == workflow_id)
    if connection.execute(is_published).scalar_one() is None:
        return
    if found := callers(connection, name):
        raise InputError(
            f"'{name}' is called by name by: {', '.join(found)}.",
            advice="Change or unpublish those first.",
            field="name",
        )


def _locked(connection: sa.Connection, workflow_id: str) -> Line:
    """Return a workflow whose row nobody else changes until commit."""
    held = sa.select(workflow.c.id).where(workflow.c.id == workflow_id).with_for_update()
    if connection.execute(held).one_or_none() is None:
        raise NotFound("There is no such workflow.", advice="'intacct workflow list' names them.")
    return line(connection, workflow_id)


def _change(
    connection: sa.Connection, found: Line, change: dict[str, Any], action: str, actor: str
) -> None:
    connection.execute(workflow.update().where(workflow.c.id == found.id).values(**change))
    before = {"name": found.name, "state": found.state, "version": found.version}
    entry = audit.Entry(
        actor=actor, action=action, object=f"workflow/{found.id}", before=before, after=None
    )
    audit.append(connection, entry)

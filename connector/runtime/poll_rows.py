"""The rows of polls and schedules: made for what is published, claimed by one worker at a time."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.component.polling import PollingTrigger, TimedTrigger, settings_of
from connector.component.timetable import Timetable
from connector.connections.store import Connections
from connector.errors import ConnectorError
from connector.registry import Registry
from connector.runtime import workflows
from connector.runtime.stretch import Stretch
from connector.runtime.workflows import Published
from connector.store import clock
from connector.store.database import Database
from connector.store.insert import insert_once
from connector.store.json_text import from_json, to_json
from connector.store.tables import inbox, poll, poll_record, workflow, workflow_version

LOG = logging.getLogger(__name__)


class LostPoll(Exception):
    """Another worker has taken this poll since; what this one found no longer counts."""


@dataclass(frozen=True)
class Claimed:
    """A poll in the hands of one worker.

    Args:
        published: The workflow's version.
        epoch: Raised by every claim; a change under an older one changes nothing.
        row: The poll as it was claimed.
        now_ms: The database's time.
    """

    published: Published
    epoch: int
    row: sa.Row[Any]
    now_ms: int

    @property
    def workflow_id(self) -> str:
        """The workflow that is polled for."""
        return self.published.workflow_id

    @property
    def state(self) -> dict[str, Any]:
        """What the last step left."""
        return dict(from_json(self.row.state))


def adopt(database: Database, registry: Registry, connections: Connections) -> None:
    """Give every version that was published since a row, and let those rest that are no more.

    The same trigger with the same settings goes on where it stopped; any other starts anew.
    """
    is_stale, found = database.read(_strange)
    if not is_stale and not found:
        return
    wanted = [
        (item, _first_due(item, made, registry), made, _listened(item, registry, connections))
        for item, made in found
    ]

    def write(connection: sa.Connection) -> None:
        resting = sa.select(workflow.c.id).where(workflow.c.published_version.is_(None))
        connection.execute(
            poll.update()
            .where(poll.c.workflow_id.in_(resting), poll.c.due_at.is_not(None))
            .values(due_at=None, version=0)
        )
        for item, due_at, made, source_id in wanted:
            _adopt(connection, item, due_at, made, source_id)

    database.write(write)


def _strange(connection: sa.Connection) -> tuple[bool, list[tuple[Published, int]]]:
    resting = (
        sa.select(poll.c.workflow_id)
        .join(workflow, workflow.c.id == poll.c.workflow_id)
        .where(workflow.c.published_version.is_(None), poll.c.due_at.is_not(None))
    )
    unknown = (
        sa.select(workflow.c.id, workflow_version.c.created_at)
        .join(
            workflow_version,
            (workflow_version.c.workflow_id == workflow.c.id)
            & (workflow_version.c.version == workflow.c.published_version),
        )
        .outerjoin(poll, poll.c.workflow_id == workflow.c.id)
        .where(poll.c.version.is_distinct_from(workflow.c.published_version))
    )
    found = [
        (item, int(row.created_at))
        for row in connection.execute(unknown)
        if (item := workflows.newest(connection, row.id)) is not None
    ]
    return connection.execute(resting.limit(1)).first() is not None, found


def _first_due(item: Published, made: int, registry: Registry) -> int | None:
    try:
        wanted = item.definition.trigger
        trigger = registry.triggers.get(wanted.type)
        if isinstance(trigger, PollingTrigger):
            return made
        if isinstance(trigger, TimedTrigger):
            timetable = Timetable.of(settings_of(trigger, wanted.config))
            return next(timetable.firings(made), None)
    except ConnectorError as error:
        LOG.warning("Workflow %s starts by itself no more: %s", item.workflow_id, error.title)
    return None


def _listened(item: Published, registry: Registry, connections: Connections) -> str:
    try:
        wanted = item.definition.trigger
    except ConnectorError:
        return ""
    trigger = registry.triggers.get(wanted.type)
    if not isinstance(trigger, PollingTrigger) or not trigger.listens:
        return ""
    source = connections.by_name(wanted.connection)
    return source.id if source else ""


def _adopt(
    connection: sa.Connection, item: Published, due_at: int | None, made: int, source_id: str
) -> None:
    row = connection.execute(
        sa.select(poll).where(poll.c.workflow_id == item.workflow_id)
    ).one_or_none()
    fingerprint = _fingerprint(item)
    fresh: dict[str, Any] = {
        "fingerprint": fingerprint,
        "state": "{}",
        "since": made,
        "due_at": due_at,
    }
    fresh["listens_to"] = source_id
    if row is None:
        values = {"workflow_id": item.workflow_id, "version": item.version, **fresh}
        insert_once(connection, poll, values)
        return
    is_same = row.fingerprint == fingerprint
    change: dict[str, Any] = {"version": item.version}
    if not is_same:
        change |= fresh | {"failures": 0, "note": "", "problem": None, "epoch": row.epoch + 1}
        change["lease_until"] = None
        connection.execute(
            poll_record.delete().where(poll_record.c.workflow_id == item.workflow_id)
        )
    elif row.due_at is None:
        change["due_at"] = due_at
    connection.execute(
        poll.update()
        .where(poll.c.workflow_id == item.workflow_id, poll.c.version == row.version)
        .values(**change)
    )


def _fingerprint(item: Published) -> str:
    document = from_json(item.document)["trigger"]
    return hashlib.sha256(to_json(document).encode()).hexdigest()


def due(connection: sa.Connection, ahead_ms: int, most: int) -> list[tuple[str, float]]:
    """Return what is due or soon will be, and in how many seconds."""
    now = clock.now_ms(connection)
    rows = connection.execute(
        sa.select(poll.c.workflow_id, poll.c.due_at)
        .where(
            poll.c.due_at <= now + ahead_ms,
            sa.or_(poll.c.lease_until.is_(None), poll.c.lease_until < now),
        )
        .order_by(poll.c.due_at)
        .limit(most)
    )
    return [(row.workflow_id, max(0, row.due_at - now) / 1000) for row in rows]


def claim(database: Database, workflow_id: str, lease_ms: int) -> Claimed | None:
    """Take what is due and what nobody else has; None when it is not to be had."""

    def take(connection: sa.Connection) -> Claimed | None:
        now = clock.now_ms(connection)
        row = connection.execute(
            sa.select(poll).where(
                poll.c.workflow_id == workflow_id,
                poll.c.due_at <= now,
                sa.or_(poll.c.lease_until.is_(None), poll.c.lease_until < now),
            )
        ).one_or_none()
        published = workflows.newest(connection, workflow_id)
        if row is None or published is None or published.version != row.version:
            return None
        changed = connection.execute(
            poll.update()
            .where(poll.c.workflow_id == workflow_id, poll.c.epoch == row.epoch)
            .values(epoch=row.epoch + 1, lease_until=now + lease_ms)
        )
        if changed.rowcount != 1:
            return None
        return Claimed(published, row.epoch + 1, row, now)

    return database.write(take)


def change(connection: sa.Connection, claimed: Claimed, values: Mapping[str, Any]) -> None:
    """Change a claimed poll inside the caller's transaction.

    Raises:
        LostPoll: Somebody else has it now; nothing was changed.
    """
    changed = connection.execute(
        poll.update()
        .where(poll.c.workflow_id == claimed.workflow_id, poll.c.epoch == claimed.epoch)
        .values(**values)
    )
    if changed.rowcount != 1:
        raise LostPoll(claimed.workflow_id)


def published_of(connection: sa.Connection, workflow_id: str) -> Published | None:
    """Return the version that is polled for, None where it is published no more."""
    return workflows.newest(connection, workflow_id)


def hurry(database: Database, stretch: Stretch, pause_ms: int) -> list[str]:
    """Make those polls due soon that read along in the inbox, and return their workflows.

    Each is asked once for all that arrives within the pause, so a burst costs few questions.
    """
    arrived = sa.select(inbox.c.connection_id).where(
        inbox.c.id.between(stretch.first, stretch.last)
    )
    listening = sa.select(poll.c.workflow_id).where(
        poll.c.listens_to != "", poll.c.listens_to.in_(arrived), poll.c.due_at.is_not(None)
    )
    if not database.read(lambda connection: connection.execute(listening).first()):
        return []

    def write(connection: sa.Connection) -> list[str]:
        now = clock.now_ms(connection)
        made = connection.execute(
            poll.update()
            .where(
                poll.c.listens_to != "",
                poll.c.listens_to.in_(arrived),
                # One that is being asked may have looked before this came: it is asked again.
                sa.or_(poll.c.due_at > now + pause_ms, poll.c.lease_until >= now),
            )
            .values(due_at=now + pause_ms)
            .returning(poll.c.workflow_id)
        )
        return list(made.scalars())

    return database.write(write)

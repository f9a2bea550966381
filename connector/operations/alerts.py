"""Tells people of troubles: once for each cause, when nothing more happens by itself, and its end.

An alert is an event like others, ``issue.opened`` or ``issue.resolved``, for whoever subscribed to
it by mail or with a web address.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from connector.operations import issues
from connector.operations.issues import Issue
from connector.runtime.services import Services
from connector.store import clock, outbox
from connector.store.insert import insert_once
from connector.store.outbox import Happening, Listener
from connector.store.tables import alert, issue

OPENED, RESOLVED = "issue.opened", "issue.resolved"
TYPES = (OPENED, RESOLVED)
TOLD, OVER = "told", "over"

# A trouble that ends and comes back within this time is not told anew before it is over.
QUIET_MS = 3600 * 1000
_MOST_AT_ONCE = 50

_UNTOLD: sa.Select[Any] = (
    sa.select(issue.c.id, issue.c.workflow_id, alert.c.told_at)
    .outerjoin(alert, alert.c.issue_id == issue.c.id)
    .where(
        issue.c.state == issues.OPEN,
        issue.c.needs_person > 0,
        alert.c.told_at.is_(None)
        | (
            (alert.c.told_at < issue.c.opened_at)
            & (alert.c.told_at <= clock.NOW - sa.bindparam("quiet_ms", type_=sa.BigInteger))
        ),
    )
    .order_by(issue.c.opened_at)
    .limit(_MOST_AT_ONCE)
)
_ENDED: sa.Select[Any] = (
    sa.select(issue.c.id, issue.c.workflow_id, issue.c.muted_by, alert.c.told_at)
    .join(alert, alert.c.issue_id == issue.c.id)
    .where(alert.c.state == TOLD, issue.c.state == issues.RESOLVED)
    .limit(_MOST_AT_ONCE)
)


def tell(services: Services, quiet_ms: int = QUIET_MS) -> int:
    """Tell what is new and what is over; return how many events that made.

    Left alone is what was muted, and what is still retried or looked up by itself. Harmless to
    run twice at once.

    Args:
        services: What the process holds open.
        quiet_ms: How long after an alert the same trouble is not told anew.
    """
    given = {"quiet_ms": quiet_ms}
    untold, ended = services.database.read(
        lambda c: (list(c.execute(_UNTOLD, given)), list(c.execute(_ENDED)))
    )
    if not untold and not ended:
        return 0
    return services.database.write(
        lambda c: (
            sum(_tell_opened(c, row, outbox.listeners(c)) for row in untold)
            + sum(_tell_ended(c, row, outbox.listeners(c)) for row in ended)
        )
    )


def _tell_opened(connection: sa.Connection, row: sa.Row[Any], among: list[Listener]) -> bool:
    happening = _happening(OPENED, issues.one(connection, row.id), row.workflow_id)
    # Who subscribes later is told of what is open then.
    if not any(listener.wants(happening) for listener in among):
        return False
    if not _marked(connection, row):
        return False
    outbox.tell_those(connection, happening, among)
    return True


def _marked(connection: sa.Connection, row: sa.Row[Any]) -> bool:
    """Note that an issue is told now; False where another process has just told it."""
    if row.told_at is None:
        values = {"issue_id": row.id, "state": TOLD, "told_at": clock.NOW}
        return insert_once(connection, alert, values)
    again = _same(row).values(state=TOLD, told_at=clock.NOW, ended_at=None)
    return connection.execute(again).rowcount == 1


def _tell_ended(connection: sa.Connection, row: sa.Row[Any], among: list[Listener]) -> bool:
    over = _same(row).where(alert.c.state == TOLD).values(state=OVER, ended_at=clock.NOW)
    if connection.execute(over).rowcount != 1 or row.muted_by:
        return False
    happening = _happening(RESOLVED, issues.one(connection, row.id), row.workflow_id)
    return bool(outbox.tell_those(connection, happening, among))


def _same(row: sa.Row[Any]) -> sa.Update:
    return alert.update().where(alert.c.issue_id == row.id, alert.c.told_at == row.told_at)


def _happening(kind: str, found: Issue, workflow_id: str | None) -> Happening:
    said = {
        "issue": found.id,
        "kind": found.kind,
        "title": found.title,
        "advice": found.advice if kind == OPENED else "",
        "step": found.step,
        "connection": found.connection,
        "field": found.place,
        "code": found.code,
        "runs": list(found.examples),
        "count": found.seen,
    }
    data = {name: value for name, value in said.items() if value}
    return Happening(kind, f"issues/{found.id}", data, workflow_id)

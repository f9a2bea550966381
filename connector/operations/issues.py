"""The issue inbox: troubles grouped by their cause, each with what to do and whom it struck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError, NotFound
from connector.operations.gathering import MUTED, OPEN, RESOLVED
from connector.runtime import children, decisions
from connector.store import audit, clock
from connector.store.database import Database
from connector.store.tables import connection as connections
from connector.store.tables import issue, issue_run, run, workflow

__all__ = ["MUTED", "OPEN", "RESOLVED", "Issue", "close", "listed", "mute", "one", "runs_of"]

_MOST_EXAMPLES = 5


@dataclass(frozen=True)
class Issue:
    """One cause and what came of it.

    Args:
        id: The same for the same cause, always.
        kind: ``run``, ``paused-workflow``, ``connection`` or ``changed-fields``.
        state: ``open``, ``muted`` or ``resolved``.
        workflow: The workflow's name; empty for a connection's.
        connection: The connection's name, where the cause is one.
        step: Where in the workflow.
        error_type: The error's name.
        code: What the other side calls it.
        place: The input that is wrong.
        title: What happened, a sentence about the newest case.
        advice: What to do.
        seen: How many cases there were, over all times.
        waiting: How many runs of it have not gone through.
        can_retry: How many of these can be retried now.
        needs_person: Whether nothing more happens by itself; else wait before alarming anybody.
        first_at: Milliseconds since 1970, like the other times.
        last_at: When the newest case came.
        opened_at: When it last came up; a resolved one that comes back is a new occasion.
        resolved_at: When it ended.
        resolved_by: Who says so: ``system`` where everything in it went through.
        muted_by: Who wants to hear no more of it.
        examples: The newest runs that have not gone through.
    """

    id: str
    kind: str
    state: str
    workflow: str
    connection: str
    step: str
    error_type: str
    code: str
    place: str
    title: str
    advice: str
    seen: int
    waiting: int
    can_retry: int
    needs_person: bool
    first_at: int
    last_at: int
    opened_at: int
    resolved_at: int | None
    resolved_by: str
    muted_by: str
    examples: tuple[str, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {**asdict(self), "examples": list(self.examples)}


_SAME = tuple(name for name in Issue.__dataclass_fields__ if name in issue.c)


def listed(connection: sa.Connection, *states: str, limit: int = 100) -> list[Issue]:
    """Return issues in some states, or the open ones; those struck last come first."""
    wanted = issue.c.state.in_(states or (OPEN,))
    rows = connection.execute(
        _issues().where(wanted).order_by(issue.c.last_at.desc(), issue.c.id).limit(limit)
    )
    return [_issue(connection, row) for row in rows]


def one(connection: sa.Connection, issue_id: str) -> Issue:
    """Return an issue by its id, or by the beginning of it.

    Raises:
        NotFound: There is none.
        InputError: Several begin so.
    """
    begins = issue.c.id.startswith(issue_id, autoescape=True)
    rows = list(connection.execute(_issues().where(begins).limit(2))) if issue_id else []
    if not rows:
        raise NotFound(f"There is no issue {issue_id}.", advice="'intacct issues list' names them.")
    if len(rows) > 1:
        raise InputError("Several issues begin so.", advice="Give more of the id.", field="issue")
    return _issue(connection, rows[0])


def runs_of(connection: sa.Connection, issue_id: str, *, can_retry: bool = False) -> list[str]:
    """Return the runs of an issue that have not gone through, oldest first.

    Args:
        connection: To read with.
        issue_id: The whole id.
        can_retry: Only those that can be retried now.
    """
    found = sa.select(issue_run.c.run_id).where(_waits(issue_id))
    if can_retry:
        found = found.join(run, run.c.id == issue_run.c.run_id)
        found = found.where(run.c.state.in_(decisions.RETRIED))
    return list(connection.execute(found.order_by(issue_run.c.at, issue_run.c.run_id)).scalars())


def mute(database: Database, issue_id: str, *, actor: str, is_muted: bool = True) -> Issue:
    """Hear no more of an issue, or hear of it again; it goes on being counted.

    Raises:
        NotFound: There is none.
        InputError: It is resolved.
    """

    def write(connection: sa.Connection) -> Issue:
        found = one(connection, issue_id)
        if found.state == RESOLVED:
            raise InputError("This issue is resolved; there is nothing to hear.", field="issue")
        values = {"state": MUTED, "muted_by": actor} if is_muted else {"state": OPEN}
        values.setdefault("muted_by", "")
        action = "issue.mute" if is_muted else "issue.unmute"
        return _changed(connection, found, values, action, actor)

    return database.write(write)


def close(database: Database, issue_id: str, *, actor: str, why: str) -> Issue:
    """Call an issue resolved that was settled elsewhere; its runs stay as they are.

    Raises:
        NotFound: There is none.
        InputError: It is resolved already, no reason is given, or a write of it is still open.
    """
    if not why.strip():
        raise InputError("Say why it needs nothing more.", field="reason")

    def write(connection: sa.Connection) -> Issue:
        found = one(connection, issue_id)
        if found.state == RESOLVED:
            raise InputError("This issue is resolved already.", field="issue")
        going = sa.select(run.c.id).where(run.c.state.in_(children.OPEN))
        inside = issue_run.c.run_id.in_(going) & _waits(found.id)
        if connection.execute(sa.select(issue_run.c.run_id).where(inside).limit(1)).first():
            raise InputError(
                "Runs of this issue are under way.", advice="Wait for their end.", field="issue"
            )
        now = clock.now_ms(connection)
        connection.execute(issue_run.update().where(_waits(found.id)).values(settled_at=now))
        values = {"state": RESOLVED, "resolved_at": now, "resolved_by": actor, "needs_person": 0}
        return _changed(connection, found, values, "issue.close", actor, why)

    return database.write(write)


def _changed(
    connection: sa.Connection,
    found: Issue,
    values: dict[str, Any],
    action: str,
    actor: str,
    why: str = "",
) -> Issue:
    connection.execute(issue.update().where(issue.c.id == found.id).values(**values))
    after = {"state": values["state"], **({"reason": why} if why else {})}
    entry = audit.Entry(actor, action, f"issue/{found.id}", before=found.state, after=after)
    audit.append(connection, entry)
    return one(connection, found.id)


def _waits(issue_id: str) -> sa.ColumnElement[bool]:
    return (issue_run.c.issue_id == issue_id) & issue_run.c.settled_at.is_(None)


def _issues() -> sa.Select[Any]:
    names = (workflow.c.name.label("workflow"), connections.c.name.label("connection"))
    return (
        sa.select(*(issue.c[name] for name in _SAME), *names)
        .outerjoin(workflow, workflow.c.id == issue.c.workflow_id)
        .outerjoin(connections, connections.c.id == issue.c.connection_id)
    )


def _issue(connection: sa.Connection, row: sa.Row[Any]) -> Issue:
    is_ready = sa.case((run.c.state.in_(decisions.RETRIED), 1), else_=0)
    counted = (
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(is_ready), 0))
        .select_from(issue_run.outerjoin(run, run.c.id == issue_run.c.run_id))
        .where(_waits(row.id))
    )
    waiting, can_retry = connection.execute(counted).one()
    newest = sa.select(issue_run.c.run_id).where(_waits(row.id)).order_by(issue_run.c.at.desc())
    examples: Sequence[str] = connection.execute(newest.limit(_MOST_EXAMPLES)).scalars().all()
    same = {name: getattr(row, name) for name in _SAME}
    return Issue(
        **{**same, "needs_person": bool(row.needs_person)},
        workflow=row.workflow or "",
        connection=row.connection or "",
        waiting=int(waiting),
        can_retry=int(can_retry),
        examples=tuple(examples),
    )

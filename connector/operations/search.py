"""Finds runs by what people know of them: an invoice number, a customer, a deal, a day.

Every question is answered by an index; pages go on from the last run seen, so that new runs
neither repeat nor hide one.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError, NotFound
from connector.runtime import history, workflows
from connector.runtime.history import RunLine
from connector.runtime.intents import CONTROL_ID_PREFIX
from connector.store.tables import effect, inbox, run, workflow, workflow_version

MOST = 500
_ID_BYTES = 25  # what a control id holds of its effect's key
_KEY_DIGITS = 64


@dataclass(frozen=True)
class Wanted:
    """What a run has to be to be found; what is left out does not matter.

    Args:
        states: In one of these.
        workflow: Of the workflow of this name.
        connection: Of a workflow whose version works over the connection of this name.
        since_ms: Begun at this time or later, in milliseconds since 1970.
        until_ms: Begun before this time.
        once: The business key, exactly.
        reference: A record it wrote or names as its party: number, record number, customer id.
        event: What the source calls the event.
        control: A control id or idempotency key of one of its writes.
        anything: Any one of these: its id, the business key, a record or a party, an event.
    """

    states: tuple[str, ...] = ()
    workflow: str = ""
    connection: str = ""
    since_ms: int | None = None
    until_ms: int | None = None
    once: str = ""
    reference: str = ""
    event: str = ""
    control: str = ""
    anything: str = ""


@dataclass(frozen=True)
class Page:
    """Some of the runs that were found, newest first.

    Args:
        lines: The runs.
        next: Where the next page begins; empty where this is the last one.
    """

    lines: list[RunLine]
    next: str = ""


def find(connection: sa.Connection, wanted: Wanted, *, limit: int = 50, after: str = "") -> Page:
    """Return a page of the outermost runs that are wanted; runs inside them count as theirs.

    Args:
        connection: To read with.
        wanted: What they have to be.
        limit: At most so many, up to ``MOST``.
        after: The ``next`` of the page before.

    Raises:
        NotFound: There is no such workflow or connection.
        InputError: The place to go on from, or the control id, is none.
    """
    limit = max(1, min(limit, MOST))
    rows = _rows(connection, wanted, after, limit + 1)
    lines = [history.line(row) for row in rows[:limit]]
    if len(rows) <= limit:
        return Page(lines)
    last = rows[limit - 1]
    return Page(lines, _cursor(last.created_at, last.id))


def _rows(connection: sa.Connection, wanted: Wanted, after: str, limit: int) -> list[sa.Row[Any]]:
    if len(wanted.states) <= 1:
        return list(connection.execute(statement(connection, wanted, after).limit(limit)))
    # One state at a time keeps the order of its index; several at once would sort every run.
    found: list[sa.Row[Any]] = []
    for state in dict.fromkeys(wanted.states):
        only = dataclasses.replace(wanted, states=(state,))
        found += connection.execute(statement(connection, only, after).limit(limit))
    return sorted(found, key=lambda row: (row.created_at, row.id), reverse=True)[:limit]


def statement(connection: sa.Connection, wanted: Wanted, after: str = "") -> sa.Select[Any]:
    """Return the query behind ``find``, without its limit."""
    query = history.listed().where(run.c.parent_id.is_(None))
    for condition in _conditions(connection, wanted):
        query = query.where(condition)
    if after:
        query = query.where(sa.tuple_(run.c.created_at, run.c.id) < sa.tuple_(*_place(after)))
    return query.order_by(run.c.created_at.desc(), run.c.id.desc())


def _conditions(connection: sa.Connection, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = _plain_conditions(wanted)
    if wanted.workflow:
        found.append(run.c.workflow_id == _workflow_id(connection, wanted.workflow))
    if wanted.connection:
        found.append(_over(connection, wanted.connection))
    if wanted.reference:
        found.append(_wrote(*_named_so(wanted.reference)))
    if wanted.event:
        found.append(_of_event(wanted.event))
    if wanted.control:
        found.append(_wrote(_of_control(wanted.control)))
    if wanted.anything:
        found.append(_known_as(wanted.anything))
    return found


def _plain_conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if len(wanted.states) == 1:
        found.append(run.c.state == wanted.states[0])  # the form that keeps the index's order
    elif wanted.states:
        found.append(run.c.state.in_(wanted.states))
    if wanted.since_ms is not None:
        found.append(run.c.created_at >= wanted.since_ms)
    if wanted.until_ms is not None:
        found.append(run.c.created_at < wanted.until_ms)
    if wanted.once:
        found.append(run.c.once == wanted.once)
    return found


def _workflow_id(connection: sa.Connection, name: str) -> str:
    found = sa.select(workflow.c.id).where(workflow.c.name == name)
    workflow_id: str | None = connection.execute(found).scalar_one_or_none()
    if workflow_id is None:
        raise NotFound(f"There is no workflow named {name}.", field="workflow")
    return workflow_id


def _over(connection: sa.Connection, name: str) -> sa.ColumnElement[bool]:
    """Return the condition for versions that work over a connection."""
    mentions = workflow_version.c.document.contains(json.dumps(name), autoescape=True)
    rows = connection.execute(sa.select(workflow_version).where(mentions)).all()
    found = [
        (run.c.workflow_id == row.workflow_id) & (run.c.version == row.version)
        for row in rows
        if name in _connections_of(connection, row)
    ]
    return sa.or_(sa.false(), *found)


def _connections_of(connection: sa.Connection, row: sa.Row[Any]) -> set[str]:
    try:
        found = workflows.version(connection, row.workflow_id, row.version)
        return found.definition.connections()
    except InputError:
        return set()  # published by a program that knew more than this one


def _named_so(reference: str) -> list[sa.ColumnElement[bool]]:
    return [effect.c[name] == reference for name in ("external_id", "key", "party")]


def _wrote(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return the condition for runs with such a write, in themselves or in a run inside them."""
    # One search of an index each; OR over several columns would read the whole table.
    inner = run.alias("inner_run")
    outermost = sa.func.coalesce(inner.c.root_id, inner.c.id)
    parts = [
        sa.select(outermost).join(effect, effect.c.run_id == inner.c.id).where(condition)
        for condition in conditions
    ]
    return run.c.id.in_(sa.union(*parts) if len(parts) > 1 else parts[0])


def _known_as(text: str) -> sa.ColumnElement[bool]:
    """Return the condition for whatever people type who only want their run."""
    if text.startswith(CONTROL_ID_PREFIX):
        return _wrote(_of_control(text))
    conditions = (run.c.once == text, run.c.id == text, _wrote(*_named_so(text)), _of_event(text))
    parts = [sa.select(run.c.id).where(condition) for condition in conditions]
    return run.c.id.in_(sa.union(*parts))


def _of_event(name: str) -> sa.ColumnElement[bool]:
    return run.c.inbox_id.in_(sa.select(inbox.c.id).where(inbox.c.event_id == name))


def _of_control(control: str) -> sa.ColumnElement[bool]:
    """Return the condition for the effect of a control id, by the key of which it is made."""
    digits = control.removeprefix(CONTROL_ID_PREFIX).rpartition("-")[0]
    try:
        begin = base64.b32decode(digits).hex()
    except (binascii.Error, ValueError):
        begin = ""
    if len(begin) != 2 * _ID_BYTES:
        raise InputError(
            f"{control} is no control id of ours.",
            advice=f"They begin with {CONTROL_ID_PREFIX} and end with a number.",
            field="control",
        )
    return effect.c.op_key.between(begin.ljust(_KEY_DIGITS, "0"), begin.ljust(_KEY_DIGITS, "f"))


def _cursor(created_at: int, run_id: str) -> str:
    return base64.urlsafe_b64encode(f"{created_at} {run_id}".encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[int, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        moment, _, run_id = base64.urlsafe_b64decode(padded).decode().partition(" ")
        return int(moment), run_id
    except (binascii.Error, ValueError):
        raise InputError("There is no such page.", advice="Begin anew.", field="after") from None

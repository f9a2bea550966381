"""The rows of connections, as every part of this package reads and stores them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from connector.errors import InputError, NotFound
from connector.store import tables
from connector.store.json_text import from_json, to_json

READY, ATTENTION, RECONNECT = "ready", "needs-attention", "needs-reconnect"


@dataclass(frozen=True)
class ConnectionRow:
    """A connection without its secrets in the clear.

    Args:
        settings: What is no secret, under the keys of the kind's schema.
        secrets: The secrets as ciphertext; ``Connections.open`` reads them.
        hook_token: The unguessable end of the address that webhooks are sent to.
        state: ``ready``, ``needs-attention`` or ``needs-reconnect``.
        problem: What needs attention, as ``ConnectorError.describe`` gave it, and over which
            ``api``.
    """

    id: str
    name: str
    kind: str
    settings: dict[str, Any]
    secrets: str = field(repr=False)
    hook_token: str = field(repr=False)
    created_at: int
    changed_at: int
    state: str
    problem: dict[str, Any] | None

    def is_stopped(self, api: str) -> bool:
        """Say whether nobody may sign in to an API before a person has acted."""
        return self.state != READY and (self.problem or {}).get("api", "xml") == api


def is_it(row_id: str) -> sa.ColumnElement[bool]:
    """Return the condition that picks one connection."""
    return tables.connection.c.id == row_id


def store(connection: sa.Connection, statement: sa.Insert | sa.Update, row: ConnectionRow) -> None:
    """Insert or update a row.

    Raises:
        InputError: Another connection has its name.
    """
    columns = {
        **vars(row),
        "settings": to_json(row.settings),
        "problem": None if row.problem is None else to_json(row.problem),
    }
    try:
        with connection.begin_nested():
            connection.execute(statement.values(columns))
    except IntegrityError:
        raise InputError(
            f"There is already a connection named '{row.name}'.",
            advice="Choose another name, or update the one that is there.",
            field="name",
        ) from None


def found(connection: sa.Connection, row_id: str) -> ConnectionRow:
    """Return a connection by its id.

    Raises:
        NotFound: It does not exist, or not any more.
    """
    row = first(connection, tables.connection.c.id, row_id)
    if row is None:
        raise NotFound("This connection does not exist, or not any more.")
    return row


def first(connection: sa.Connection, column: sa.Column[Any], value: str) -> ConnectionRow | None:
    """Return the one connection that has this value in a unique column, or None."""
    kept = connection.execute(_by(column), {"wanted": value}).mappings().one_or_none()
    return None if kept is None else _row(kept)


@cache
def _by(column: sa.Column[Any]) -> sa.Select[Any]:
    """Return the query: every step asks, and building it takes longer than running it."""
    return sa.select(tables.connection).where(column == sa.bindparam("wanted"))


def by_name(connection: sa.Connection) -> tuple[ConnectionRow, ...]:
    """Return all connections in the order of their names."""
    query = sa.select(tables.connection).order_by(tables.connection.c.name)
    return tuple(_row(kept) for kept in connection.execute(query).mappings())


def _row(kept: sa.RowMapping) -> ConnectionRow:
    columns: dict[str, Any] = {str(name): value for name, value in kept.items()}
    del columns["tenant"]
    columns["settings"] = from_json(columns["settings"])
    columns["problem"] = from_json(columns["problem"]) if columns["problem"] else None
    return ConnectionRow(**columns)

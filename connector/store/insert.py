"""Inserting a row unless it is there: the one form of upsert that needs no check beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Executable, Row, Table
from sqlalchemy.dialects import postgresql, sqlite

from connector.store.clock import NOW

Insert = postgresql.Insert | sqlite.Insert


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row and say so, or return False when a unique constraint already holds one.

    A value may be ``clock.NOW``; other expressions are not taken.
    """
    statement, given = _kept(connection, table, values, ())
    return connection.execute(statement, given).rowcount == 1


def insert_returning(
    connection: Connection, table: Table, values: Mapping[str, Any], *columns: Column[Any]
) -> Row[Any] | None:
    """Insert a row and return these columns of it; None when it is there, see ``insert_once``."""
    statement, given = _kept(connection, table, values, columns)
    return connection.execute(statement, given).one_or_none()


def insert_into(dialect_name: str, table: Table) -> Insert:
    """Return an insert that can say what is to happen when the row is there already."""
    if dialect_name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def _kept(
    connection: Connection,
    table: Table,
    values: Mapping[str, Any],
    columns: tuple[Column[Any], ...],
) -> tuple[Executable, dict[str, Any]]:
    stamped = tuple(name for name, value in values.items() if value is NOW)
    given = {name: value for name, value in values.items() if value is not NOW}
    return _statement(connection.dialect.name, table, stamped, columns), given


@cache
def _statement(
    dialect_name: str, table: Table, stamped: tuple[str, ...], columns: tuple[Column[Any], ...]
) -> Executable:
    """Return the statement: building it takes longer than running it, so it is kept."""
    statement = insert_into(dialect_name, table).on_conflict_do_nothing()
    if stamped:
        statement = statement.values(dict.fromkeys(stamped, NOW))
    if columns:
        return statement.returning(*columns)
    # Without the option psycopg's count is gone by the time it is asked for, and reads -1.
    return statement.execution_options(preserve_rowcount=True)

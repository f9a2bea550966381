"""Inserting a row unless it is there: the one form of upsert that needs no check beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row and say so, or return False when a unique constraint already holds one."""
    if connection.dialect.name == "postgresql":
        statement = postgresql.insert(table).values(**values).on_conflict_do_nothing()
        return connection.execute(statement).rowcount == 1
    return (
        connection.execute(sqlite.insert(table).values(**values).on_conflict_do_nothing()).rowcount
        == 1
    )

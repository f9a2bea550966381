"""Inserting a row unless it is there: the one form of upsert that needs no check beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row and say so, or return False when a unique constraint already holds one."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(**values).on_conflict_do_nothing()
    # Without the option psycopg's count is gone by the time it is asked for, and reads -1.
    done = connection.execute(statement.execution_options(preserve_rowcount=True))
    return done.rowcount == 1

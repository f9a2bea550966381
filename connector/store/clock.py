"""The one clock all processes share: the database's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Text, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class _Now(FunctionElement[int]):
    """The time in milliseconds, in the words of whichever database is asked."""

    type = BigInteger()
    inherit_cache = True


class _Month(FunctionElement[str]):
    """The month of that time."""

    type = Text()
    inherit_cache = True


# One object for both databases, so that statements can be built once and kept.
NOW: ColumnElement[int] = _Now()
"""The database's time in milliseconds since 1970, UTC, as part of a larger statement."""
MONTH: ColumnElement[str] = _Month()
"""The database's month as ``2026-03``, UTC, as part of a larger statement."""

_NOW_ITSELF = select(NOW)


def now_column(_connection: Connection) -> ColumnElement[int]:
    """Return the database's time as part of a larger statement: one trip less."""
    return NOW


def now_ms(connection: Connection) -> int:
    """Return the database's time in milliseconds since 1970, UTC."""
    return int(connection.execute(_NOW_ITSELF).scalar_one())


@compiles(_Now, "sqlite")
def _now_in_sqlite(*_: Any, **__: Any) -> str:
    # 'now' stays the same within one statement, so seconds and thousandths belong together.
    return (
        "(CAST(strftime('%s', 'now') AS INTEGER) * 1000"
        " + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER))"
    )


@compiles(_Now, "postgresql")
def _now_in_postgresql(*_: Any, **__: Any) -> str:
    # clock_timestamp() goes on within a transaction; now() would stand still.
    return "CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT)"


@compiles(_Month, "sqlite")
def _month_in_sqlite(*_: Any, **__: Any) -> str:
    return "strftime('%Y-%m', 'now')"


@compiles(_Month, "postgresql")
def _month_in_postgresql(*_: Any, **__: Any) -> str:
    return "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM')"

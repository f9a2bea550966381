"""The one clock all processes share: the database's."""

from __future__ import annotations

from sqlalchemy import Connection, text

# 'now' stays the same within one statement, so seconds and thousandths belong together.
_SQLITE = text(
    "SELECT CAST(strftime('%s', 'now') AS INTEGER) * 1000"
    " + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER)"
)
# clock_timestamp() goes on within a transaction; now() would stand still.
_POSTGRESQL = text("SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT)")


def now_ms(connection: Connection) -> int:
    """Return the database's time in milliseconds since 1970, UTC."""
    statement = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    return int(connection.execute(statement).scalar_one())

"""Inserting unless it is there says the truth about which of the two happened."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from connector.store import Database, clock
from connector.store.insert import insert_once, insert_returning
from connector.store.tables import heartbeat


def test_the_first_insert_says_so_and_no_other(database: Database) -> None:
    """Callers ring bells and count by the answer."""
    values = {"name": "sweeper", "at": 1}
    said = [database.write(lambda c: insert_once(c, heartbeat, values)) for _ in range(3)]
    assert said == [True, False, False]


def test_the_first_insert_returns_the_row_and_no_other(database: Database) -> None:
    """Whoever gets nothing reads what is there."""
    values = {"name": "sweeper", "at": 7}

    def insert(connection: sa.Connection) -> int | None:
        row = insert_returning(connection, heartbeat, values, heartbeat.c.at)
        return None if row is None else int(row.at)

    assert [database.write(insert) for _ in range(2)] == [7, None]


def test_the_databases_clock_is_a_value_like_any_other(database: Database) -> None:
    """A kept statement must not keep the time, nor the columns of whoever came first."""
    before = database.read(clock.now_ms)
    for name, at in (("a", 1), ("b", clock.NOW), ("c", 3), ("d", clock.NOW)):
        values = {"name": name, "at": at}
        database.write(lambda c, values=values: insert_once(c, heartbeat, values))  # type: ignore[misc]
    rows = database.read(
        lambda c: dict(c.execute(sa.select(heartbeat.c.name, heartbeat.c.at)).all())
    )
    after = database.read(clock.now_ms)
    assert (rows["a"], rows["c"]) == (1, 3)
    assert before <= rows["b"] <= rows["d"] <= after


def test_the_month_is_that_of_the_databases_clock_in_utc(database: Database) -> None:
    """Calls are summed by month in every process alike."""

    def read(connection: sa.Connection) -> tuple[str, str]:
        now = datetime.fromtimestamp(clock.now_ms(connection) / 1000, UTC)
        found = connection.execute(sa.select(clock.MONTH)).scalar_one()
        return now.strftime("%Y-%m"), str(found)

    months = database.read(read)
    assert months[0] == months[1] or months[0] != database.read(read)[0]

"""Inserting unless it is there says the truth about which of the two happened."""

from __future__ import annotations

from connector.store import Database
from connector.store.insert import insert_once
from connector.store.tables import heartbeat


def test_the_first_insert_says_so_and_no_other(database: Database) -> None:
    """Callers ring bells and count by the answer."""
    values = {"name": "sweeper", "at": 1}
    said = [database.write(lambda c: insert_once(c, heartbeat, values)) for _ in range(3)]
    assert said == [True, False, False]

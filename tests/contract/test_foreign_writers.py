"""A program of somebody else's that writes to the SQLite file, past our own lock beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from connector.store import Database, clock
from connector.store.insert import insert_once
from connector.store.problems import StoreUnavailable
from connector.store.tables import heartbeat


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(f"sqlite:///{tmp_path}/intacct.db", patience=0.1)
    found.upgrade()
    yield found
    found.close()


def test_a_file_that_somebody_else_writes_to_is_told_in_a_sentence(
    database: Database, tmp_path: Path
) -> None:
    """Already the beginning of a transaction is refused then; edges answer 503 to this error."""
    values = {"name": "sweeper", "at": 1}
    with closing(sqlite3.connect(tmp_path / "intacct.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="busy"):
            database.write(lambda c: insert_once(c, heartbeat, values))
        # It waits longer than SQLite does for the file, so it hears of that itself.
        with pytest.raises(StoreUnavailable, match="busy"):
            database.upgrade()
        assert database.read(clock.now_ms) > 0
        other.execute("ROLLBACK")
    assert database.write(lambda c: insert_once(c, heartbeat, values))

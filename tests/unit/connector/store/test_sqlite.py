from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from connector.store import Database, StoreUnavailable
from connector.store.tables import heartbeat


def beat(connection: sa.Connection, name: str) -> None:
    connection.execute(heartbeat.insert().values(name=name, at=1))


def names(connection: sa.Connection) -> list[str]:
    return list(connection.execute(sa.select(heartbeat.c.name)).scalars())


def test_a_write_waits_for_a_lock_then_gives_up_without_a_trace(tmp_path: Path) -> None:
    path = tmp_path / "intacct.db"
    database = Database(f"sqlite:///{path}", patience=0.2)
    with closing(database), closing(sqlite3.connect(path, isolation_level=None)) as other:
        database.upgrade()
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="busy"):
            database.write(lambda connection: beat(connection, "late"))
        other.execute("ROLLBACK")
        database.write(lambda connection: beat(connection, "in time"))
        assert database.read(names) == ["in time"]


def test_the_files_are_their_owners_alone(tmp_path: Path, database: Database) -> None:
    database.write(lambda connection: beat(connection, "web"))
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}
    assert len(modes) == 4  # the database, its log, its index, the writers' lock

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from connector.store import Database, StoreUnavailable
from connector.store.tables import heartbeat


def beat(connection: sa.Connection, name: str) -> str:
    connection.execute(heartbeat.insert().values(name=name, at=1))
    return name


def names(connection: sa.Connection) -> list[str]:
    return list(connection.execute(sa.select(heartbeat.c.name).order_by("name")).scalars())


@pytest.fixture
def commits(database: Database) -> Iterator[list[int]]:
    """Count the writer's commits."""
    counted: list[int] = []
    assert database._writer is not None
    engine = database._writer._engine

    def count(_connection: sa.Connection) -> None:
        counted.append(1)

    sa.event.listen(engine, "commit", count)
    yield counted
    sa.event.remove(engine, "commit", count)


class Held:
    """Keeps the writer busy until told otherwise."""

    def __init__(self, database: Database, pool: ThreadPoolExecutor) -> None:
        self.has_begun, self.may_end = threading.Event(), threading.Event()
        self.done = pool.submit(database.write, self._hold)
        assert self.has_begun.wait(30)

    def _hold(self, _connection: sa.Connection) -> None:
        self.has_begun.set()
        self.may_end.wait(30)


def wait_for_queue(database: Database, length: int) -> None:
    assert database._writer is not None
    pause = threading.Event()
    for _ in range(3000):
        if database._writer._jobs.qsize() == length:
            return
        pause.wait(0.01)
    raise AssertionError


def test_what_waits_shares_one_commit(database: Database, commits: list[int]) -> None:
    with ThreadPoolExecutor(11) as pool:
        held = Held(database, pool)
        waiting = [pool.submit(database.write, lambda c, n=n: beat(c, str(n))) for n in range(10)]
        wait_for_queue(database, 10)
        held.may_end.set()
        assert [future.result(30) for future in waiting] == [str(n) for n in range(10)]
    assert len(commits) == 2


def test_a_result_comes_after_its_commit(database: Database, commits: list[int]) -> None:
    database.write(lambda connection: beat(connection, "web"))
    assert len(commits) == 1


def test_a_caller_who_gave_up_changed_nothing(tmp_path: Path, database: Database) -> None:
    hasty = Database(f"sqlite:///{tmp_path / 'intacct.db'}", patience=0.1)
    with ThreadPoolExecutor(1) as pool:
        held = Held(database, pool)
        with pytest.raises(StoreUnavailable, match="busy"):
            hasty.write(lambda connection: beat(connection, "late"))
        held.may_end.set()
        held.done.result(30)
    hasty.write(lambda connection: beat(connection, "next"))
    assert database.read(names) == ["next"]
    hasty.close()


def test_a_timeout_inside_a_function_is_its_own(database: Database) -> None:
    def work(_connection: sa.Connection) -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        database.write(work)


def test_a_full_disk_tells_everyone_in_the_commit(database: Database) -> None:
    """SQLite takes back the whole transaction, so nobody may be told that it worked."""

    def limit(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 60")

    def fill(connection: sa.Connection) -> None:
        beat(connection, "x" * 1_000_000)

    with ThreadPoolExecutor(3) as pool:
        database.write(limit)
        held = Held(database, pool)
        small = pool.submit(database.write, lambda connection: beat(connection, "small"))
        wait_for_queue(database, 1)
        large = pool.submit(database.write, fill)
        wait_for_queue(database, 2)
        held.may_end.set()
        assert isinstance(large.exception(30), StoreUnavailable)
        assert isinstance(small.exception(30), StoreUnavailable)
    assert database.read(names) == []
    database.write(lambda connection: beat(connection, "small"))
    assert database.read(names) == ["small"]


def test_a_closed_database_opens_again(database: Database) -> None:
    database.write(lambda connection: beat(connection, "a"))
    database.close()
    database.write(lambda connection: beat(connection, "b"))
    assert database.read(names) == ["a", "b"]

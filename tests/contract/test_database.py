"""Both databases keep the same promises; PostgreSQL is tried where its server can run."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from connector.errors import SetupError
from connector.store import Database, StoreUnavailable, audit, clock
from connector.store.tables import heartbeat, metadata, run, step, workflow, workflow_version


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def start(program: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE)  # noqa: S603 - our own program


def beat(name: str) -> Callable[[sa.Connection], None]:
    def work(connection: sa.Connection) -> None:
        connection.execute(heartbeat.insert().values(name=name, at=clock.now_ms(connection)))

    return work


def execute(statement: str) -> Callable[[sa.Connection], None]:
    def work(connection: sa.Connection) -> None:
        connection.exec_driver_sql(statement)

    return work


def names(connection: sa.Connection) -> list[str]:
    return list(connection.execute(sa.select(heartbeat.c.name).order_by("name")).scalars())


def publish(connection: sa.Connection) -> None:
    connection.execute(workflow.insert().values(id="w", name="W", created_at=1))
    version = {"workflow_id": "w", "version": 1, "document": "{}", "fingerprint": "f"}
    connection.execute(workflow_version.insert().values(**version, created_at=1))


def append(action: str) -> Callable[[sa.Connection], int]:
    entry = audit.Entry("system", action, "connection/1", after={"name": "books"})
    return lambda connection: audit.append(connection, entry)


def test_migrated_tables_are_the_declared_ones(database: Database) -> None:
    def differences(connection: sa.Connection) -> list[Any]:
        options = {"compare_server_default": True}
        return list(
            compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
        )

    assert database.read(differences) == []


def test_every_table_has_a_tenant(database: Database) -> None:
    def columns(connection: sa.Connection) -> dict[str, set[str]]:
        inspector = sa.inspect(connection)
        tables = set(inspector.get_table_names()) - {"alembic_version"}
        return {name: {c["name"] for c in inspector.get_columns(name)} for name in tables}

    found = database.read(columns)
    assert set(found) == set(metadata.tables)
    assert all("tenant" in names for names in found.values())


def test_upgrading_again_changes_nothing(database: Database) -> None:
    database.write(beat("web"))
    database.upgrade()
    assert database.read(names) == ["web"]


def test_processes_that_upgrade_at_once_do_it_once(url: str) -> None:
    """Web, worker and beat start together on a new machine."""
    program = "import sys; from connector.store import Database; Database(sys.argv[1]).upgrade()"
    started = [start(program, url) for _ in range(3)]
    errors = [process.communicate(timeout=60)[1] for process in started]
    assert errors == [b"", b"", b""]
    with opened(url) as database:
        assert database.read(names) == []


def test_tables_of_a_newer_program_are_refused(database: Database) -> None:
    database.write(execute("UPDATE alembic_version SET version_num = '9'"))
    with pytest.raises(SetupError, match="newer version"):
        database.upgrade()


def test_a_database_without_tables_says_so(url: str) -> None:
    with opened(url) as database, pytest.raises(SetupError, match="no tables"):
        database.read(names)


def test_what_write_returned_from_is_seen_by_everyone(database: Database, url: str) -> None:
    database.write(beat("web"))
    with opened(url) as other:
        assert other.read(names) == ["web"]


def test_commits_wait_for_the_disk(database: Database) -> None:
    setting = "PRAGMA synchronous" if "sqlite" in str(database._engine.url) else None
    statement = setting or "SHOW synchronous_commit"
    found = database.write(lambda c: c.exec_driver_sql(statement).scalar())
    assert found in {2, "on"}  # 2 is FULL


def test_a_failing_function_takes_back_only_its_own_changes(database: Database) -> None:
    """Functions of many threads share a commit; none may spoil another's."""
    held, go_on = threading.Event(), threading.Event()

    def hold(_connection: sa.Connection) -> None:
        held.set()
        go_on.wait(30)

    def fail(connection: sa.Connection) -> None:
        beat("lost")(connection)
        message = "mine alone"
        raise ValueError(message)

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(database.write, hold)
        held.wait(30)
        before = pool.submit(database.write, beat("a"))
        failing = pool.submit(database.write, fail)
        after = pool.submit(database.write, beat("b"))
        go_on.set()
        assert isinstance(failing.exception(30), ValueError)
        assert [first.exception(30), before.exception(30), after.exception(30)] == [None] * 3
    assert database.read(names) == ["a", "b"]


def test_a_broken_constraint_is_the_callers(database: Database) -> None:
    database.write(beat("web"))
    with pytest.raises(sa.exc.IntegrityError):
        database.write(beat("web"))
    database.write(beat("worker"))
    assert database.read(names) == ["web", "worker"]


def test_foreign_keys_hold(database: Database) -> None:
    orphan = step.insert().values(run_id="gone", path="invoice", state="queued")
    with pytest.raises(sa.exc.IntegrityError):
        database.write(lambda connection: connection.execute(orphan))


def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises((StoreUnavailable, sa.exc.DBAPIError)):
        database.read(beat("web"))
    assert database.read(names) == []


def test_a_read_sees_one_moment(database: Database) -> None:
    def twice(connection: sa.Connection) -> tuple[list[str], list[str]]:
        first = names(connection)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(database.write, beat("meanwhile")).result(30)
        return first, names(connection)

    assert database.read(twice) == ([], [])
    assert database.read(names) == ["meanwhile"]


def test_a_write_inside_a_write_is_refused_not_awaited(database: Database) -> None:
    with pytest.raises(RuntimeError, match="inside write"):
        database.write(lambda _: database.write(beat("web")))


def test_the_databases_clock_is_in_milliseconds(database: Database) -> None:
    before = time.time() * 1000
    found = database.read(clock.now_ms)
    assert before - 1000 < found < time.time() * 1000 + 1000


def test_audit_rows_cannot_be_changed_or_removed(database: Database) -> None:
    database.write(append("connection.add"))
    attempts = ["UPDATE audit SET actor = 'me'", "DELETE FROM audit"]
    if "sqlite" in str(database._engine.url):
        attempts.append("INSERT OR REPLACE INTO audit SELECT * FROM audit")
    else:
        attempts.append("TRUNCATE audit")
    for attempt in attempts:
        with pytest.raises(sa.exc.DBAPIError, match="never changed or deleted"):
            database.write(execute(attempt))
    assert database.read(audit.verify) is None


def test_published_versions_cannot_be_changed_or_removed(database: Database) -> None:
    database.write(publish)
    for attempt in ("UPDATE workflow_version SET document = '[]'", "DELETE FROM workflow_version"):
        with pytest.raises(sa.exc.DBAPIError, match="never changed or deleted"):
            database.write(execute(attempt))


def test_audit_rows_written_at_once_make_one_chain(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: database.write(append("effect.sent")), range(40)))
    assert sorted(numbers) == list(range(1, 41))
    assert database.read(audit.verify) is None


def test_an_event_makes_one_run(database: Database) -> None:
    def begin(connection: sa.Connection, run_id: str) -> None:
        values = {"workflow_id": "w", "version": 1, "state": "queued", "not_before": 0}
        connection.execute(run.insert().values(id=run_id, inbox_id=7, created_at=1, **values))

    database.write(publish)
    database.write(lambda connection: begin(connection, "r1"))
    with pytest.raises(sa.exc.IntegrityError):
        database.write(lambda connection: begin(connection, "r2"))


def write_in_a_child(database: Database, prefix: str, has_begun: Any, may_end: Any) -> None:
    database.write(beat(f"{prefix}-1"))
    has_begun.set()
    may_end.wait(30)
    database.write(beat(f"{prefix}-2"))
    os._exit(0)  # no tidying up: that is how children end


def test_a_forked_child_keeps_what_it_commits(database: Database) -> None:
    """SQLite loses a child's commits when its parent had the file open; see forks.py."""
    context = multiprocessing.get_context("fork")
    database.write(beat("parent"))
    assert database.read(names) == ["parent"]
    has_begun, may_end = context.Event(), context.Event()
    child = context.Process(
        target=write_in_a_child, args=(database, "child", has_begun, may_end), daemon=True
    )
    child.start()
    assert has_begun.wait(30)
    database.write(beat("parent-again"))
    database.close()
    may_end.set()
    child.join(30)
    assert child.exitcode == 0
    assert database.read(names) == ["child-1", "child-2", "parent", "parent-again"]


def test_processes_and_threads_write_at_once(database: Database, url: str) -> None:
    program = (
        "import sys; from concurrent.futures import ThreadPoolExecutor as Pool;"
        "import sqlalchemy as sa; from connector.store import Database, tables;"
        "database = Database(sys.argv[1]);"
        "beat = lambda n: database.write(lambda c: c.execute(tables.heartbeat.insert().values("
        "name=f'{sys.argv[2]}-{n}', at=1)) and None);"
        "list(Pool(8).map(beat, range(100)))"
    )
    started = [start(program, url, str(number)) for number in range(2)]
    assert [process.communicate(timeout=60)[1] for process in started] == [b"", b""]
    assert len(database.read(names)) == 200


def test_postgresql_that_goes_away_is_reported_and_found_again(postgresql: str) -> None:
    with opened(postgresql) as database:
        database.read(clock.now_ms)
        with pytest.raises(StoreUnavailable, match="did not answer"):
            database.write(execute("SELECT pg_terminate_backend(pg_backend_pid())"))
        assert database.read(clock.now_ms)


def test_a_postgresql_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with (
        opened(f"postgresql://postgres@/postgres?host={tmp_path}") as database,
        pytest.raises(StoreUnavailable, match="did not answer"),
    ):
        database.read(clock.now_ms)

"""What a run may cost: statements and transactions are counted, because time cannot be promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from connector.runtime import runs, workflows
from connector.store import Database
from tests.support.office import Books, Office, office

# Claim, input, start of the step, plan, sending, verdict, end: each is a promise of its own.
WRITES = 7
# The event, the step's connection, whether it was cancelled, the session, the trigger's connection.
READS = 5
# Beside the statements that begin and end transactions; one more is PostgreSQL's lock of the chain.
# Two ask who wants to hear of the write and of the end, one counts what the step has cost.
STATEMENTS = 24


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Iterator[Office]:
    with office(url, tmp_path, Books()) as found:
        yield found


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Count what the block asks of the database."""
    found: Counter[str] = Counter()
    read, write = Database.read, Database.write

    def statement(*given: Any) -> None:
        found["statements"] += not given[2].startswith(("BEGIN", "SAVEPOINT", "RELEASE"))

    def counted_read(self: Database, work: Any) -> Any:
        found["reads"] += 1
        return read(self, work)

    def counted_write(self: Database, work: Any) -> Any:
        found["writes"] += 1
        return write(self, work)

    monkeypatch.setattr(Database, "read", counted_read)
    monkeypatch.setattr(Database, "write", counted_write)
    sa.event.listen(Engine, "before_cursor_execute", statement)
    try:
        yield found
    finally:
        sa.event.remove(Engine, "before_cursor_execute", statement)
        monkeypatch.undo()


def test_a_run_of_one_write_asks_little_of_the_database(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every statement more is a per cent less speed; every commit more is a wait for the disk."""
    assert desk.work(desk.order("first")).state == runs.SUCCEEDED  # signs in, too
    desk.order("second")
    with counted(monkeypatch) as found:
        row = desk.work("run-second")
    # ``work`` itself makes the run due and reads it.
    assert row.state == runs.SUCCEEDED
    assert found["writes"] - 1 <= WRITES
    assert found["reads"] - 1 <= READS
    assert found["statements"] - 2 <= STATEMENTS


def test_a_version_is_read_once_by_a_process(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions never change, and a workflow's document may be long."""
    (published,) = desk.database.read(workflows.published)
    with counted(monkeypatch) as found:
        again = [
            workflows.pinned(desk.database, published.workflow_id, published.version)
            for _ in range(3)
        ]
    assert again == [published] * 3
    assert found["reads"] == 1


def test_a_version_belongs_to_its_database(url: str, tmp_path: Path) -> None:
    """Another database may call something else by the same name and number."""
    with office(url, tmp_path, Books()) as desk:
        (published,) = desk.database.read(workflows.published)
        workflows.pinned(desk.database, published.workflow_id, published.version)
        other = Database(f"sqlite:///{tmp_path}/other.db")
        other.upgrade()
        with pytest.raises(sa.exc.NoResultFound):
            workflows.pinned(other, published.workflow_id, published.version)
        other.close()

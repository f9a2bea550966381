"""A restored backup is older than the books: it asks before it writes."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from connector.errors import InputError, SetupError
from connector.runtime import decisions, reconcile_first, runs
from connector.runtime.reconcile_first import Report
from connector.store import Database, audit, backup, tables
from tests.support.office import NAMELESS, Books, Office, office

DAY_MS = 24 * 3600 * 1000
LATER = 50


def mark(connection: sa.Connection) -> int:
    return reconcile_first.begin(connection, window_ms=DAY_MS, settle_after_ms=1, actor="test")


def report(found: Office) -> Report:
    written = found.database.read(reconcile_first.report)
    assert written is not None
    return written


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def marked(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    """An office whose database was restored by whatever tool; both kinds of database."""
    with office(url, tmp_path, books) as found:
        found.database.write(mark)
        yield found


@pytest.mark.accepts("F31")
def test_an_older_backup_writes_nothing_twice(tmp_path: Path, books: Books) -> None:
    url, file = f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path / "yesterday.db"
    with office(url, tmp_path, books) as first:
        assert first.work(first.order("INV-OLD")).state == runs.SUCCEEDED
        waiting = first.order("INV-QUEUED")
        backup.backup(url, file)
        for number in range(LATER - 1):
            assert first.work(first.order(f"INV-{number}")).state == runs.SUCCEEDED
        assert first.work(waiting).state == runs.SUCCEEDED
    assert len(books.posts) == LATER + 1
    unfinished, kept = backup.restore(url, file, mark)
    assert unfinished == 0
    assert kept is not None
    again = Office(books.transport, url, tmp_path)
    # The queued run stands in the backup; the other events come again from their source.
    started = [waiting, *(again.order(f"INV-{number}") for number in range(LATER - 1))]
    for run_id in started:
        row = again.work(run_id)
        assert (row.state, "restored from a backup" in row.error) == (runs.UNCERTAIN, True)
    again.settle_all()
    assert {again.work(run_id).state for run_id in started} == {runs.SUCCEEDED}
    assert len(books.posts) == LATER + 1
    found = report(again)
    assert [line.outcome for line in found.lines] == ["found"] * LATER
    assert {line.key for line in found.lines} <= {str(one["key"]) for one in books.invoices()}
    assert again.work(again.order("INV-OLD", event="again")).state == runs.DUPLICATE
    assert again.database.read(audit.verify) is None
    again.close()


def test_what_is_not_in_the_books_is_sent_once_as_usual(marked: Office, books: Books) -> None:
    run_id = marked.order("INV-NEW")
    assert marked.work(run_id).state == runs.UNCERTAIN
    assert books.posts == []
    marked.settle_all()
    assert marked.work(run_id).state == runs.SUCCEEDED
    assert len(books.invoices("INV-NEW")) == len(books.posts) == 1
    assert [line.outcome for line in report(marked).lines] == ["absent"]


def test_a_write_that_was_planned_or_under_way_is_looked_up_without_being_asked(
    url: str, tmp_path: Path, books: Books
) -> None:
    """The backup may be from the very moment between planning, sending and writing down."""
    with office(url, tmp_path, books) as found:
        states = {"INV-1": "planned", "INV-2": "sending", "INV-3": "uncertain"}
        for number in states:
            found.work(found.order(number))
        for number, state in states.items():
            forgotten = {"state": state, "key": "", "call_deadline": 1, "look_at": 1}
            is_it = tables.effect.c.external_id == number
            changed = tables.effect.update().where(is_it).values(**forgotten)
            found.execute(changed)
        assert found.database.write(mark) == 3
        assert report(found).waiting == 3
        found.settle_all()
        assert [row.state for row in found.effects()] == ["succeeded"] * 3
        assert [line.outcome for line in report(found).lines] == ["found"] * 3
        assert report(found).waiting == 0
    assert len(books.posts) == 3


def test_the_same_number_with_other_content_waits_for_a_person(
    marked: Office, books: Books, tmp_path: Path
) -> None:
    with office(f"sqlite:///{tmp_path / 'other.db'}", tmp_path, books) as elsewhere:
        elsewhere.work(elsewhere.order("INV-1", amount="99.00"))
    run_id = marked.order("INV-1", amount="100.00")
    marked.work(run_id)
    marked.settle_all()
    assert marked.work(run_id).state == runs.PARKED
    assert len(books.posts) == 1
    assert [line.outcome for line in report(marked).lines] == ["parked"]


def test_what_cannot_be_looked_up_waits_for_a_person_and_is_then_sent(
    url: str, tmp_path: Path, books: Books
) -> None:
    with office(url, tmp_path, books, NAMELESS) as found:
        found.database.write(mark)
        run_id = found.order("INV-1")
        found.work(run_id)
        found.settle_all()
        row = found.work(run_id)
        assert (row.state, "may be older" in row.error) == (runs.PARKED, True)
        assert books.posts == []
        decisions.send_again(found.services, run_id, actor="test")
        assert found.work(run_id).state == runs.SUCCEEDED
    assert len(books.posts) == 1


def test_the_verdict_itself_makes_the_run_due(marked: Office) -> None:
    """A worker that dies right after it must leave nothing for another to remember."""
    run_id = marked.order("INV-1")
    marked.work(run_id)
    is_it, never = tables.run.c.id == run_id, 10**15
    marked.execute(tables.run.update().where(is_it).values(not_before=never))
    marked.settle_all()
    query = sa.select(tables.run.c.not_before).where(is_it)
    assert marked.database.read(lambda c: int(c.execute(query).scalar_one())) < never


def test_where_several_writes_wait_a_person_says_which_step(
    url: str, tmp_path: Path, books: Books
) -> None:
    with office(url, tmp_path, books, NAMELESS) as found:
        found.database.write(mark)
        run_id = found.order("INV-1")
        found.work(run_id)
        found.settle_all()
        found.work(run_id)
        (parked,) = found.effects()
        twin = {**parked._mapping, "op_key": "0" * 64, "control_id": "t-1", "step_path": "twin"}
        found.database.write(lambda c: c.execute(tables.effect.insert().values(**twin)).rowcount)
        with pytest.raises(InputError) as refused:
            decisions.send_again(found.services, run_id, actor="test")
        assert (refused.value.field, "twin" in refused.value.title) == ("step", True)
        decisions.it_is_there(found.services, run_id, "77", actor="test", path="twin")
        states = {row.step_path: row.state for row in found.effects()}
        assert states == {parked.step_path: "parked", "twin": "succeeded"}


def test_a_look_up_that_nobody_answers_lets_nothing_out(marked: Office, books: Books) -> None:
    run_id = marked.order("INV-1")
    marked.work(run_id)
    marked.services.__dict__["http"] = Office.unreachable()
    marked.settle_all()
    assert marked.work(run_id).state == runs.UNCERTAIN
    marked.services.__dict__["http"] = marked.books
    assert books.posts == []
    marked.settle_all()
    assert marked.work(run_id).state == runs.SUCCEEDED


def test_a_corrected_write_is_looked_up_anew(marked: Office, books: Books) -> None:
    """What was looked up under one content says nothing about another."""
    run_id = marked.order("INV-1")
    marked.work(run_id)
    marked.settle_all()
    (row,) = marked.effects("planned")
    assert row.cleared_at is not None
    refused = tables.effect.update().values(state="refused")
    marked.execute(refused)
    assert marked.work(run_id).state == runs.UNCERTAIN
    assert books.posts == []


def test_the_looking_ends_when_an_operator_says_so(marked: Office, books: Books) -> None:
    marked.database.write(lambda c: reconcile_first.end(c, actor="test"))
    assert report(marked).is_on is False
    assert marked.work(marked.order("INV-1")).state == runs.SUCCEEDED
    with pytest.raises(InputError, match="No restored backup"):
        marked.database.write(lambda c: reconcile_first.end(c, actor="test"))


def test_the_looking_ends_by_itself(url: str, tmp_path: Path, books: Books) -> None:
    with office(url, tmp_path, books) as found:
        found.database.write(
            lambda c: reconcile_first.begin(c, window_ms=0, settle_after_ms=1, actor="test")
        )
        assert found.work(found.order("INV-1")).state == runs.SUCCEEDED


def test_a_backup_is_one_whole_file_that_only_its_owner_reads(tmp_path: Path, books: Books) -> None:
    url, file = f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path / "copy.db"
    with office(url, tmp_path, books) as found:
        found.work(found.order("INV-1"))
        backup.backup(url, file)
        found.work(found.order("INV-2"))
    assert file.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(file)) as driver:
        assert driver.execute("SELECT count(*) FROM effect").fetchone() == (1,)
        assert driver.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not list(tmp_path.glob("copy.db*-*"))
    assert not list(tmp_path.glob("*.partial"))
    with pytest.raises(InputError, match="there already"):
        backup.backup(url, file)


def test_nothing_is_restored_under_a_running_installation(tmp_path: Path, books: Books) -> None:
    url, file = f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path / "copy.db"
    with office(url, tmp_path, books):
        backup.backup(url, file)
    program = (
        "import sys; from connector.store import Database;"
        "database = Database(sys.argv[1]); database.upgrade(); print('open', flush=True);"
        "sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, url]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline()
        with pytest.raises(SetupError, match="in use"):
            backup.restore(url, file, mark)
        other.stdin.close()
        other.wait(30)
    assert backup.restore(url, file, mark)[0] == 0
    assert not list(tmp_path.glob("*.restoring*"))


@pytest.mark.parametrize("damage", ["missing", "text", "cut", "foreign"])
def test_a_file_that_is_no_backup_changes_nothing(
    tmp_path: Path, books: Books, damage: str
) -> None:
    url, file = f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path / "copy.db"
    with office(url, tmp_path, books) as found:
        found.work(found.order("INV-1"))
        backup.backup(url, file)
    spoil(file, damage)
    with pytest.raises(InputError):
        backup.restore(url, file, mark)
    with closing(Database(url)) as database:
        assert database.read(lambda c: len(list(c.execute(sa.select(tables.effect))))) == 1
        assert database.read(reconcile_first.report) is None


def spoil(file: Path, damage: str) -> None:
    if damage == "missing":
        file.unlink()
    elif damage == "text":
        file.write_text("no database at all, " * 500)
    elif damage == "cut":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    else:
        file.unlink()
        with closing(sqlite3.connect(file)) as driver:
            driver.execute("CREATE TABLE mine (x)")


def test_a_damaged_database_can_be_replaced_and_is_kept(tmp_path: Path, books: Books) -> None:
    path, file = tmp_path / "intacct.db", tmp_path / "copy.db"
    with office(f"sqlite:///{path}", tmp_path, books):
        backup.backup(f"sqlite:///{path}", file)
    path.write_bytes(b"damaged" * 1000)
    _, kept = backup.restore(f"sqlite:///{path}", file, mark)
    assert kept is not None
    assert kept.read_bytes().startswith(b"damaged")
    with closing(Database(f"sqlite:///{path}")) as database:
        assert database.read(reconcile_first.report) is not None


def test_a_plain_copy_of_the_file_is_a_backup_too(tmp_path: Path, books: Books) -> None:
    url, file = f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path / "copy.db"
    with office(url, tmp_path, books) as found:
        found.work(found.order("INV-1"))
    shutil.copy(tmp_path / "intacct.db", file)
    assert backup.restore(url, file, mark)[0] == 0


def test_postgresql_is_told_its_own_tools(tmp_path: Path) -> None:
    url = "postgresql://someone:s3cret@host/name"
    with pytest.raises(InputError) as saved:
        backup.backup(url, tmp_path / "x.dump")
    with pytest.raises(InputError) as restored:
        backup.restore(url, tmp_path / "x.dump", mark)
    assert "pg_dump --format=custom" in str(saved.value.advice)
    assert "pg_restore" in str(restored.value.advice)
    assert "intacct db restored" in str(restored.value.advice)
    assert "s3cret" not in f"{saved.value.advice}{restored.value.advice}"

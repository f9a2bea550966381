from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from connector.store import Database, audit
from connector.store.tables import audit as rows


def fill(database: Database, count: int = 4) -> None:
    for number in range(count):
        entry = audit.Entry("ann", "run.retry", f"run/{number}", before={"n": number}, ip="::1")
        database.write(lambda connection, entry=entry: audit.append(connection, entry))  # type: ignore[misc] # mypy cannot type a lambda with a default


def tamper(database: Database, statement: str) -> None:
    """Do what someone with the file in hands could do."""

    def work(connection: sa.Connection) -> None:
        for name in ("audit_no_update", "audit_no_delete", "audit_no_replace"):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql(statement)

    database.write(work)


def test_an_untouched_chain_is_whole(database: Database) -> None:
    assert database.read(audit.verify) is None
    fill(database)
    assert database.read(audit.verify) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'bob' WHERE seq = 2",
        "UPDATE audit SET at = at + 1 WHERE seq = 2",
        "UPDATE audit SET before = NULL WHERE seq = 2",
        "UPDATE audit SET tenant = 'other' WHERE seq = 2",
        "UPDATE audit SET hash = 'made up' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
        "UPDATE audit SET seq = seq + 100 WHERE seq > 1",
    ],
)
def test_the_changed_row_is_named(database: Database, statement: str) -> None:
    fill(database)
    tamper(database, statement)
    assert database.read(audit.verify) == 2


def test_a_row_forged_with_its_own_seal_breaks_the_next_one(database: Database) -> None:
    """Anyone can compute a hash; only the later rows hold the old one."""
    fill(database)
    query = sa.select(rows).where(rows.c.seq == 2)
    row = database.read(lambda connection: dict(connection.execute(query).mappings().one()))
    forged = {str(name): value for name, value in row.items()} | {"actor": "bob"}
    seal = audit._seal(forged)
    tamper(database, f"UPDATE audit SET actor = 'bob', hash = '{seal}' WHERE seq = 2")  # noqa: S608 - made up here
    assert database.read(audit.verify) == 3


def test_exchanged_rows_are_named(database: Database) -> None:
    fill(database)
    tamper(
        database, "UPDATE audit SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3)"
    )
    database.write(lambda connection: connection.exec_driver_sql("UPDATE audit SET seq = abs(seq)"))
    assert database.read(audit.verify) == 2


def test_another_programs_replace_is_refused(tmp_path: Path, database: Database) -> None:
    """SQLite's REPLACE deletes without asking the delete trigger, unless asked to."""
    import sqlite3  # noqa: PLC0415 - the stranger's program, used here alone

    fill(database)
    stranger = sqlite3.connect(tmp_path / "intacct.db")
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        stranger.execute("INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 2")
    stranger.close()


def test_a_change_that_fails_leaves_no_audit_row(database: Database) -> None:
    def work(connection: sa.Connection) -> None:
        audit.append(connection, audit.Entry("ann", "run.retry", "run/1"))
        raise LookupError

    with pytest.raises(LookupError):
        database.write(work)
    count = sa.select(sa.func.count()).select_from(rows)
    assert database.read(lambda connection: connection.execute(count).scalar()) == 0


def test_rows_added_together_are_chained_as_if_they_came_one_by_one(database: Database) -> None:
    def entries(*objects: str) -> list[audit.Entry]:
        return [audit.Entry("ada", "x", name) for name in objects]

    database.write(lambda c: audit.append(c, entries("a")[0]))
    assert database.write(lambda c: audit.append_many(c, entries("b", "c", "d"))) == 4
    assert database.write(lambda c: audit.append_many(c, [])) == 4
    assert database.write(lambda c: audit.append(c, entries("e")[0])) == 5
    assert database.read(audit.verify) is None
    query = sa.select(rows.c.object).order_by(rows.c.seq)
    assert database.read(lambda c: list(c.execute(query).scalars())) == list("abcde")
    hashes = sa.select(rows.c.hash)
    assert len(set(database.read(lambda c: list(c.execute(hashes).scalars())))) == 5

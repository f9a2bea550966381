"""Rows of a database: read for workflows, whoever writes the query, and never written."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions.sql.read_rows import ACTION
from connector.component import Context
from connector.connections import sql_databases
from connector.connections.sql_databases import SqlDatabase
from connector.errors import ConnectionProblem, InputError, Refused, Unreachable
from connector.runtime import checks
from connector.settings import Settings
from connector.workbench.rehearsal import rehearse
from connector.workflow import model, yaml_loader
from tests.support import desk
from tests.support.office import Books, office

FLOW = """
name: Read on
trigger: {type: hubspot.deal, connection: hubspot, config: {stages: [closedwon]}}
once: "{{ input.number }}"
steps:
  - id: rows
    type: sql.readRows
    connection: sales
    config:
      query: SELECT account, amount FROM sale WHERE account = :account
      parameters: {account: "{{ input.account }}"}
"""
NASTY = "4000' OR '1'='1"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "databases").mkdir()
    with closing(sqlite3.connect(tmp_path / "databases" / "sales.db")) as driver:
        driver.execute("CREATE TABLE sale (account TEXT, amount REAL, day TEXT)")
        rows = [("4000", 0.1, "2026-03-02"), ("4000", 12.5, "2026-03-03"), ("4010", 1e-7, None)]
        driver.executemany("INSERT INTO sale VALUES (?, ?, ?)", rows)
        driver.commit()
    return tmp_path


def settings(folder: Path, *allowed: str) -> Settings:
    origins = ",".join(allowed)
    return Settings.read({"INTACCT_DATA_DIR": str(folder), "INTACCT_ALLOWED_ORIGINS": origins})


def opened(folder: Path, address: str = "sqlite:///sales.db", *allowed: str) -> SqlDatabase:
    return sql_databases.opened("sales", {"address": address}, settings(folder, *allowed))


@pytest.fixture
def sales(home: Path, url: str) -> SqlDatabase:
    """The same table in each kind of database that is read."""
    if url.startswith("sqlite"):
        return opened(home)
    own = sa.make_url(url).set(drivername="postgresql+psycopg")
    with sa.create_engine(own, poolclass=sa.pool.NullPool).begin() as connection:
        connection.execute(sa.text("CREATE TABLE sale (account TEXT, amount NUMERIC, day DATE)"))
        connection.execute(
            sa.text(
                "INSERT INTO sale VALUES ('4000', 0.1, '2026-03-02'), ('4000', 12.5, '2026-03-03'),"
                " ('4010', 0.0000001, NULL)"
            )
        )
    return SqlDatabase("sales", own)


def test_amounts_and_days_come_as_exact_text(sales: SqlDatabase) -> None:
    rows = sales.rows("SELECT account, amount, day FROM sale ORDER BY day, account", {}, 10)
    by_day = {row["day"]: row for row in rows}
    assert by_day["2026-03-02"] == {"account": "4000", "amount": "0.1", "day": "2026-03-02"}
    assert Decimal(by_day[None]["amount"]) == Decimal("0.0000001")
    assert "e" not in by_day[None]["amount"].lower()


@pytest.mark.accepts("C11")
def test_parameters_are_values_whatever_they_hold(sales: SqlDatabase) -> None:
    query = "SELECT account FROM sale WHERE account = :account"
    assert len(sales.rows(query, {"account": "4000"}, 10)) == 2
    assert sales.rows(query, {"account": NASTY}, 10) == []


def test_day_is_compared_with_a_text(sales: SqlDatabase) -> None:
    query = "SELECT account FROM sale WHERE day >= :first;"
    assert len(sales.rows(query, {"first": "2026-03-03"}, 10)) == 1


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM sale",
        "UPDATE sale SET amount = 0",
        "SELECT 1; DELETE FROM sale",
        "SELECT ';' ; DELETE FROM sale",
        "ATTACH DATABASE 'x.db' AS x",
        "PRAGMA writable_schema = 1",
        "-- harmless\nDELETE FROM sale",
    ],
)
def test_what_is_no_single_select_is_not_sent(sales: SqlDatabase, query: str) -> None:
    with pytest.raises(InputError):
        sales.rows(query, {}, 10)
    assert len(sales.rows("SELECT account FROM sale", {}, 10)) == 3


WRITES = "WITH gone AS (DELETE FROM sale RETURNING account) SELECT account FROM gone"


def test_select_that_would_write_is_refused_by_the_database(sales: SqlDatabase) -> None:
    with pytest.raises(Refused):
        sales.rows(WRITES, {}, 10)
    assert len(sales.rows("SELECT account FROM sale", {}, 10)) == 3


def test_too_many_rows_are_an_error_and_not_a_part(sales: SqlDatabase) -> None:
    assert len(sales.rows("SELECT account FROM sale", {}, 3)) == 3
    with pytest.raises(InputError, match="more than 2 rows"):
        sales.rows("SELECT account FROM sale", {}, 2)


def test_endless_query_is_stopped(sales: SqlDatabase) -> None:
    quick = SqlDatabase("sales", sales.url, seconds=0.3)
    endless = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    )
    with pytest.raises(Refused, match="took longer than"):
        quick.rows(endless, {}, 10)


@pytest.mark.parametrize(
    ("query", "parameters", "says"),
    [
        ("SELECT :a AS x", {}, ":a"),
        ("SELECT 1 AS x", {"a": "1"}, ":a"),
        ("SELECT 1 AS x, 2 AS x", {}, "Two columns"),
        ("SELECT account AS x FROM sale WHERE 1 = :a", {"b": "1"}, ":a"),
    ],
)
def test_question_that_makes_no_sense_says_why(
    sales: SqlDatabase, query: str, parameters: dict[str, str], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        sales.rows(query, parameters, 10)


def test_table_that_is_not_there_is_the_databases_word(sales: SqlDatabase) -> None:
    with pytest.raises(Refused, match="nowhere"):
        sales.rows("SELECT 1 FROM nowhere", {}, 10)


@pytest.mark.accepts("C05")
@pytest.mark.parametrize(
    "address",
    [
        "sqlite:///../intacct.db",
        "sqlite:////etc/passwd",
        "sqlite:///link.db",
        "sqlite:///",
        "sqlite://host/sales.db",
        "postgresql://u@db.example/sales",
        "postgresql://u@127.0.0.1:5432/sales",
        "postgresql://u@db.example:5432/sales?host=127.0.0.1",
        "postgresql:///sales",
        "postgresql://u:secret@allowed.example/sales",
    ],
)
def test_only_databases_that_were_named_are_asked(home: Path, address: str) -> None:
    (home / "intacct.db").write_bytes(b"")
    (home / "databases" / "link.db").symlink_to(home / "intacct.db")
    with pytest.raises(ConnectionProblem):
        opened(home, address, "allowed.example:5432")


def test_named_host_that_does_not_answer_is_asked_again_later(home: Path) -> None:
    found = opened(home, "postgresql://u@127.0.0.1:1/sales?sslmode=disable", "127.0.0.1:1")
    with pytest.raises(Unreachable):
        found.rows("SELECT 1 AS x", {}, 1)


def test_action_gives_rows_and_their_number(home: Path) -> None:
    given = {"query": "SELECT account FROM sale WHERE account = :a", "parameters": {"a": "4010"}}
    found = ACTION.run(Context(row_reader=opened(home)), given)
    assert found == {"rows": [{"account": "4010"}], "count": 1}


@pytest.fixture
def books() -> Books:
    return Books()


def test_step_reads_in_a_run_and_in_a_rehearsal(home: Path, books: Books) -> None:
    with office(f"sqlite:///{home / 'intacct.db'}", home, books, FLOW) as here:
        here.services.connections.add("sql", "sales", {"address": "sqlite:///sales.db"})
        run_id = desk.start(here, {"number": "N-1", "account": NASTY})
        desk.work_off(here)
        assert desk.output(here, run_id)["rows"] == {"rows": [], "count": 0}
        definition = model.parse(yaml_loader.load(FLOW))
        found = rehearse(here.services, definition, {"number": "N-2", "account": "4010"})
        assert json.loads(json.dumps(found.steps[0].output))["count"] == 1


def test_query_takes_no_expression(home: Path) -> None:
    pasted = FLOW.replace("= :account", "= '{{ input.account }}'")
    with pytest.raises(InputError, match="holds no expressions") as refused:
        model.parse(yaml_loader.load(pasted))
    assert refused.value.field == "steps[0].config.query"


def test_password_stands_in_no_message(home: Path) -> None:
    values = {"address": "postgresql://u@127.0.0.1:1/sales", "password": "hunter2-secret"}
    found = sql_databases.opened("sales", values, settings(home, "127.0.0.1:1"))
    with pytest.raises(Unreachable) as refused:
        found.rows("SELECT 1 AS x", {}, 1)
    assert "hunter2" not in f"{refused.value} {refused.value.advice} {found!r}"


def test_file_is_opened_for_reading_only(home: Path) -> None:
    path = home / "databases" / "sales.db"
    before = path.read_bytes()
    opened(home).rows("SELECT account FROM sale", {}, 10)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["sales.db"]


def test_test_of_the_connection_says_that_the_database_answered(home: Path, books: Books) -> None:
    with office(f"sqlite:///{home / 'intacct.db'}", home, books, FLOW) as here:
        there = here.services.connections.add("sql", "sales", {"address": "sqlite:///sales.db"})
        assert "answered" in checks.check_database(here.services, there)
        gone = here.services.connections.add("sql", "gone", {"address": "sqlite:///gone.db"})
        with pytest.raises(ConnectionProblem):
            checks.check_database(here.services, gone)

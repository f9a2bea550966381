"""Records out of Intacct: page by page, resumable, and only what has changed since."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.errors import BudgetReached, InputError
from connector.http import HttpRequest
from connector.transfer import export
from connector.transfer.export import Exported, Options, Query
from connector.transfer.sinks import FileSink, Sink, TableSink
from tests.support.transfers import BOOKS, Office, open_office

COLUMNS = ("key", "id", "customerId", "customerName")
QUERY = Query("customer", COLUMNS[2:])
CHANGES = Query("customer", COLUMNS[2:], is_incremental=True)


@pytest.fixture(params=["rest", "xml"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    found = open_office(tmp_path / "data", request.param)
    rows = [{"customerId": f"S-{n:03}", "name": f"Name {n}"} for n in range(60)]
    found.sync("customer", "insert", rows)
    found.requests.clear()
    yield found
    found.close()


def exported(
    office: Office, sink: Sink, state: Path, query: Query = QUERY, **options: Any
) -> Exported:
    chosen = Options(state, **{"page_size": 25, **options})
    return export.run(office.services, BOOKS, query, COLUMNS, sink, chosen)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.accepts("E35", "E37", "E21")
def test_all_records_come_page_by_page(office: Office, tmp_path: Path) -> None:
    path, seen = tmp_path / "c.jsonl", []
    sink = FileSink(path, COLUMNS, is_csv=False)
    progress = lambda records, total: seen.append((records, total))  # noqa: E731 - a probe
    done = exported(office, sink, tmp_path / "s.json", progress=progress)
    found = lines(path)
    assert len(found) == done.records == len(office.records("CUSTOMER"))
    assert done.transactions == -(-done.records // 25)
    assert sum(records for records, _ in seen) == done.records
    assert {total for _, total in seen} == {done.records}
    assert set(found[0]) == set(COLUMNS)


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("kind", ["jsonl", "csv", "table"])
def test_an_export_that_was_killed_goes_on_without_gap_or_repeat(
    office: Office, tmp_path: Path, kind: str
) -> None:
    path, state = tmp_path / f"c.{kind}", tmp_path / "s.json"
    url = f"sqlite:///{tmp_path / 'target.db'}"

    def sink() -> Sink:
        if kind == "table":
            return TableSink(url, "customers", COLUMNS)
        return FileSink(path, COLUMNS, is_csv=kind == "csv")

    pages = [2]

    def die(request: HttpRequest) -> None:
        pages[0] -= 1
        if pages[0] < 0:
            raise Killed

    office.before = die
    with pytest.raises(Killed):
        exported(office, sink(), state)
    office.before = lambda _request: None
    if kind != "table":
        with path.open("a", encoding="utf-8") as file:  # half a page was on its way to the disk
            file.write('{"key": "9' * 5000)
    done = exported(office, sink(), state)
    assert done.is_resumed
    if kind == "table":
        with sa.create_engine(url).connect() as connection:
            ids = list(connection.execute(sa.text("SELECT id FROM customers")).scalars())
    elif kind == "csv":
        with path.open(newline="", encoding="utf-8") as file:
            ids = [row["id"] for row in csv.DictReader(file)]
    else:
        ids = [row["id"] for row in lines(path)]
    assert sorted(ids) == sorted(row["CUSTOMERID"] for row in office.records("CUSTOMER"))


def test_later_exports_bring_what_has_changed_and_nothing_twice(
    office: Office, tmp_path: Path
) -> None:
    path, state = tmp_path / "c.jsonl", tmp_path / "s.json"

    def more() -> Exported:
        return exported(office, FileSink(path, COLUMNS, is_csv=False), state, CHANGES)

    first = more()
    assert first.records == len(office.records("CUSTOMER"))
    assert more().records == 0
    # The overlap brings all of them again; those that changed within it are told, others not.
    rows = [{"customerId": "S-003", "name": "Changed"}, {"customerId": "S-900", "name": "New"}]
    _a_second_later()
    office.sync("customer", "upsert", rows, run="changes")
    last = more()
    assert last.records == 2
    assert {row["customerName"] for row in lines(path)[-2:]} == {"Changed", "New"}
    assert more().records == 0


def _a_second_later() -> None:
    """Wait for the next second, since Intacct tells changes by the second."""
    begun = int(time.time())
    while int(time.time()) == begun:
        time.sleep(0.02)


def test_a_target_of_another_query_is_not_mixed_up(office: Office, tmp_path: Path) -> None:
    path, state = tmp_path / "c.jsonl", tmp_path / "s.json"
    exported(office, FileSink(path, COLUMNS, is_csv=False), state)
    other = Query("customer", ("customerName",))
    with pytest.raises(InputError, match="another query"):
        exported(office, FileSink(path, COLUMNS, is_csv=False), state, other)
    exported(office, FileSink(path, COLUMNS, is_csv=False), state, other, is_anew=True)


def test_a_budget_stops_an_export_and_the_place_is_kept(office: Office, tmp_path: Path) -> None:
    path, state = tmp_path / "c.jsonl", tmp_path / "s.json"
    with pytest.raises(BudgetReached):
        exported(office, FileSink(path, COLUMNS, is_csv=False), state, budget=60 + 2)
    done = exported(office, FileSink(path, COLUMNS, is_csv=False), state)
    assert done.is_resumed
    assert len(lines(path)) == len(office.records("CUSTOMER"))


def test_left_to_itself_an_export_takes_the_fields_a_query_gives(office: Office) -> None:
    columns = export.columns_of(office.services, BOOKS, Query("customer"))
    assert columns[:2] == ("key", "id")
    assert {"customerId", "customerName", "active"} <= set(columns)
    with pytest.raises(InputError, match="not known"):
        export.columns_of(office.services, BOOKS, Query("MY_OBJECT"))


@pytest.mark.parametrize("size", [0, -1, 4001])
def test_a_page_of_no_size_is_refused(office: Office, tmp_path: Path, size: int) -> None:
    sink = FileSink(tmp_path / "c.jsonl", COLUMNS, is_csv=False)
    with pytest.raises(InputError, match="page size"):
        exported(office, sink, tmp_path / "s.json", page_size=size)

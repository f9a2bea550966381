"""Rows out of files and databases: whole ones pass, broken ones fail alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from connector.errors import InputError
from connector.transfer import sources
from connector.transfer.rows import SourceRow


def csv_file(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "rows.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def problem(row: SourceRow) -> str:
    assert row.error is not None
    return row.error.title


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    path = csv_file(tmp_path, b"\xef\xbb\xbfid,name\r\nC-1,Acme\r\n")
    (row,) = sources.csv_rows(path)
    assert (row.number, dict(row.values)) == (1, {"id": "C-1", "name": "Acme"})


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_seen_in_the_first_line(tmp_path: Path, delimiter: str) -> None:
    path = csv_file(tmp_path, f"id{delimiter}name\nC-1{delimiter}Acme\n")
    (row,) = sources.csv_rows(path)
    assert row.values == {"id": "C-1", "name": "Acme"}


def test_a_wrong_delimiter_is_named_with_the_right_one(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "id;name\nC-1;Acme\n")
    with pytest.raises(InputError, match="one column only when cells end at commas") as refused:
        list(sources.csv_rows(path, ","))
    assert "semicolons" in refused.value.advice


def test_a_cell_too_long_to_be_meant_fails_its_row_alone(tmp_path: Path) -> None:
    path = csv_file(tmp_path, f"id,name\nC-1,{'x' * 1_000_000}\nC-2,Acme\n")
    first, second = sources.csv_rows(path)
    assert "1,000,000 characters" in problem(first)
    assert second.values["id"] == "C-2"


def test_a_row_with_too_many_cells_fails_alone(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "id,name\nC-1,Acme,Inc\nC-2,Beta\n\n")
    first, second = sources.csv_rows(path)
    assert "3 cells" in problem(first)
    assert second.values["name"] == "Beta"


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "no header"), ("id,id\n1,2\n", "two columns named 'id'")],
)
def test_a_file_without_clear_columns_is_refused(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(sources.csv_rows(csv_file(tmp_path, content)))


def test_a_file_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.csv cannot be read"):
        list(sources.csv_rows(tmp_path / "missing.csv"))


def test_json_broken_at_a_position_names_it_and_fails_alone(tmp_path: Path) -> None:
    path = csv_file(tmp_path, '{"id": "C-1", }\n\n{"amount": 12.10}\n[1]\n{"a": NaN}\n')
    first, second, third, fourth = sources.json_rows(path)
    assert "position 15" in problem(first)
    assert str(second.values["amount"]) == "12.10"
    assert "not an object" in problem(third)
    assert "NaN" in problem(fourth)
    assert [row.number for row in (first, second, third, fourth)] == [1, 2, 3, 4]


def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'warehouse.db'}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE c (id TEXT, amount REAL, day DATE)"))
        connection.execute(sa.text("INSERT INTO c VALUES ('C-1', 12.1, '2026-03-02')"))
    engine.dispose()
    return url


def test_a_query_gives_rows_with_amounts_as_text(tmp_path: Path) -> None:
    (row,) = sources.sql_rows(database(tmp_path), "SELECT * FROM c ORDER BY id")
    assert row.values == {"id": "C-1", "amount": "12.1", "day": "2026-03-02"}


def test_a_refused_query_shows_neither_address_nor_password(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        list(sources.sql_rows(database(tmp_path), "SELECT * FROM nowhere"))
    assert "nowhere" in refused.value.title
    assert str(tmp_path) not in refused.value.title
    with pytest.raises(InputError) as unknown:
        list(sources.sql_rows("nonsense://user:secret-word@host/x", "SELECT 1"))
    assert "secret-word" not in str(unknown.value.describe())


def test_rows_at_hand_are_numbered_and_checked() -> None:
    first, second = sources.listed_rows([{"id": "C-1"}, "C-2"])
    assert first.values == {"id": "C-1"}
    assert "not an object" in problem(second)

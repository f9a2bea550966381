"""Where rows come from: CSV, JSON lines, a SQL query, or rows already at hand; read one by one."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError
from connector.transfer.rows import SourceRow

DELIMITERS = ",;\t|"
# Longer than any field of Intacct's and any list of lines; what is longer is a broken file.
LONGEST_CELL = 500_000
_LONGEST_LINE = 16 * 1024 * 1024
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def csv_rows(path: Path, delimiter: str = "") -> Iterator[SourceRow]:
    """Yield the rows of a CSV file; its first line names the columns.

    A BOM at the beginning is no part of the first name. A row with too many or too few cells, or
    with a cell too long to be meant, fails alone.

    Args:
        path: A UTF-8 file.
        delimiter: What stands between cells; empty to take what the first line holds most of.

    Raises:
        InputError: There is no header, a column is named twice, or the quotes never close.
    """
    csv.field_size_limit(_LONGEST_LINE)
    with _opened(path) as file:
        first = file.readline()
        mark = delimiter or max(DELIMITERS, key=first.count)
        reader = csv.reader(chain([first] if first else [], file), delimiter=mark)
        try:
            names = [name.strip() for name in next(reader, [])]
            _check_header(names, mark, path)
            for number, cells in enumerate(reader, 1):
                if cells:
                    yield _csv_row(number, names, cells)
        except csv.Error:
            raise InputError(
                f"{path.name} cannot be read as CSV beyond line {reader.line_num}.",
                advice="Look for a quotation mark there that is not closed.",
            ) from None


def _csv_row(number: int, names: list[str], cells: list[str]) -> SourceRow:
    error = None
    if len(cells) != len(names):
        error = InputError(
            f"The row has {len(cells)} cells, and the header names {len(names)} columns.",
            advice="Put cells that hold the delimiter between quotation marks.",
        )
    else:
        error = _too_long(dict(zip(names, cells, strict=True)))
    values = {} if error else dict(zip(names, cells, strict=True))
    return SourceRow(number, values, error)


def _too_long(values: Mapping[str, str]) -> InputError | None:
    for name, cell in values.items():
        if len(cell) > LONGEST_CELL:
            return InputError(
                f"{name} has {len(cell):,} characters; at most {LONGEST_CELL:,} are taken.",
                advice="Look for a quotation mark that is not closed.",
                field=name,
            )
    return None


def _check_header(names: list[str], delimiter: str, path: Path) -> None:
    if not any(names):
        raise InputError(
            f"{path.name} has no header.", advice="Name the columns in its first line."
        )
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise InputError(f"{path.name} has two columns named '{double}'.", field=double)
    other = next((sign for sign in DELIMITERS if sign in names[0]), "")
    if len(names) == 1 and other:
        raise InputError(
            f"{path.name} has one column only when cells end at {_named(delimiter)}.",
            advice=f"Its cells seem to be parted by {_named(other)}: give that with --delimiter.",
            field="delimiter",
        )


def _named(sign: str) -> str:
    return _NAMES.get(sign, f"'{sign}'")


def json_rows(path: Path) -> Iterator[SourceRow]:
    """Yield the rows of a file with one JSON object a line; a line that is none fails alone."""
    number = 0
    with _opened(path) as file:
        for line in file:
            if not line.strip():
                continue
            number += 1
            yield _json_row(number, line)


def _json_row(number: int, line: str) -> SourceRow:
    try:
        found = json.loads(line, parse_float=Decimal, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        broken = InputError(
            f"The line is no JSON: it breaks off at position {error.pos + 1}, {error.msg}."
        )
        return SourceRow(number, error=broken)
    except (ValueError, RecursionError):
        broken = InputError("The line holds a value that JSON does not know, such as NaN.")
        return SourceRow(number, error=broken)
    if not isinstance(found, dict):
        broken = InputError("The line is not an object of names and values.")
        return SourceRow(number, error=broken)
    return SourceRow(number, found)


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _opened(path: Path) -> Any:
    """Open text for reading; what is no UTF-8 becomes half characters, which fail their row."""
    try:
        return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}.", advice="Check the file's name."
        ) from error


def sql_rows(url: str, query: str) -> Iterator[SourceRow]:
    """Yield what a query finds, without holding more than some hundred rows.

    A query without ORDER BY may give its rows in another order when a sync is resumed; rows that
    have no key of their own are then refused instead of written twice.

    Args:
        url: As SQLAlchemy writes them; it may hold a password and appears in no error.
        query: One SELECT.

    Raises:
        InputError: The database does not answer, or does not understand the query.
    """
    try:
        engine = sa.create_engine(url, hide_parameters=True)
    except (sa.exc.ArgumentError, ImportError, ValueError):
        raise InputError(
            "The source's address names no database that can be read.",
            advice="Write it as SQLAlchemy does, such as postgresql+psycopg://user@host/name, and "
            "install that database's driver.",
            field="url",
        ) from None
    try:
        with engine.connect() as connection:
            streaming = connection.execution_options(stream_results=True, yield_per=500)
            for number, row in enumerate(streaming.execute(sa.text(query)).mappings(), 1):
                yield SourceRow(number, {str(k): _plain(v) for k, v in row.items()})
    except sa.exc.SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
        raise InputError(
            f"The source's database refused the query: {said}", field="query"
        ) from None
    finally:
        engine.dispose()


def _plain(value: Any) -> Any:
    """Return a database's value as JSON data; a fraction of the machine's as the text it shows."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value


def listed_rows(rows: Iterable[Any]) -> Iterator[SourceRow]:
    """Yield rows that are at hand, such as the result of a step."""
    for number, row in enumerate(rows, 1):
        if isinstance(row, Mapping):
            yield SourceRow(number, row)
        else:
            broken = InputError("The row is not an object of names and values.")
            yield SourceRow(number, error=broken)

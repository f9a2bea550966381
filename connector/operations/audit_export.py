"""The audit trail as a file: CSV for spreadsheets, JSON lines for programs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import sqlalchemy as sa

from connector.operations.audit_log import (
    COLUMNS,
    WINDOW,
    Row,
    Wanted,
    conditions,
    next_number,
    row_of,
)
from connector.store.database import Database
from connector.store.json_text import to_json
from connector.store.tables import audit

CSV, JSON_LINES = "csv", "jsonl"
_AT_ONCE = 1_000
_UNSAFE_IN_A_SHEET = ("=", "+", "-", "@", "\t", "\r", "'")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def export(database: Database, wanted: Wanted, form: str) -> Iterator[str]:
    """Yield the rows that fit, the oldest first, as CSV or as one JSON document a line.

    No cell of the CSV can act as a formula in a spreadsheet.

    Args:
        database: Where the trail is.
        wanted: Which rows.
        form: ``csv`` or ``jsonl``.
    """
    if form == "csv":
        yield _line(COLUMNS)
    for row in _rows(database, wanted):
        document = row.to_document()
        yield _line(document.values()) if form == "csv" else f"{to_json(document)}\n"


def _rows(database: Database, wanted: Wanted) -> Iterator[Row]:
    last = 0
    end = database.read(next_number)
    while True:
        query = sa.select(audit).where(
            audit.c.seq > last, audit.c.seq <= last + WINDOW, *conditions(wanted)
        )
        chunk = query.order_by(audit.c.seq).limit(_AT_ONCE)
        found = database.read(partial(_all, chunk))
        yield from (row_of(one) for one in found)
        last = int(found[-1].seq) if len(found) == _AT_ONCE else last + WINDOW
        if last >= end:
            return


def _all(query: sa.Select[Any], connection: sa.Connection) -> list[sa.Row[Any]]:
    return list(connection.execute(query))


def _line(cells: Iterable[Any]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([_cell(cell) for cell in cells])
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else to_json(value)
    is_formula = text.startswith(_UNSAFE_IN_A_SHEET) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text

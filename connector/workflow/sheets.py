"""Mapping tables as CSV files, for people who edit them in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from connector.errors import InputError
from connector.workflow.mapping import Row

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMNS = ("source", "target", "transformation")
_MAX_ROWS = 500
_UNSAFE_IN_A_SHEET = ("=", "+", "-", "@", "\t", "\r", "'")


def to_csv(rows: Iterable[Row]) -> str:
    """Return the table as CSV with a header; no cell can act as a formula in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        cells = (row.source, row.target, row.transformation)
        writer.writerow(
            [f"'{cell}" if cell.startswith(_UNSAFE_IN_A_SHEET) else cell for cell in cells]
        )
    return text.getvalue()


def from_csv(text: str) -> list[Row]:
    """Return the table a CSV file holds; columns by name, in any order.

    Raises:
        InputError: A column is missing, a line is too short or too long, or there are no rows.
    """
    try:
        lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True))
    except csv.Error as error:
        raise InputError("The mapping is not a CSV file.", advice="Save it as CSV.") from error
    header = [name.strip().lower() for name in lines[0]] if lines else []
    if sorted(header) != sorted(COLUMNS):
        raise InputError(
            "The mapping file needs the columns source, target and transformation.",
            advice="Put their names into the first line.",
        )
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in line):
            continue
        if len(line) != len(COLUMNS):
            raise InputError(
                f"Line {number} of the mapping file has {len(line)} cells instead of 3.",
                advice="Put cells with commas between quotes.",
            )
        cells = dict(zip(header, map(_unquoted, line), strict=True))
        rows.append(Row(cells["source"], cells["target"], cells["transformation"] or "direct"))
    if not 0 < len(rows) <= _MAX_ROWS:
        raise InputError(f"A mapping has 1 to {_MAX_ROWS} rows, and this file has {len(rows)}.")
    return rows


def _unquoted(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_UNSAFE_IN_A_SHEET) else cell

"""What expressions can do with texts, lists and lookup tables; each result is bounded."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from connector.errors import InputError
from connector.workflow.wording import shown

_LENGTH = re.compile(r"[0-9]{1,4}")
_MAX_PARTS = 10_000
_MAX_WIDTH = 1_000
_MAX_LENGTH = 256 * 1024


def lower(value: str) -> str:
    """Return the text in small letters."""
    return value.lower()


def upper(value: str) -> str:
    """Return the text in capital letters."""
    return value.upper()


def trim(value: str) -> str:
    """Return the text without blanks at both ends."""
    return value.strip()


def includes(value: str, part: str) -> bool:
    """Say whether the text includes the part; capital and small letters differ."""
    return part in value


def replace(value: str, part: str, by: str) -> str:
    """Return the text with every occurrence of the part replaced."""
    if not part:
        raise InputError("An empty text cannot be replaced.", advice="Name what is to go.")
    if len(value) + value.count(part) * len(by) > _MAX_LENGTH:
        raise InputError("The text becomes longer than 256 KB.")
    return value.replace(part, by)


def left(value: str, length: Any) -> str:
    """Return at most so many characters from the beginning of the text."""
    return value[: _length(length)]


def right(value: str, length: Any) -> str:
    """Return at most so many characters from the end of the text."""
    count = _length(length)
    return value[-count:] if count else ""


def pad(value: Any, width: Any, sign: str) -> str:
    """Fill a text or whole number up on the left, such as `7` to `0007`."""
    if len(sign) != 1:
        raise InputError(
            f"{shown(sign)} is not one character.", advice="Fill up with '0' or a blank."
        )
    return str(value).rjust(_length(width), sign)


def split(value: str, separator: str) -> list[str]:
    """Return the parts of the text between the separators, as a list."""
    if not separator:
        raise InputError("A text cannot be split at nothing.", advice="Name a separator.")
    if value.count(separator) >= _MAX_PARTS:
        raise InputError("The text has more than 10,000 parts.")
    return value.split(separator)


def csv_rows(value: str, delimiter: str = ",") -> list[dict[str, str]]:
    """Return the rows of a CSV text as groups of fields; its first line names the fields.

    Every row has as many cells as the first line, and at most 10,000 are taken; empty lines are
    passed over. Cells stay texts, without the blanks around them.
    """
    if len(delimiter) != 1:
        raise InputError(f"{shown(delimiter)} is not one character.", advice="Such as ',' or ';'.")
    text_file = io.StringIO(value.removeprefix("\ufeff"), newline="")
    lines = csv.reader(text_file, delimiter=delimiter, strict=True)
    try:
        names, *rows = [[cell.strip() for cell in cells] for cells in lines if cells] or [[]]
    except csv.Error:
        raise InputError(
            f"The CSV text cannot be read beyond line {lines.line_num}.",
            advice="Look for a quotation mark there that is not closed.",
        ) from None
    if not names or not all(names) or len(set(names)) < len(names):
        raise InputError(
            "The first line of the CSV text does not name each column, once.",
            advice="Begin with a line such as vendor_id,bill_number,amount.",
        )
    if len(rows) > _MAX_PARTS:
        raise InputError("The CSV text has more than 10,000 rows.")
    for number, cells in enumerate(rows, 1):
        if len(cells) != len(names):
            raise InputError(
                f"Row {number} of the CSV text has {len(cells)} cells, its first line "
                f"{len(names)}.",
                advice="Put cells that hold the delimiter between quotation marks.",
            )
    return [dict(zip(names, cells, strict=True)) for cells in rows]


def join(values: list[Any], separator: str) -> str:
    """Return the texts and whole numbers of a list as one text, the separator between them."""
    parts = [str(value) for value in values if _is_plain(value)]
    if len(parts) < len(values):
        odd = next(value for value in values if not _is_plain(value))
        raise InputError(
            f"{shown(odd)} cannot be joined.",
            advice="Join a list of texts, such as a.map(x, x.name).",
        )
    return separator.join(parts)


def unique(values: list[Any]) -> list[Any]:
    """Return the texts and whole numbers of a list, each once, in their order."""
    if any(not _is_plain(value) for value in values):
        raise InputError(
            "Only texts and whole numbers can be told apart.",
            advice="Map the list to one field first, such as a.map(x, x.id).",
        )
    return list(dict.fromkeys(values))


def lookup(table: dict[str, Any], key: Any, fallback: Any = None) -> Any:
    """Return what the table holds for the key; without a fallback a key must be there.

    A table is one of the workflow's `tables`, or any group of fields.
    """
    found = table.get(str(key)) if _is_plain(key) else None
    if found is not None:
        return found
    if fallback is not None:
        return fallback
    names = ", ".join(sorted(map(str, table))[:12])
    raise InputError(
        f"The table has nothing for {shown(key)}.",
        advice=f"It has: {names}. Add the key, or give a fallback as the third value.",
    )


def default(value: Any, fallback: Any) -> Any:
    """Return the value, or the fallback where the value is null or empty text.

    For a field that may be missing altogether, write `has(input.name) ? input.name : 'x'`.
    """
    return fallback if value is None or value == "" else value


def text(value: Any) -> str:
    """Return a text, whole number or yes/no as text; null becomes empty text."""
    if isinstance(value, float):
        raise InputError(
            f"{shown(value)} has no exact text.",
            advice="Write decimal fractions as text, such as '0.10'.",
        )
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _length(value: Any) -> int:
    written = str(value)
    if not _LENGTH.fullmatch(written) or int(written) > _MAX_WIDTH:
        raise InputError(
            f"{shown(value)} is not a length.", advice=f"Use a whole number up to {_MAX_WIDTH}."
        )
    return int(written)

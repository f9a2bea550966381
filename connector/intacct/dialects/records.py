"""Rows as they came, and records in our own names: one shape whatever the API wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from connector.intacct.dialects.object_schema import Field, Fields, ObjectSchema

Row = dict[str, Any]

_US_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_CENTS = 2
_WORDS = {"true": True, "t": True, "false": False, "f": False}


def normal_row(raw: Any, schema: ObjectSchema) -> Row:
    """Return a row under upper-case native names.

    Empty elements are ``""``, dotted columns nest, owned lines are a list below the name of the
    element around them.

    Args:
        raw: What xmltodict makes of the row's element.
        schema: Which elements hold lines where their names do not tell.
    """
    if not isinstance(raw, dict):
        return {} if raw is None else {"#text": raw}
    return _content(raw, schema)


def _content(raw: Mapping[str, Any], schema: ObjectSchema) -> Row:
    names, has_columns = _native_names(tuple(raw))
    row: Row = dict(zip(names, [value or "" for value in raw.values()], strict=True))
    if set(map(type, row.values())) != {str}:  # most rows of a list hold nothing but texts
        row = {name: _normal(name, value, schema) for name, value in row.items()}
    return _nested(row) if has_columns else row


@lru_cache(maxsize=1024)
def _native_names(given: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """Return names in upper case and whether dotted columns are among them.

    The rows of a list have the same names, so this is worked out once for all of them.
    """
    names = tuple(name if name.startswith(("@", "#")) else name.upper() for name in given)
    return names, any("." in name for name in names)


def _normal(name: str, value: Any, schema: ObjectSchema) -> Any:
    if isinstance(value, list):
        return [_normal(name, item or "", schema) for item in value]
    if not isinstance(value, dict):
        return value
    row = _content(value, schema)
    if len(row) == 1:
        [(child, lines)] = row.items()
        if _holds_lines(name, child, schema):
            return lines if isinstance(lines, list) else [lines]
    return row


def _holds_lines(name: str, child: str, schema: ObjectSchema) -> bool:
    """Say whether an element wraps lines: ``ARINVOICEITEMS/ARINVOICEITEM``, or as schemas say."""
    known = schema.fields.by_path.get((name, child))
    return name == f"{child}S" or (known is not None and known.items is not None)


def _nested(row: Row) -> Row:
    nested: Row = {name: value for name, value in row.items() if "." not in name}
    for name, value in row.items():
        if "." in name:
            _nest(nested, name, value)
    return nested


def _nest(nested: Row, name: str, value: Any) -> None:
    *parents, last = name.split(".")
    place = nested
    for parent in parents:
        below = place.setdefault(parent, {})
        if not isinstance(below, dict):
            nested[name] = value  # TAXGROUP beside TAXGROUP.NAME: a text cannot hold a column
            return
        place = below
    place[last] = value


def to_record(schema: ObjectSchema, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row in the normal form of results.

    Known fields stand under our names: dates as ISO text, yes-or-no as booleans (None where
    blank), owned lines as a list, money as text with at least two decimals. Unknown fields keep
    Intacct's names. What the row does not hold stays absent.
    """
    return _record(schema.fields, row)


def only(schema: ObjectSchema, record: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return a record with nothing but the fields asked for, its number and its id.

    Over REST the record's own address gives all of them, whatever is asked.
    """
    if "*" in names:
        return dict(record)
    found = {name: schema.fields.find(name) for name in names}
    asked = {field.name if field else name.upper() for name, field in found.items()}
    asked |= {*names, schema.key, schema.id}
    return {name: value for name, value in record.items() if name in asked}


def _record(fields: Fields, row: Mapping[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    rest = dict(row)
    for path, field in fields.by_path.items():
        found, value = _take(rest, path, has_lines=field.items is not None)
        if found:
            record[field.name] = _value(field, value)
    return {**record, **rest}


def _take(row: Row, path: tuple[str, ...], *, has_lines: bool) -> tuple[bool, Any]:
    """Remove what stands at ``path`` and return it; emptied parents go too."""
    name = path[0]
    if name not in row:
        return False, None
    below = row[name]
    if len(path) == 1 or (has_lines and not isinstance(below, dict)):
        return True, row.pop(name)
    if not isinstance(below, dict):
        return False, None
    below = dict(below)
    found, value = _take(below, path[1:], has_lines=has_lines)
    if found and below:
        row[name] = below
    elif found:
        del row[name]
    return found, value


def _value(field: Field, value: Any) -> Any:
    if field.items is not None:
        lines = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
        return [_record(field.items, line) for line in lines if isinstance(line, dict)]
    if field.format == "date":
        return _date(value)
    if not isinstance(value, str):
        return value
    if field.format == "money":
        return _cents(value)
    value = _ours(field, value)
    if field.join:
        return value.split(field.join) if value else []
    reader = _READERS.get(next(iter(field.kinds), "")) if len(field.kinds) == 1 else None
    return reader(value) if reader else value


def _cents(text: str) -> str:
    """Return an amount with two decimals, since one API writes 0 where the other writes 0.00."""
    whole, _, cents = text.partition(".")
    is_amount = whole.removeprefix("-").isdecimal() and (not cents or cents.isdecimal())
    return f"{whole}.{cents:0<2}" if is_amount and len(cents) < _CENTS else text


def _ours(field: Field, word: str) -> str:
    """Return our word for one on the wire, whatever its case."""
    return next((ours for ours, wire in field.values.items() if wire.lower() == word.lower()), word)


def _date(value: Any) -> Any:
    """Return ISO text for ``MM/DD/YYYY``, for year-month-day children and for ISO itself."""
    if isinstance(value, dict):
        parts = [str(value.get(name, "")) for name in ("YEAR", "MONTH", "DAY")]
        return _iso(*parts) if all(part.isdigit() for part in parts) else ""
    found = _US_DATE.fullmatch(value) if isinstance(value, str) else None
    return _iso(found[3], found[1], found[2]) if found else value


def _iso(year: str, month: str, day: str) -> str:
    return f"{year:0>4}-{month:0>2}-{day:0>2}"


def _yes_or_no(text: str) -> bool | str | None:
    return _WORDS.get(text.lower(), text) if text else None


def _whole(text: str) -> int | str | None:
    return int(text) if text.removeprefix("-").isdecimal() else text or None


_READERS: dict[str, Callable[[str], Any]] = {"boolean": _yes_or_no, "integer": _whole}

"""REST documents as rows under Intacct's XML names, so that one mapping serves both APIs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from connector.intacct.dialects.json_text import plain
from connector.intacct.dialects.object_schema import RECORD_NUMBER, Field, Fields
from connector.intacct.dialects.records import Row
from connector.intacct.dialects.rest_names import CUSTOM, KEY

# The record's own, which results name apart; other records' addresses follow from their keys.
_OWN = {KEY, "id", "href"}


def native_row(fields: Fields, document: Mapping[str, Any]) -> Row:
    """Return a record of a reply, nested or flat, as a row that ``to_record`` understands.

    Known fields stand under their XML names: words of enumerations as XML writes them, yes-or-no
    and numbers as text, what is empty as empty text, lines as a list. Custom fields lose their
    namespace. Anything else keeps its dotted REST name where it holds something.
    """
    left = dict(_flat(document, ""))
    row: Row = {}
    if KEY in left and KEY not in fields.by_rest:
        row[RECORD_NUMBER] = str(left[KEY])
    for name, field in fields.by_rest.items():
        if name in left:
            _put(row, field, left.pop(name))
    for name, value in left.items():
        own = name.removeprefix(CUSTOM)
        is_custom = own != name and "." not in own and ":" not in own
        if is_custom:
            row.setdefault(own.upper(), _text(value))
        elif value is not None and not _is_known_otherwise(name, fields):
            row[name] = _text(value)
    return row


def _is_known_otherwise(name: str, fields: Fields) -> bool:
    """Say whether a name tells what stands elsewhere, or is one of ours with another meaning."""
    return name in _OWN or name.endswith(".href") or name in fields.by_name


def _flat(document: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _put(row: Row, field: Field, value: Any) -> None:
    if field.items is not None:
        lines = value if isinstance(value, list) else []
        row[field.path[0]] = [native_row(field.items, each) for each in lines]
        return
    place = row
    for parent in field.path[:-1]:
        place = place.setdefault(parent, {})
    place[field.path[-1]] = _xml_word(field, _text(value))


def _xml_word(field: Field, text: Any) -> Any:
    """Return an enumeration's word as XML writes it."""
    if not isinstance(text, str):
        return text
    ours = next((own for own, word in field.rest_values.items() if word == text), text)
    return field.values.get(ours, ours)


def _text(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    return plain(value)

"""Records as XML: nested elements for `read`, flat text with dotted names for the query functions.

A page of the query functions has hundreds of thousands of values, so it is written as text.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from connector.sandbox.company import Call
from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.definition import Field, ObjectType
from connector.sandbox.reader import find_field, is_computed
from connector.sandbox.store import Record
from connector.sandbox.values import shown
from connector.sandbox.wire.tree import Element, add

_SPECIAL = re.compile(r"[&<>\r]")
_SEPARATOR = "\x01"  # a character that no XML document can hold
_SHOWN_KINDS = frozenset({"bool", "tf", "date", "stamp"})  # the others are shown as they are kept


class UnknownFields(ValueError):
    """The named fields do not exist on the object."""


@dataclass(frozen=True)
class Column:
    """One field to show."""

    name: str
    field: Field | None


def columns(described: ObjectType, fields: str, *, with_lines: bool) -> list[Column]:
    """Return the columns that a `fields` text asks for; raises UnknownFields."""
    wrapper = described.lines.wrapper if described.lines and with_lines else ""
    if fields.strip() in ("", "*"):
        names = list(described.all_names()) + ([wrapper] if wrapper else [])
    else:
        names = [name.strip().upper() for name in fields.split(",") if name.strip()]
    unknown = [n for n in names if n != wrapper and find_field(described, n) is None]
    if unknown:
        raise UnknownFields(", ".join(unknown))
    return [Column(name, find_field(described, name)) for name in names]


def add_nested_rows(
    call: Call, data: Element, described: ObjectType, tag: str, rows: Iterable[Record], fields: str
) -> None:
    """Append records in the form of `read`; raises UnknownFields."""
    chosen = columns(described, fields, with_lines=True)
    for record in rows:
        _fill_nested(call, add(data, tag), described, record, chosen)


def _fill_nested(
    call: Call, row: Element, described: ObjectType, record: Record, chosen: list[Column]
) -> None:
    groups: dict[str, Element] = {}
    for column in chosen:
        if column.field is None:
            _add_lines(call, add(row, column.name), described, record)
            continue
        value = call.reader.value(described, record, column.name)
        parent, _, leaf = column.name.rpartition(".")
        add(_group(row, groups, parent), leaf, shown(column.field, value, is_read=True))


def _group(row: Element, groups: dict[str, Element], path: str) -> Element:
    if not path:
        return row
    if path not in groups:
        parent, _, leaf = path.rpartition(".")
        groups[path] = add(_group(row, groups, parent), leaf)
    return groups[path]


def _add_lines(call: Call, wrapper: Element, described: ObjectType, record: Record) -> None:
    if described.lines is None:
        return
    line_type = OBJECTS[described.lines.object]
    chosen = columns(line_type, "*", with_lines=False)
    for line in call.store.owned(line_type.name, record.recordno):
        _fill_nested(call, add(wrapper, line_type.name.lower()), line_type, line, chosen)


@dataclass(frozen=True)
class _Step:
    """How one column is read: `is_own` means that nothing but the record itself can hold it."""

    name: str
    is_own: bool
    show: Callable[[str], str] | None


def flat_values(
    call: Call,
    described: ObjectType,
    records: Iterable[Record],
    chosen: list[Column],
    *,
    with_iso_dates: bool = False,
) -> Iterator[list[str]]:
    """Yield the shown values of each record, in the order of the columns."""
    steps = [_step(described, column, with_iso_dates=with_iso_dates) for column in chosen]
    read = call.reader.value
    for record in records:
        body = record.body
        values = []
        for step in steps:
            value = body.get(step.name)
            if value is None:
                value = "" if step.is_own else read(described, record, step.name)
            values.append(step.show(value) if step.show else value)
        yield values


def _step(described: ObjectType, column: Column, *, with_iso_dates: bool) -> _Step:
    own = described.fields.get(column.name)
    is_own = own is not None and not own.comes_from and not is_computed(column.name)
    if column.field is None or column.field.kind not in _SHOWN_KINDS:
        return _Step(column.name, is_own, None)
    return _Step(column.name, is_own, partial(shown, column.field, is_read=with_iso_dates))


def flat_rows(tag: str, names: list[str], rows: Iterable[list[str]]) -> bytes:
    """Return rows of values as XML: one element per row, one inside it per name."""
    wrapped = [(f"<{name}>", f"</{name}>", f"<{name}/>") for name in names]
    return b"".join(_flat_row(tag, wrapped, values) for values in rows)


def _flat_row(tag: str, wrapped: list[tuple[str, str, str]], values: list[str]) -> bytes:
    together = _SEPARATOR.join(values)
    if _SPECIAL.search(together):
        values = _escaped(together).split(_SEPARATOR)
    cells = [
        opening + value + closing if value else empty
        for value, (opening, closing, empty) in zip(values, wrapped, strict=True)
    ]
    return f"<{tag}>{''.join(cells)}</{tag}>".encode()


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")

"""Records as elements: nested for `read`, flat with dotted names for the query functions."""

from collections.abc import Iterable
from dataclasses import dataclass

from connector.sandbox.company import Call
from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.definition import Field, ObjectType
from connector.sandbox.reader import find_field
from connector.sandbox.store import Record
from connector.sandbox.values import shown
from connector.sandbox.wire.tree import Element, add


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


def add_flat_rows(
    call: Call,
    data: Element,
    described: ObjectType,
    tag: str,
    rows: Iterable[Record],
    chosen: list[Column],
) -> None:
    """Append records in the form of the query functions, dotted names as they are."""
    for record in rows:
        row = add(data, tag)
        for column in chosen:
            value = call.reader.value(described, record, column.name)
            add(row, column.name, shown(column.field, value, is_read=False))

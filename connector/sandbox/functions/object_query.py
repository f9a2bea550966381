"""The `query` function: filters by label, order, pages by offset, and aggregates."""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from connector.sandbox.company import Call
from connector.sandbox.filters import Combination, Comparison, Filter
from connector.sandbox.functions.answer import Answer, Function, object_type
from connector.sandbox.functions.searching import FAILED, find
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.reader import find_field
from connector.sandbox.refusal import NOT_OFFERED, Fault, Refusal
from connector.sandbox.rendering import Column, add_flat_rows
from connector.sandbox.store import Record
from connector.sandbox.values import NUMBERS, shown
from connector.sandbox.wire.tree import Element, add, element, text_of, texts

DEFAULT_PAGE = "100"
_SIGNS = {
    "equalto": "=",
    "notequalto": "!=",
    "lessthan": "<",
    "lessthanorequalto": "<=",
    "greaterthan": ">",
    "greaterthanorequalto": ">=",
    "between": "between",
    "in": "in",
    "like": "like",
    "isnull": "isnull",
}
_OPPOSITES = {"notin": "in", "notlike": "like", "isnotnull": "isnull"}


@dataclass(frozen=True)
class Selected:
    """One column of the answer: a plain field, or an aggregate of one."""

    name: str
    aggregate: str = ""

    @property
    def title(self) -> str:
        """The element that holds it."""
        return f"{self.aggregate.upper()}.{self.name}" if self.aggregate else self.name


def query(call: Call, request: Element) -> Answer:
    """Return one page of what the filter lets through."""
    name = text_of(request, "object")
    described = object_type(name, FAILED)
    selected = _selected(described, request)
    found = _found(call, described, request)
    _sort(call, described, found, request)
    offset = int(text_of(request, "offset") or "0")
    size = int(text_of(request, "pagesize") or DEFAULT_PAGE)
    if any(column.aggregate for column in selected):
        groups = _grouped(call, described, found, selected)
        data = _data(name, len(groups), offset, len(groups[offset : offset + size]))
        for group in groups[offset : offset + size]:
            row = add(data, name)
            for title, value in group:
                add(row, title, value)
        return Answer(data)
    page = found[offset : offset + size]
    data = _data(name, len(found), offset, len(page))
    columns = [Column(column.name, find_field(described, column.name)) for column in selected]
    add_flat_rows(call, data, described, name, page, columns)
    return Answer(data)


def _data(name: str, total: int, offset: int, count: int) -> Element:
    return element(
        "data",
        listtype=name,
        totalcount=str(total),
        offset=str(offset),
        count=str(count),
        numremaining=str(max(total - offset - count, 0)),
    )


def _selected(described: ObjectType, request: Element) -> list[Selected]:
    select = request.find("select")
    chosen = [
        Selected((child.text or "").strip().upper(), "" if child.tag == "field" else str(child.tag))
        for child in (() if select is None else select)
    ]
    for column in chosen:
        if find_field(described, column.name) is None:
            raise Refusal(
                Fault(FAILED, f"There is no field {column.name} on {described.name} to select.")
            )
    return chosen


def _found(call: Call, described: ObjectType, request: Element) -> list[Record]:
    options = request.find("options")
    if options is not None and text_of(options, "returnformat", "xml").lower() not in ("", "xml"):
        raise Refusal(Fault(NOT_OFFERED, "This sandbox answers queries as XML only."))
    filtered = request.find("filter")
    return find(
        call,
        described,
        None if filtered is None else _filter(filtered[0]),
        by_code=False,
        ignores_case=_is_on(options, "caseinsensitive"),
        with_private=_is_on(options, "showprivate"),
    )


def _is_on(options: Element | None, name: str) -> bool:
    return options is not None and text_of(options, name) in ("true", "1")


def _filter(node: Element) -> Filter:
    tag = str(node.tag)
    if tag in ("and", "or"):
        return Combination(tag, tuple(_filter(child) for child in node))
    name, values = text_of(node, "field").upper(), tuple(texts(node, "value"))
    if tag in _OPPOSITES:
        return Combination("not", (Comparison(_OPPOSITES[tag], name, values),))
    return Comparison(_SIGNS[tag], name, values)


def _sort(call: Call, described: ObjectType, found: list[Record], request: Element) -> None:
    """Sort in place; the last key first, since sorting keeps the order of equals."""
    for order in reversed(request.findall("orderby/order")):
        name = text_of(order, "field").upper()
        field = find_field(described, name)
        if field is None:
            raise Refusal(
                Fault(FAILED, f"There is no field {name} on {described.name} to sort by.")
            )
        key = partial(_sort_key, call, described, name, is_number=field.kind in NUMBERS)
        found.sort(key=key, reverse=order.find("descending") is not None)


def _sort_key(
    call: Call, described: ObjectType, name: str, record: Record, *, is_number: bool
) -> tuple[Decimal, str]:
    return _rank(call.reader.value(described, record, name), is_number=is_number)


def _rank(value: str, *, is_number: bool) -> tuple[Decimal, str]:
    """Return what a value is ordered by; an empty number counts as zero."""
    return (Decimal(value), "") if is_number and value else (Decimal(0), value)


def _grouped(
    call: Call, described: ObjectType, found: list[Record], selected: list[Selected]
) -> list[list[tuple[str, str]]]:
    """Return one row per distinct value of the plain fields, with the aggregates of its records."""
    plain = [column.name for column in selected if not column.aggregate]
    groups: dict[tuple[str, ...], list[Record]] = {}
    for record in found:
        values = tuple(call.reader.value(described, record, name) for name in plain)
        groups.setdefault(values, []).append(record)
    if not plain and not groups:
        groups[()] = []
    rows = []
    for values, records in groups.items():
        own = dict(zip(plain, values, strict=True))
        rows.append(
            [(c.title, _cell(call, described, records, c, own.get(c.name, ""))) for c in selected]
        )
    return rows


def _cell(
    call: Call, described: ObjectType, records: list[Record], column: Selected, plain: str
) -> str:
    field = find_field(described, column.name)
    if not column.aggregate:
        return shown(field, plain, is_read=False)
    values = [call.reader.value(described, record, column.name) for record in records]
    filled = [value for value in values if value]
    if column.aggregate == "count":
        return str(len(filled))
    if column.aggregate in ("min", "max"):
        is_number = field is not None and field.kind in NUMBERS
        pick = min if column.aggregate == "min" else max
        chosen = pick(filled, key=partial(_rank, is_number=is_number), default="")
        return shown(field, chosen, is_read=False)
    if field is None or field.kind not in NUMBERS:
        text = f"{column.name} is not a number, so {column.aggregate} has no meaning."
        raise Refusal(Fault(FAILED, text))
    total = sum((Decimal(value) for value in filled), Decimal(0))
    if column.aggregate == "sum" or not filled:
        return str(total)
    return str(total / len(filled))


FUNCTIONS: dict[str, Function] = {"query": query}

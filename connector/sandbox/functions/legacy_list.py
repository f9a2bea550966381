"""get_list and get: the reads of the legacy functions, in lower case with dates in three parts."""

from dataclasses import replace
from functools import partial

from connector.sandbox.company import Call
from connector.sandbox.filters import Combination, Comparison, Filter
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.functions.legacy_fields import (
    LegacyLines,
    fields_of,
    lines_of,
    object_named,
)
from connector.sandbox.functions.searching import FAILED, Order, Search, find
from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.reader import closest, find_field, is_visible
from connector.sandbox.refusal import NOT_OFFERED, Fault, Refusal, rule
from connector.sandbox.store import Record
from connector.sandbox.values import shown
from connector.sandbox.wire.tree import Element, add, element, text_of, texts

DEFAULT_PAGE = 100
_SIGNS = frozenset({"=", "!=", "<", "<=", ">", ">=", "like"})
_DATE_ONLY = "creationdate"  # a stamp that a recorded reply shows without its time


def get_list(call: Call, request: Element) -> Answer:
    """List the records that a filter lets through, from `start` on, at most `maxitems`."""
    name = request.get("object", "")
    described = _object(name)
    orders = tuple(
        Order(_field(described, sort.text or ""), sort.get("order") == "desc")
        for sort in request.iterfind("sorts/sortfield")
    )
    with_private = request.get("showprivate") == "true"
    search = Search(_condition(described, request), with_private=with_private, order=orders)
    found = find(call, described, search)
    start = _number(request, "start", 0)
    page = found[start : start + _number(request, "maxitems", DEFAULT_PAGE)]
    records = call.store.some(described.name, page)
    return _answer(call, request, (name, described), records, (start, len(found)))


def get(call: Call, request: Element) -> Answer:
    """Read one record by its key: the record number of a document, the id of anything else."""
    return _got(call, request, request.get("object", ""))


def _get_named(name: str, call: Call, request: Element) -> Answer:
    """Read one document by its record number, as `get` does."""
    return _got(call, request, name)


def _got(call: Call, request: Element, name: str) -> Answer:
    key = request.get("key", "").strip()
    described = _object(name)
    if request.get("externalkey") == "true":
        field = "EXTERNALID" if "EXTERNALID" in described.fields else described.id_field
        found = call.store.where(described.name, field, key) if key else []
    else:
        found = call.store.by_id(described.name, key) if described.is_unique else []
    record = closest(found, call.scope.entity) or call.store.get(described.name, key)
    if record is None or not is_visible(record, call.scope.entity, with_private=True):
        if call.company.policies["legacy_get_missing"] == "refused":
            raise rule(f"Cannot find {name} with key '{key}'.", object_name=described.name)
        return _answer(call, request, (name, described), [], (0, 0))
    return _answer(call, request, (name, described), [record], (0, 1))


def _object(name: str) -> ObjectType:
    described = object_named(name)
    if described is None:
        raise Refusal(Fault(NOT_OFFERED, f"The object {name} is not part of this sandbox."))
    return described


def _number(request: Element, name: str, default: int) -> int:
    text = request.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal():
        raise Refusal(Fault(FAILED, f"{name} is a number from 0 up, not {text}."))
    return int(text)


def _field(described: ObjectType, name: str) -> str:
    """Return the integration name of a field that has a legacy name or stands as it is."""
    legacy = name.strip().lower()
    return fields_of(described).get(legacy, legacy.upper())


def _condition(described: ObjectType, request: Element) -> Filter | None:
    """Return the filter; several conditions side by side must all be met."""
    conditions = [_filter(described, node) for node in request.iterfind("filter/*")]
    if len(conditions) > 1:
        return Combination("and", tuple(conditions))
    return conditions[0] if conditions else None


def _filter(described: ObjectType, node: Element) -> Filter:
    if node.tag == "logical":
        joined_by = node.get("logical_operator", "and")
        return Combination(joined_by, tuple(_filter(described, child) for child in node))
    field = _field(described, text_of(node, "field"))
    sign = text_of(node, "operator").lower()
    if sign == "is null":
        return Comparison("isnull", field)
    if sign not in _SIGNS:
        raise Refusal(Fault(FAILED, f"'{sign}' is no comparison."))
    return Comparison(sign, field, tuple(texts(node, "value")))


def _answer(
    call: Call,
    request: Element,
    named: tuple[str, ObjectType],
    records: list[Record],
    place: tuple[int, int],
) -> Answer:
    """Return the rows with the list's beginning, end and total before them."""
    (name, described), (start, total) = named, place
    end = max(start + len(records) - 1, start)
    listed = element("listtype", start=str(start), end=str(end), total=str(total))
    listed.text = name
    data = element("data")
    asked = [text.strip().lower() for text in texts_below(request)]
    fields, lines = fields_of(described), lines_of(described)
    if asked:
        unknown = [n for n in asked if find_field(described, _field(described, n)) is None]
        kept = lines if lines is not None and lines.wrapper in asked else None
        if [n for n in unknown if kept is None or n != kept.wrapper]:
            raise Refusal(Fault(FAILED, f"Invalid fields list {', '.join(unknown)}"))
        fields = {n: _field(described, n) for n in asked if n not in unknown}
        lines = kept
    for record in records:
        _fill(call, add(data, name), described, record, fields)
        if lines is not None:
            _add_lines(call, add(data[-1], lines.wrapper), record, lines)
    return Answer(data, listed=listed)


def texts_below(request: Element) -> list[str]:
    """Return the fields that a request asks for, none for all of them."""
    fields = request.find("fields")
    return [] if fields is None else texts(fields, "field")


def _fill(
    call: Call, row: Element, described: ObjectType, record: Record, fields: dict[str, str]
) -> None:
    groups: dict[str, Element] = {"": row}
    for legacy, name in fields.items():
        if (field := find_field(described, name)) is None:
            continue
        parent, _, leaf = legacy.rpartition(".")
        block = _group(groups, parent)
        value = call.reader.value(described, record, name)
        if field.kind == "date":
            _add_date(add(block, leaf), value)
            continue
        kept = replace(field, kind="date") if leaf == _DATE_ONLY else field
        add(block, leaf, shown(kept, value, is_read=False))


def _group(groups: dict[str, Element], path: str) -> Element:
    if path not in groups:
        parent, _, leaf = path.rpartition(".")
        groups[path] = add(_group(groups, parent), leaf)
    return groups[path]


def _add_date(block: Element, value: str) -> None:
    year, month, day = value.split("-") if value else ("", "", "")
    add(block, "year", year)
    add(block, "month", month)
    add(block, "day", day)


def _add_lines(call: Call, wrapper: Element, record: Record, lines: LegacyLines) -> None:
    described = OBJECTS[lines.object_name]
    for line in call.store.owned(described.name, record.recordno):
        _fill(call, add(wrapper, lines.tag), described, line, lines.fields)


FUNCTIONS: dict[str, Function] = {
    "get_list": get_list,
    "get": get,
    **{
        f"get_{name}": partial(_get_named, name)
        for name in ("invoice", "bill", "aradjustment", "apadjustment")
    },
}

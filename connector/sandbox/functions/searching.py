"""Finding the records that a filter lets through, in the asked order."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from connector.sandbox.company import Call
from connector.sandbox.filters import (
    Combination,
    Comparison,
    Filter,
    Matcher,
    certain_equals,
    fields_of,
    holds,
)
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.reader import find_field, is_visible
from connector.sandbox.refusal import Fault, Refusal
from connector.sandbox.store import Record
from connector.sandbox.values import NUMBERS, decimal_of, operand

FAILED = "Query Failed"
ROW_NUMBER = "ROWNUM"
Rank = tuple[Decimal, str]


@dataclass(frozen=True)
class Order:
    """One field to sort by."""

    field: str
    is_descending: bool = False


@dataclass(frozen=True)
class Search:
    """What to find; `by_code` compares database codes, as readByQuery does, not labels."""

    condition: Filter | None = None
    by_code: bool = False
    ignores_case: bool = False
    with_private: bool = False
    order: tuple[Order, ...] = ()


def find(call: Call, described: ObjectType, search: Search) -> Sequence[int]:
    """Return the numbers of what the caller's entity shows and the filter lets through.

    They come by record number where the search has no order. Raises Refusal when it names a field
    that does not exist. An answer is kept until a record changes, so the next page costs nothing.
    """
    _check_fields(described, search)
    key = (described.name, search, call.scope.entity)
    version = call.store.version
    kept = call.company.searches.get(key, version)
    if kept is not None:
        return kept
    found = _found(call, described, search)
    call.company.searches.keep(key, version, found)
    return found


def of_type(described: ObjectType, condition: Filter | None, document_type: str) -> Filter | None:
    """Return a filter that lets only documents of a type through, where the object has types."""
    if not document_type or "DOCPARID" not in described.fields:
        return condition
    own = Comparison("=", "DOCPARID", (document_type,))
    return own if condition is None else Combination("and", (own, condition))


def _check_fields(described: ObjectType, search: Search) -> None:
    for name in fields_of(search.condition):
        if find_field(described, name) is None and name != ROW_NUMBER:
            raise Refusal(Fault(FAILED, f"There is no field {name} on {described.name}."))
    for order in search.order:
        if find_field(described, order.field) is None:
            text = f"There is no field {order.field} on {described.name} to sort by."
            raise Refusal(Fault(FAILED, text))


def _found(call: Call, described: ObjectType, search: Search) -> "array[int]":
    condition, rows = _without_row_numbers(search.condition)
    matcher = Matcher(
        described, call.reader, by_code=search.by_code, ignores_case=search.ignores_case
    )
    if condition is None and search.order in ((), (Order("RECORDNO"),)):
        sees_all = search.with_private and not call.scope.entity
        entity = None if sees_all else call.scope.entity
        return _numbered(call.store.numbers(described.name, entity), rows)
    narrowed = None if search.ignores_case else condition
    passing = (
        record
        for record in _candidates(call, described, narrowed, by_code=search.by_code)
        if is_visible(record, call.scope.entity, with_private=search.with_private)
        and matcher.passes(record, condition)
    )
    return _numbered(_sorted(call, described, passing, search.order), rows)


def _without_row_numbers(condition: Filter | None) -> tuple[Filter | None, list[Comparison]]:
    """Return the filter without its comparisons of ROWNUM, and those.

    ROWNUM numbers the rows that everything else lets through, so it stands only among conditions
    that are joined by `and`.
    """
    is_and = isinstance(condition, Combination) and condition.joined_by == "and"
    parts = condition.parts if isinstance(condition, Combination) and is_and else (condition,)
    rows = [p for p in parts if isinstance(p, Comparison) and p.field == ROW_NUMBER]
    others = tuple(p for p in parts if p is not None and p not in rows)
    if any(ROW_NUMBER in fields_of(part) for part in others):
        raise Refusal(Fault(FAILED, "ROWNUM can only be joined to other conditions by AND."))
    if len(others) < 2:  # noqa: PLR2004 # one condition is not joined to anything
        return (others[0] if others else None), rows
    return Combination("and", others), rows


def _numbered(found: "array[int]", rows: list[Comparison]) -> "array[int]":
    """Return the numbers whose position, counted from 1, meets the comparisons of ROWNUM."""
    wanted = [(row.operator, [decimal_of(text) for text in row.values]) for row in rows]
    if any(None in values for _, values in wanted):
        raise Refusal(Fault(FAILED, "ROWNUM is compared with numbers."))
    return array(
        "q",
        (
            number
            for position, number in enumerate(found, start=1)
            if all(holds(sign, Decimal(position), list(values)) for sign, values in wanted)
        ),
    )


def _candidates(
    call: Call, described: ObjectType, condition: Filter | None, *, by_code: bool
) -> Iterable[Record]:
    """Return records among which all matches are; fewer when the filter names an exact value."""
    for comparison in certain_equals(condition):
        own = described.fields.get(comparison.field)
        if own is None or own.comes_from or own.name.startswith("MEGAENTITY"):
            continue
        value = operand(own, comparison.values[0], by_code=by_code)
        if own.name == "RECORDNO":
            record = call.store.get(described.name, str(value))
            return [record] if record else []
        if own.name == described.id_field:
            return call.store.by_id(described.name, str(value))
        is_text = own.kind in ("text", "email", "enum", "date") and isinstance(value, str)
        if is_text and not call.store.generated.numbers(described.name):
            return call.store.where(described.name, own.name, str(value))
    return call.store.stream(described.name)


def _sorted(
    call: Call, described: ObjectType, records: Iterable[Record], orders: tuple[Order, ...]
) -> "array[int]":
    """Return the numbers in order; the last key is sorted first, equals stay as they are."""
    if not orders:
        return array("q", (record.recordno for record in records))
    keyed = [
        (record.recordno, tuple(_rank_of(call, described, record, o.field) for o in orders))
        for record in records
    ]
    for position in reversed(range(len(orders))):
        keyed.sort(key=lambda row: row[1][position], reverse=orders[position].is_descending)
    return array("q", (number for number, _ in keyed))


def _rank_of(call: Call, described: ObjectType, record: Record, name: str) -> Rank:
    field = find_field(described, name)
    value = call.reader.value(described, record, name)
    return rank(value, is_number=field is not None and field.kind in NUMBERS)


def rank(value: str, *, is_number: bool) -> Rank:
    """Return what a value is ordered by; an empty number counts as zero."""
    return (Decimal(value), "") if is_number and value else (Decimal(0), value)

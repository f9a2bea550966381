"""The query service: flat rows of one object, filtered, ordered, paged or summed up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from connector.sandbox.company import Call
from connector.sandbox.filters import Comparison
from connector.sandbox.functions.searching import Search, find
from connector.sandbox.rest.catalogue import rest_object
from connector.sandbox.rest.columns import Column, column
from connector.sandbox.rest.conditions import OPERATORS, Predicate, Rules, joined, predicate
from connector.sandbox.rest.description import RestObject
from connector.sandbox.rest.errors import Json, RestError, enveloped, invalid
from connector.sandbox.rest.exchange import Reply, Request
from connector.sandbox.rest.resources import page_meta
from connector.sandbox.store import Record
from connector.sandbox.values import NUMBERS, decimal_of

DEFAULT_SIZE = 100
LARGEST_SIZE = 4000
AGGREGATES = frozenset({"count", "avg", "sum", "min", "max"})
_ASKED = frozenset(
    {
        "object",
        "fields",
        "filters",
        "filterExpression",
        "filterParameters",
        "orderBy",
        "start",
        "size",
    }
)


@dataclass(frozen=True)
class Selected:
    """One field of the answer: its name there, its column, and the aggregate if it is one."""

    name: str
    column: Column
    aggregate: str = ""


@dataclass
class Query:
    """A query that has been read."""

    shape: RestObject
    selected: list[Selected]
    condition: Predicate | None = None
    exact: Comparison | None = None
    order: list[tuple[Column, bool]] = field(default_factory=list)
    with_private: bool = False
    start: int = 1
    size: int = DEFAULT_SIZE


def answer(request: Request) -> Reply:
    """Return one page of what the filters let through; raises RestError."""
    call = request.call()
    asked = _read(call, request.document())
    found = _found(call, asked)
    if any(one.aggregate for one in asked.selected):
        rows: Sequence[Json] = _summed(call, asked, found)
        page = list(rows[asked.start - 1 : asked.start - 1 + asked.size])
        return Reply(200, enveloped(page, page_meta(request, len(rows), asked.start, asked.size)))
    numbers = found[asked.start - 1 : asked.start - 1 + asked.size]
    page = [
        {one.name: one.column.value(call.reader, record) for one in asked.selected}
        for record in _records(call, asked.shape, numbers)
    ]
    return Reply(200, enveloped(page, page_meta(request, len(found), asked.start, asked.size)))


def _read(call: Call, body: Any) -> Query:
    if not isinstance(body, dict) or not isinstance(body.get("object"), str):
        raise invalid("The object of the query is missing")
    for name in body:
        if name not in _ASKED:
            target = f"/{name}"
            raise invalid(
                f"The field {target} is not a valid field",
                error_id="REST-1043",
                message_id="IA.NOT_A_VALID_FIELD",
                placeholders={"FIELD": target},
            )
    shape = rest_object(body["object"])
    fields = body.get("fields")
    if not isinstance(fields, list) or not fields:
        raise invalid("The fields of the query are missing")
    asked = Query(shape, [_selected(call, shape, name) for name in fields])
    parameters = body.get("filterParameters") or {}
    if not isinstance(parameters, dict):
        raise invalid("filterParameters is an object")
    asked.with_private = parameters.get("includePrivate") is True
    _read_filters(
        call, asked, body, is_exact=parameters.get("caseSensitiveComparison") is not False
    )
    asked.order = [pair for one in _list(body, "orderBy") for pair in _order(call, shape, one)]
    asked.start = _whole(body, "start", 1, None)
    asked.size = _whole(body, "size", DEFAULT_SIZE, LARGEST_SIZE)
    return asked


def _list(body: Json, name: str) -> list[Any]:
    value = body.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise invalid(f"{name} is a list of objects")
    return value


def _whole(body: Json, name: str, default: int, largest: int | None) -> int:
    value = body.get(name, default)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if not is_number or value < 1 or (largest is not None and value > largest):
        limit = f" up to {largest}" if largest else ""
        raise invalid(f"{name} is a whole number from 1{limit}")
    return int(value)


def _selected(call: Call, shape: RestObject, name: Any) -> Selected:
    if not isinstance(name, str):
        raise invalid("A field of the query is a text")
    aggregate, _, path = name.rpartition(":") if "::" not in name else ("", "", name)
    if aggregate and aggregate not in AGGREGATES:
        raise not_queryable(shape, name)
    return Selected(name, _column(call, shape, path), aggregate)


def _column(call: Call, shape: RestObject, path: str, *, is_shown: bool = True) -> Column:
    found = column(call.store, shape, path)
    if found is None or (found.kind == "href" and not is_shown):
        raise not_queryable(shape, path)
    return found


def not_queryable(shape: RestObject, path: str) -> RestError:
    """Return the refusal of a field that a query cannot use: unknown, a list, or a whole group."""
    return invalid(
        f"The {path} field in {shape.path} object cannot be used in query in version 1",
        error_id="REST-1106",
        message_id="IA.THE_FIELD_IN_OBJECT_CANNOT_BE_USED_IN_QUERY",
        placeholders={"FIELD": path, "OBJECT": shape.path, "VERSION": "1"},
    )


def _read_filters(call: Call, asked: Query, body: Json, *, is_exact: bool) -> None:
    rules = Rules(call.at.date(), is_case_sensitive=is_exact)
    expression = body.get("filterExpression") or "and"
    if not isinstance(expression, str):
        raise invalid("filterExpression is a text")
    predicates = []
    for one in _list(body, "filters"):
        for operator, column_, value in _comparisons(call, asked.shape, one):
            predicates.append(predicate(operator, column_, value, rules))
            if operator == "$eq" and expression == "and" and is_exact:
                asked.exact = _exactly(asked, column_, value) or asked.exact
    if predicates:
        asked.condition = joined(predicates, expression)


def _comparisons(call: Call, shape: RestObject, one: Json) -> Iterable[tuple[str, Column, Any]]:
    if len(one) != 1:
        raise invalid("A filter has one operator")
    operator, fields = next(iter(one.items()))
    if operator not in OPERATORS:
        raise invalid(f"{operator} is not an operator of filters")
    if not isinstance(fields, dict) or len(fields) != 1:
        raise invalid(f"{operator} takes one field with its value")
    for path, value in fields.items():
        yield operator, _column(call, shape, path, is_shown=False), value


def _exactly(asked: Query, found: Column, value: Any) -> Comparison | None:
    """Return a condition that the search can look up instead of reading every record."""
    described = asked.shape.described
    if found.xml in ("RECORDNO", described.id_field) and isinstance(value, str) and value:
        return Comparison("=", found.xml, (value,))
    return None


def _order(call: Call, shape: RestObject, one: Json) -> Iterable[tuple[Column, bool]]:
    for path, direction in one.items():
        if direction not in ("asc", "desc"):
            raise invalid("orderBy takes asc or desc")
        yield _column(call, shape, path, is_shown=False), direction == "desc"


def _found(call: Call, asked: Query) -> Sequence[int]:
    """Return the numbers of the records in their order; without one, as a hash would have them."""
    name = asked.shape.described.name
    found: Sequence[int] = find(
        call, asked.shape.described, Search(asked.exact, with_private=asked.with_private)
    )
    if asked.condition is not None:
        passes = asked.condition
        found = [
            record.recordno
            for record in _records(call, asked.shape, found)
            if passes(call.reader, record)
        ]
    if not asked.order:
        # No order is promised, and clients that count on one are to notice.
        return sorted(found, key=lambda number: (number * 2654435761) % 4093)
    for ordered, is_descending in reversed(asked.order):
        if ordered.xml == "RECORDNO":
            found = sorted(found, reverse=is_descending)
            continue
        ranks = {
            number: _rank(ordered, ordered.raw(call.reader, record))
            for number in found
            if (record := call.store.get(name, number)) is not None
        }
        found = sorted(found, key=ranks.__getitem__, reverse=is_descending)
    return found


def _records(call: Call, shape: RestObject, numbers: Iterable[int]) -> Iterable[Record]:
    for number in numbers:
        record = call.store.get(shape.described.name, number)
        if record is not None:
            yield record


def _rank(ordered: Column, kept: str) -> tuple[Decimal, str]:
    if ordered.kind in NUMBERS:
        return decimal_of(kept or "0") or Decimal(0), ""
    return Decimal(0), kept


def _summed(call: Call, asked: Query, numbers: Sequence[int]) -> list[Json]:
    """Return one row per distinct value of the plain fields, with the aggregates of its records."""
    plain = [one for one in asked.selected if not one.aggregate]
    groups: dict[tuple[str, ...], list[Record]] = {}
    for record in _records(call, asked.shape, numbers):
        values = tuple(one.column.raw(call.reader, record) for one in plain)
        groups.setdefault(values, []).append(record)
    if not plain and not groups:
        groups[()] = []
    rows = []
    for values, records in groups.items():
        own = {one.name: one.column.as_json(v) for one, v in zip(plain, values, strict=True)}
        rows.append(
            {
                one.name: _aggregate(call, one, records) if one.aggregate else own[one.name]
                for one in asked.selected
            }
        )
    return rows


def _aggregate(call: Call, one: Selected, records: list[Record]) -> Any:
    kept = [text for record in records if (text := one.column.raw(call.reader, record))]
    if one.aggregate == "count":
        return len(kept)
    if one.aggregate in ("min", "max"):
        pick = min if one.aggregate == "min" else max
        return one.column.as_json(pick(kept, key=lambda text: _rank(one.column, text), default=""))
    if one.column.kind not in NUMBERS:
        raise invalid(f"{one.column.path} is not a number, so {one.aggregate} has no meaning")
    total = sum((Decimal(text) for text in kept), Decimal(0))
    if one.aggregate == "avg" and kept:
        total /= len(kept)
    return one.column.as_json(format(total, "f"))

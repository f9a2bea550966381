"""The `query` function: filters by label, order, pages by offset, and aggregates."""

from collections.abc import Iterable

from connector.sandbox.company import Call
from connector.sandbox.filters import Combination, Comparison, Filter
from connector.sandbox.functions import formats
from connector.sandbox.functions.aggregates import Selected, grouped
from connector.sandbox.functions.answer import Answer, Function, object_type
from connector.sandbox.functions.searching import FAILED, Order, Search, find, of_type
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.reader import find_field
from connector.sandbox.refusal import Fault, Refusal
from connector.sandbox.rendering import Column, flat_rows, flat_values
from connector.sandbox.wire.tree import Element, element, text_of, texts

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


def query(call: Call, request: Element) -> Answer:
    """Return one page of what the filter lets through."""
    name = text_of(request, "object")
    described = object_type(name, FAILED)
    selected = _selected(described, request)
    options = request.find("options")
    form = formats.asked("" if options is None else text_of(options, "returnformat"), FAILED)
    offset = int(text_of(request, "offset") or "0")
    end = offset + int(text_of(request, "pagesize") or DEFAULT_PAGE)
    numbers = find(call, described, _search(described, request))
    with_iso_dates = call.company.policies["query_dates"] == "iso"
    rows: Iterable[list[str]]
    if any(column.aggregate for column in selected):
        every = call.store.stream(described.name, numbers)
        groups = grouped(call, described, every, selected, with_iso_dates=with_iso_dates)
        total, rows = len(groups), groups[offset:end]
    else:
        records = call.store.some(described.name, numbers[offset:end])
        columns = [Column(column.name, find_field(described, column.name)) for column in selected]
        total = len(numbers)
        rows = flat_values(call, described, records, columns, with_iso_dates=with_iso_dates)
    is_prefixed = call.company.policies["aggregate_names"] == "prefixed"
    titles = [column.title(is_prefixed=is_prefixed) for column in selected]
    if form != "xml":
        return Answer(bare=formats.bare(form, titles, rows))
    count = max(min(end, total) - offset, 0)
    return Answer(_data(name, total, offset, count), rows=flat_rows(name, titles, rows))


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


def _search(described: ObjectType, request: Element) -> Search:
    options, filtered = request.find("options"), request.find("filter")
    condition = None if filtered is None else _filter(filtered[0])
    return Search(
        of_type(described, condition, text_of(request, "docparid")),
        ignores_case=_is_on(options, "caseinsensitive"),
        with_private=_is_on(options, "showprivate"),
        order=tuple(
            Order(text_of(order, "field").upper(), order.find("descending") is not None)
            for order in request.iterfind("orderby/order")
        ),
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


FUNCTIONS: dict[str, Function] = {"query": query}

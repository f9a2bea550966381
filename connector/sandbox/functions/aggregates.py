"""Counts, sums, averages and extremes of `query`, by the plain fields beside them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from connector.sandbox.company import Call
from connector.sandbox.functions.searching import FAILED, rank
from connector.sandbox.objects.definition import Field, ObjectType
from connector.sandbox.reader import find_field
from connector.sandbox.refusal import Fault, Refusal
from connector.sandbox.store import Record
from connector.sandbox.values import NUMBERS, shown


@dataclass(frozen=True)
class Selected:
    """One column of the answer: a plain field, or an aggregate of one."""

    name: str
    aggregate: str = ""

    def title(self, *, is_prefixed: bool) -> str:
        """Return the element that holds it; a count is always told by its prefix."""
        has_prefix = self.aggregate and (is_prefixed or self.aggregate == "count")
        return f"{self.aggregate.upper()}.{self.name}" if has_prefix else self.name


def grouped(
    call: Call,
    described: ObjectType,
    records: Iterable[Record],
    selected: list[Selected],
    *,
    with_iso_dates: bool,
) -> list[list[str]]:
    """Return one row of shown values per distinct value of the plain fields."""
    plain = [column.name for column in selected if not column.aggregate]
    gathered = [column for column in selected if column.aggregate]
    groups: dict[tuple[str, ...], list[list[str]]] = {}
    for record in records:
        key = tuple(call.reader.value(described, record, name) for name in plain)
        cells = groups.setdefault(key, [[] for _ in gathered])
        for column, cell in zip(gathered, cells, strict=True):
            value = call.reader.value(described, record, column.name)
            if value:
                cell.append(value)
    if not plain and not groups:
        groups[()] = [[] for _ in gathered]
    show = partial(_shown, described, with_iso_dates=with_iso_dates)
    rows = []
    for key, cells in groups.items():
        plains = iter(zip(plain, key, strict=True))
        totals = iter(zip(gathered, cells, strict=True))
        rows.append(
            [
                _cell(described, *next(totals), show) if column.aggregate else show(*next(plains))
                for column in selected
            ]
        )
    return rows


def _shown(described: ObjectType, name: str, value: str, *, with_iso_dates: bool) -> str:
    return shown(find_field(described, name), value, is_read=with_iso_dates)


def _cell(described: ObjectType, column: Selected, values: list[str], show: "partial[str]") -> str:
    """Return one aggregate of the values that are not empty."""
    field = find_field(described, column.name)
    if column.aggregate == "count":
        return str(len(values))
    if column.aggregate in ("min", "max"):
        pick = min if column.aggregate == "min" else max
        key = partial(rank, is_number=_is_number(field))
        return show(column.name, pick(values, key=key, default=""))
    if not _is_number(field):
        text = f"{column.name} is not a number, so {column.aggregate} has no meaning."
        raise Refusal(Fault(FAILED, text))
    total = sum((Decimal(value) for value in values), Decimal(0))
    return str(total if column.aggregate == "sum" or not values else total / len(values))


def _is_number(field: Field | None) -> bool:
    return field is not None and field.kind in NUMBERS

"""What the lines of a form add up to, expressions worked out on samples."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connector.component.values import read_decimal
from connector.errors import InputError
from connector.surfaces.lines import Total, line_schema, totals
from connector.web.composer.insertions import Data
from connector.web.composer.values import Mapped, Shown, as_text

_MONEY = "money"


def totals_of(data: Data, step_place: str, held: Shown) -> dict[str, tuple[Total, ...]]:
    """Return the sums under each list of lines of a step's form.

    Where the record itself says one amount, what the lines leave of it is told, too.
    """
    found: dict[str, tuple[Total, ...]] = {}
    for name, stanza in held.schema.get("properties", {}).items():
        schema = line_schema(stanza)
        rows = held.values.get(name)
        if not schema.get("properties") or not isinstance(rows, list) or not rows:
            continue
        lines = _lines(data, step_place, rows, held.mapped.get(name))
        sums = totals(schema, lines) if lines is not None else totals(schema, [{"amount": "?"}])
        found[name] = (*sums, *_remainder(data, step_place, held, sums))
    return {name: sums for name, sums in found.items() if sums}


def _lines(
    data: Data, step_place: str, rows: list[Any], way: Mapped | None
) -> list[dict[str, str]] | None:
    """Return the lines as texts; None where they cannot be worked out on the samples."""
    value: Any = rows
    if way is not None:
        form: dict[str, Any] = {"each": way.each, "as": way.name, "value": rows[0]}
        value = {**form, "where": way.where} if way.where.strip() else form
    worked_out = data.worked_out(value, f"{step_place}.config").value
    if not isinstance(worked_out, list):
        return None
    return [
        {key: as_text(item) for key, item in line.items() if item is not None}
        for line in worked_out
        if isinstance(line, Mapping)
    ]


def _remainder(
    data: Data, step_place: str, held: Shown, sums: tuple[Total, ...]
) -> tuple[Total, ...]:
    fields: Mapping[str, Mapping[str, Any]] = held.schema.get("properties", {})
    amounts = [name for name, stanza in fields.items() if stanza.get("format") == _MONEY]
    filled = [name for name in amounts if str(held.values.get(name) or "").strip()]
    if len(filled) != 1 or not sums or not sums[0].label.startswith("Total"):
        return ()
    worked_out = data.worked_out(held.values[filled[0]], f"{step_place}.config").value
    whole = _amount(worked_out)
    left = None if whole is None or sums[0].amount is None else whole - sums[0].amount
    return (Total("Remainder", left),)


def _amount(value: Any) -> Decimal | None:
    try:
        return read_decimal(as_text(value)) if value is not None else None
    except InputError:
        return None

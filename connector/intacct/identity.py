"""How a record is recognised that may or may not have been created."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Identity


def identity_of(schema: ObjectSchema, values: Mapping[str, Any]) -> Identity | None:
    """Return the best natural key these values hold, with what a found record must agree in."""
    for names in schema.lookup:
        if all(values.get(name) not in {None, ""} for name in names):
            match = {name: str(values[name]) for name in names}
            return Identity(match, _agreement(schema, values))
    return None


def _agreement(schema: ObjectSchema, values: Mapping[str, Any]) -> dict[str, str]:
    agree = {name: str(values[name]) for name in schema.compare if values.get(name)}
    if schema.total:
        total = _line_total(values.get(schema.total["lines"]), schema.total["amount"])
        if total is not None:
            agree[schema.total["field"]] = format(total, "f")
    return agree


def _line_total(lines: object, amount_name: str) -> Decimal | None:
    """Return what the lines add up to, None where one of them does not say."""
    if not isinstance(lines, list):
        return None
    total = Decimal()
    for line in lines:
        amount = line.get(amount_name) if isinstance(line, Mapping) else None
        if amount is None:
            return None
        total += Decimal(amount)
    return total


def is_same_value(found: object, expected: str) -> bool:
    """Say whether two values are the same text or the same amount."""
    if str(found) == expected:
        return True
    try:
        return Decimal(str(found)) == Decimal(expected)
    except ArithmeticError:
        return False

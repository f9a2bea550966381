"""How a record is recognised that may or may not have been created."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Aim, Identity

_NUMBERS = {"money", "decimal"}  # formats of fields whose text is a number


def identity_of(
    schema: ObjectSchema, values: Mapping[str, Any], known_by: str = ""
) -> Identity | None:
    """Return the best natural key these values hold, with what a found record must agree in.

    Args:
        known_by: A field that the caller takes for the record's name where it has no other: any
            record of that name is then as good as the one that was to be made.
    """
    for names in schema.lookup:
        if all(values.get(name) not in {None, ""} for name in names):
            match = {name: str(values[name]) for name in names}
            return Identity(match, _agreement(schema, values))
    if known_by and values.get(known_by):
        return Identity({known_by: str(values[known_by])}, {})
    return None


def identity_of_change(schema: ObjectSchema, values: Mapping[str, Any]) -> Identity | None:
    """Return how to see whether these values have been written, None where looking cannot tell.

    One value that cannot be compared, such as lines or a custom field, leaves it open: the others
    may have stood there before, and then a look would call a lost change done.
    """
    owner = next((name for name in (schema.key, schema.id) if values.get(name)), None)
    agree = {
        name: value for name, value in values.items() if name != owner and _travels(schema, name)
    }
    seen = {name: str(value) for name, value in agree.items() if _can_be_seen(schema, name, value)}
    if owner is None or not agree or agree.keys() != seen.keys():
        return None
    return Identity({owner: str(values[owner])}, seen, Aim.CHANGED)


def _travels(schema: ObjectSchema, name: str) -> bool:
    found = schema.fields.by_name.get(name)
    return found is None or bool(found.path)


def _can_be_seen(schema: ObjectSchema, name: str, value: object) -> bool:
    found = schema.fields.by_name.get(name)
    is_readable = found is not None and not found.is_write_only
    return is_readable and isinstance(value, str | bool | int)


def identity_of_invocation(
    schema: ObjectSchema, function: str, values: Mapping[str, Any]
) -> Identity | None:
    """Return how to see whether a function was done to a record, None where looking cannot tell.

    What it leaves behind, such as a state, stands in the object's schema.
    """
    leaves = schema.invocations[function].get("leaves")
    key = values.get(schema.key)
    if not (leaves and key):
        return None
    return Identity({schema.key: str(key)}, dict(leaves), Aim.CHANGED)


def identity_of_deletion(schema: ObjectSchema, keys: Sequence[str]) -> Identity | None:
    """Return how to see whether the record is gone; None where several were to go at once."""
    if len(keys) != 1:
        return None
    return Identity({schema.key: keys[0]}, {}, Aim.GONE)


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


def is_same_value(schema: ObjectSchema, name: str, found: object, expected: str) -> bool:
    """Say whether a field holds what was written: the same text, or the same number.

    Only fields of numbers are compared as such: zip codes and ids such as ``007`` and ``7`` are
    two different texts.
    """
    if str(found) == expected or (found is None and not expected):
        return True
    field = schema.fields.by_name.get(name)
    if field is None or not (field.format in _NUMBERS or field.kinds == {"integer"}):
        return False
    try:
        return Decimal(str(found)) == Decimal(expected)
    except ArithmeticError:
        return False

"""Filters of the query service: numbered conditions and one expression that joins them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from connector.errors import InputError
from connector.intacct.dialects import rest_names
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.rest_bodies import rest_value
from connector.intacct.operation import AllOf, Condition, Filter

_WHERE = "filter"
_MAX_DEPTH = 32
_MOST_VALUES = 1000
# What each comparison is called here (rest-api 3.1), and how many values it takes.
_ONE = {
    "equalto": "$eq",
    "notequalto": "$ne",
    "lessthan": "$lt",
    "lessthanorequalto": "$lte",
    "greaterthan": "$gt",
    "greaterthanorequalto": "$gte",
}
_NONE = {"isnull": "$eq", "isnotnull": "$ne"}
_MANY = {"in": "$in", "notin": "$notIn"}
_LIKE = {"like": "", "notlike": "not"}


@dataclass
class Filters:
    """The filters of one query.

    Args:
        conditions: One operator each, in the order of their numbers.
        expression: How they are joined: ``and``, ``or``, or by their numbers from 1.
        ignores_case: A piece of text is looked for, whatever its case.
    """

    conditions: list[dict[str, Any]] = field(default_factory=list)
    expression: str = "and"
    ignores_case: bool = False


def filters_of(where: Filter, schema: ObjectSchema) -> Filters:
    """Return a filter as the query service takes it.

    Raises:
        InputError: An unknown comparison, too many or too few values, nesting beyond reason, or a
            pattern that REST cannot look for.
    """
    found = Filters()
    expression = _joined(where, schema, found, _MAX_DEPTH)
    is_plain = not isinstance(where, Condition) and all(
        isinstance(part, Condition) for part in where.parts
    )
    if is_plain:
        found.expression = "and" if isinstance(where, AllOf) else "or"
    elif len(found.conditions) > 1:
        found.expression = expression.removeprefix("(").removesuffix(")")
    return found


def _joined(where: Filter, schema: ObjectSchema, found: Filters, left: int) -> str:
    if left == 0:
        raise InputError("The filter is nested too deeply.", field=_WHERE)
    if isinstance(where, Condition):
        found.conditions.append(_condition(where, schema, found))
        return str(len(found.conditions))
    if not where.parts:
        raise InputError("The filter holds a group without any condition.", field=_WHERE)
    word = " and " if isinstance(where, AllOf) else " or "
    parts = [_joined(part, schema, found, left - 1) for part in where.parts]
    return parts[0] if len(parts) == 1 else f"({word.join(parts)})"


def _condition(condition: Condition, schema: ObjectSchema, found: Filters) -> dict[str, Any]:
    name = rest_names.column(schema, condition.field, _WHERE)
    own = rest_names.known(schema.fields, condition.field)
    operator = condition.operator.lower()
    values = [rest_value(value, own, condition.field) for value in condition.values]
    if operator in _LIKE:
        found.ignores_case = True
        return _pattern(condition, name, is_not=bool(_LIKE[operator]))
    if operator in _ONE and len(values) == 1:
        return {_ONE[operator]: {name: values[0]}}
    if operator in _NONE and not values:
        return {_NONE[operator]: {name: None}}
    if operator == "between" and len(values) == 2:  # noqa: PLR2004 - low and high
        return {"$between": {name: values}}
    if operator in _MANY and 1 <= len(values) <= _MOST_VALUES:
        return {_MANY[operator]: {name: values}}
    return _refuse(condition, operator)


def _refuse(condition: Condition, operator: str) -> dict[str, Any]:
    known = [*_ONE, *_NONE, *_MANY, *_LIKE, "between"]
    if operator not in known:
        raise InputError(
            f"'{condition.operator[:40]}' is not a comparison that Intacct knows.",
            advice=f"Use one of: {', '.join(known)}.",
            field=_WHERE,
        )
    raise InputError(
        f"{condition.operator} on {condition.field} does not take "
        f"{len(condition.values)} value(s).",
        field=_WHERE,
    )


def _pattern(condition: Condition, name: str, *, is_not: bool) -> dict[str, Any]:
    """Return what a pattern with % at its ends asks for; REST has no other patterns."""
    if len(condition.values) != 1:
        return _refuse(condition, condition.operator.lower())
    text = condition.values[0]
    piece = text.removeprefix("%").removesuffix("%")
    if "%" in piece or "_" in piece or not piece:
        raise InputError(
            f"The REST API cannot look for the pattern '{text[:40]}'.",
            advice="Use % at the beginning or the end of a text only.",
            field=_WHERE,
        )
    operators = {
        (True, True): ("$contains", "$notContains"),
        (False, True): ("$startsWith", "$notStartsWith"),
        (True, False): ("$endsWith", "$notEndsWith"),
        (False, False): ("$eq", "$ne"),
    }
    return {operators[text.startswith("%"), text.endswith("%")][is_not]: {name: piece}}

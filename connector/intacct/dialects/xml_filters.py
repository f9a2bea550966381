"""Filters: structured ones become elements, textual ones are only tidied; values stay values."""

from __future__ import annotations

import re

from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.xml_text import check_text, element, leaf
from connector.intacct.dialects.xml_values import generic_text
from connector.intacct.operation import AllOf, Condition, Filter

# How many values each comparison takes: api.xsd, type `filteroption`.
_ONE, _TWO, _NONE, _MANY = (1, 1), (2, 2), (0, 0), (1, 1000)
_OPERATORS = {
    "equalTo": _ONE,
    "notEqualTo": _ONE,
    "lessThan": _ONE,
    "lessThanOrEqualTo": _ONE,
    "greaterThan": _ONE,
    "greaterThanOrEqualTo": _ONE,
    "like": _ONE,
    "notLike": _ONE,
    "between": _TWO,
    "in": _MANY,
    "notIn": _MANY,
    "isNull": _NONE,
    "isNotNull": _NONE,
}
_KNOWN = {name.lower(): name for name in _OPERATORS}
_MAX_DEPTH = 32
_WHERE = "filter"
_QUOTED = re.compile(r"('(?:[^'\\]|\\.)*')", re.DOTALL)


def filter_markup(where: Filter, schema: ObjectSchema, left: int = _MAX_DEPTH) -> str:
    """Return a filter as the one element that stands inside ``<filter>``.

    Raises:
        InputError: An unknown comparison, too many or too few values, nesting beyond reason.
    """
    if left == 0:
        raise InputError("The filter is nested too deeply.", field=_WHERE)
    if isinstance(where, Condition):
        return _condition(where, schema)
    if not where.parts:
        raise InputError("The filter holds a group without any condition.", field=_WHERE)
    parts = [filter_markup(part, schema, left - 1) for part in where.parts]
    if len(parts) == 1:
        return parts[0]  # the schema demands two or more children in `and` and `or`
    return element("and" if isinstance(where, AllOf) else "or", "".join(parts))


def _condition(condition: Condition, schema: ObjectSchema) -> str:
    operator = _KNOWN.get(condition.operator.lower())
    if operator is None:
        raise InputError(
            f"'{condition.operator[:40]}' is not a comparison that Intacct knows.",
            advice=f"Use one of: {', '.join(_OPERATORS)}.",
            field=_WHERE,
        )
    least, most = _OPERATORS[operator]
    if not least <= len(condition.values) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise InputError(
            f"{operator} on {condition.field} takes {wanted} value(s), "
            f"not {len(condition.values)}.",
            field=_WHERE,
        )
    field = schema.fields.find(condition.field)
    markup = leaf("field", schema.fields.column(condition.field, _WHERE)) + "".join(
        leaf("value", generic_text(value, field, condition.field), condition.field)
        for value in condition.values
    )
    return element(operator.lower(), markup)


def tidy_expression(expression: str, schema: ObjectSchema) -> str:
    """Return a text filter without ``OBJECT.`` before its fields; quoted values are untouched.

    Raises:
        InputError: A quote that is never closed, or a character that cannot travel.
    """
    check_text(expression, "query")
    prefix = re.compile(rf"(?<![A-Za-z0-9_.]){re.escape(schema.wire)}\.(?=[A-Za-z])", re.IGNORECASE)
    pieces = _QUOTED.split(expression)
    if any("'" in piece for piece in pieces[::2]):
        raise InputError(
            "The query opens a quote that it never closes.",
            advice=r"Write a quote inside a value as \', such as 'O\'Hara'.",
            field="query",
        )
    pieces[::2] = [prefix.sub("", piece) for piece in pieces[::2]]
    return "".join(pieces).strip()

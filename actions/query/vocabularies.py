"""The two vocabularies of filters: what people see, and what Intacct's database holds.

``query`` compares with the words on the screen (``active``, ``Posted``), ``readByQuery`` with the
codes behind them (``T``, ``A``); each finds nothing when asked in the other's (xml-api 8.10).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from actions.query.filter_grammar import NumberText
from connector.component import values
from connector.errors import InputError
from connector.intacct.dialects.object_schema import Field, ObjectSchema
from connector.intacct.dialects.xml_values import generic_text
from connector.intacct.operation import AllOf, AnyOf, Condition, Filter

_TRUTH = {"t": "true", "f": "false", "true": "true", "false": "false"}
_EXACT = {"equalTo", "notEqualTo", "in", "notIn"}
_OF_TEXT = {"like", "notLike", "isNull", "isNotNull"}
_DAYS = {"date", "date-time"}
_TIME = re.compile(r"([0-9/-]{8,10})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:?[0-9]{2})?)")
_LIKE_A_CODE = re.compile(r"[A-Z]{1,2}")
_SIGNS = {
    "equalTo": "=",
    "notEqualTo": "!=",
    "lessThan": "<",
    "lessThanOrEqualTo": "<=",
    "greaterThan": ">",
    "greaterThanOrEqualTo": ">=",
    "like": "like",
    "notLike": "not like",
}
_LISTS = {"in": "in", "notIn": "not in"}
_NULLS = {"isNull": "IS NULL", "isNotNull": "IS NOT NULL"}


def in_words(where: Filter, schema: ObjectSchema) -> Filter:
    """Return the filter in what people see, for ``query``.

    Raises:
        InputError: A field that is only true or false is compared with something else.
    """
    return _translated(where, schema, _word)


def in_codes(where: Filter, schema: ObjectSchema) -> Filter:
    """Return the filter in what the database holds, for ``readByQuery``.

    Raises:
        InputError: A word has no code, as far as we know: Intacct would find nothing and say so
            in no way. The words that have one are named.
    """
    return _translated(where, schema, _code)


def may_hold_codes(where: Filter, schema: ObjectSchema) -> bool:
    """Say whether a value looks like a code of a field that we do not know."""
    if not isinstance(where, Condition):
        return any(may_hold_codes(part, schema) for part in where.parts)
    return (
        where.operator in _EXACT
        and wire_field(schema, where.field) is None
        and any(_LIKE_A_CODE.fullmatch(value) for value in where.values)
    )


def as_expression(where: Filter, schema: ObjectSchema) -> str:
    """Return the filter as text for ``readByQuery``, every value quoted and escaped."""
    if isinstance(where, Condition):
        return _comparison(where, schema)
    word = " AND " if isinstance(where, AllOf) else " OR "
    return "(" + word.join(as_expression(part, schema) for part in where.parts) + ")"


def _translated(
    where: Filter, schema: ObjectSchema, translate: Callable[[Field, str], str]
) -> Filter:
    if isinstance(where, AllOf):
        return AllOf(tuple(_translated(part, schema, translate) for part in where.parts))
    if isinstance(where, AnyOf):
        return AnyOf(tuple(_translated(part, schema, translate) for part in where.parts))
    field = wire_field(schema, where.field)
    # Names of fields are upper case on the wire; people write them as they like (A38).
    name = field.column if field else where.field.upper()
    if field is None or not _is_translated(field, where.operator):
        return dataclasses.replace(where, field=name)
    translated = tuple(translate(field, value) for value in where.values)
    return dataclasses.replace(where, field=name, values=translated)


def _is_translated(field: Field, operator: str) -> bool:
    is_day = field.format in _DAYS and operator not in _OF_TEXT
    return is_day or operator in _EXACT


def wire_field(schema: ObjectSchema, name: str) -> Field | None:
    """Return the field of that name, ours or Intacct's, that stands on the wire."""
    found = schema.fields.columns.get(name.upper()) or schema.fields.by_name.get(name)
    return found if found and found.path else None


def _word(field: Field, value: str) -> str:
    if field.format in _DAYS:  # in either form that people write; the dialects write their own
        return _day(field, value)
    if "boolean" in field.kinds:
        truth = _truth(field, value)
        return field.values.get(truth, truth) if truth else value
    lower = value.lower()
    shown = next((word for word in field.codes.values() if word.lower() == lower), value)
    return field.codes.get(value, shown)


def _day(field: Field, value: str) -> str:
    """Return a day as ISO text, with its time where the field has one."""
    found = _TIME.fullmatch(value.strip()) if field.format == "date-time" else None
    day, time = found.groups() if found else (value, "")
    return values.read_date(day, field.column) + (f"T{time}" if time else "")


def _code(field: Field, value: str) -> str:
    if field.format in _DAYS:
        return generic_text(_word(field, value), field, field.column)
    if "boolean" in field.kinds:
        truth = _truth(field, value)
        return {"true": "T", "false": "F"}.get(truth, value)
    if not field.codes or not value or value in field.codes:
        return value
    lower = value.lower()
    found = next((code for code, word in field.codes.items() if word.lower() == lower), "")
    if not found:
        raise _unknown_word(field, value)
    return found


def _unknown_word(field: Field, value: str) -> InputError:
    known = ", ".join(f"{word} ({code})" for code, word in field.codes.items())
    return InputError(
        f"{field.column} cannot be looked up by '{value[:60]}' here; known are: {known}.",
        advice="Write one of these. For any other word on the screen use Query with the names of "
        "the fields you want in place of *, or the list of that object.",
        field="query",
    )


def _truth(field: Field, value: str) -> str:
    """Return ``true`` or ``false`` for a yes or no in any wording; nothing for a blank.

    Raises:
        InputError: It is neither.
    """
    lower = value.lower()
    if lower in _TRUTH or not lower:
        return _TRUTH.get(lower, "")
    found = next((ours for ours, wire in field.values.items() if wire.lower() == lower), "")
    if not found:
        known = " or ".join([*field.values.values()] or ["true", "false"])
        raise InputError(
            f"{field.column} is never '{value[:60]}'; it is {known}.",
            advice="Write one of these.",
            field="query",
        )
    return found


def _comparison(condition: Condition, schema: ObjectSchema) -> str:
    name = schema.fields.column(condition.field, "query")
    if condition.operator in _NULLS:
        return f"{name} {_NULLS[condition.operator]}"
    literals = [_literal(value) for value in condition.values]
    if condition.operator == "between":
        return f"({name} >= {literals[0]} AND {name} <= {literals[1]})"
    if condition.operator in _LISTS:
        return f"{name} {_LISTS[condition.operator]} ({', '.join(literals)})"
    return f"{name} {_SIGNS[condition.operator]} {literals[0]}"


def _literal(value: str) -> str:
    if isinstance(value, NumberText):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"

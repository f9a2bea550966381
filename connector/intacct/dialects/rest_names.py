"""What the REST API calls things, and what it has no name for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import schemas
from connector.errors import InputError
from connector.intacct.dialects.object_schema import (
    ADDITIONAL_FIELDS,
    CUSTOM_FIELDS,
    RECORD_NUMBER,
    Field,
    Fields,
    ObjectSchema,
)
from connector.intacct.operation import Verb

KEY = "key"
STATE = "state"  # cannot be changed like other fields (rest-api 4.4)
CUSTOM = "nsp::"  # what custom fields are called by (rest-api 2.1)

_PART = r"(?:[A-Za-z][A-Za-z0-9_]{0,79}::)?[A-Za-z][A-Za-z0-9_]{0,79}"
_NAME = re.compile(rf"{_PART}(?:\.{_PART}){{0,9}}")
_NATIVE_OF_XML = re.compile(r"[A-Z][A-Z0-9_]*")


@dataclass(frozen=True)
class Gap:
    """Why an operation cannot go over REST.

    Args:
        field: The input that is in the way, as the user knows it.
        why: A sentence.
    """

    field: str
    why: str


def column(schema: ObjectSchema, name: str, where: str) -> str:
    """Return the REST name of a field given under ours, XML's or REST's own name.

    A name in capitals that we do not know is taken for a custom field.

    Raises:
        InputError: It is no name, or REST has none for this field.
    """
    field = known(schema.fields, name)
    if field is not None:
        if not field.rest:
            raise InputError(
                f"The REST API has no name for {name}.",
                advice="Leave it out, or use a connection with Web Services credentials.",
                field=where,
            )
        return field.rest
    if name.upper() == RECORD_NUMBER:
        return KEY
    return checked(f"{CUSTOM}{name}" if _NATIVE_OF_XML.fullmatch(name) else name, where)


def known(fields: Fields, name: str) -> Field | None:
    """Return the field of that name: ours, REST's, or XML's in any case."""
    return fields.by_name.get(name) or fields.by_rest.get(name) or fields.find(name)


def checked(name: object, where: str) -> str:
    """Return ``name`` when it may stand in a body or a list of fields.

    Raises:
        InputError: A part of it is no plain name, with or without a namespace before it.
    """
    if isinstance(name, str) and _NAME.fullmatch(name):
        return name
    raise InputError(
        f"{str(name)[:60]!a} is not a name that Intacct's fields can have.",
        advice="Names hold letters, digits and underscores; dots join groups.",
        field=where,
    )


def custom(name: str, where: str) -> str:
    """Return what a custom field is called in REST."""
    return checked(name if "::" in name else f"{CUSTOM}{name}", where)


def gap(schema: ObjectSchema, verb: Verb, values: Mapping[str, Any]) -> Gap | None:
    """Return the first thing in a record to be written that REST cannot say, None if it can all."""
    found = next(_unsayable(schema, schema.fields, verb, values, ""), None)
    if found is None and verb is Verb.CREATE:
        missing = [name for name in schema.rest_required if not values.get(name)]
        if missing:
            return Gap(missing[0], f"the REST API demands {missing[0]}.")
    return found


def _unsayable(
    schema: ObjectSchema, fields: Fields, verb: Verb, values: Mapping[str, Any], path: str
) -> Iterator[Gap]:
    for name, value in values.items():
        where = f"{path}.{name}" if path else name
        field = fields.by_name.get(name)
        if value is None or field is None or name in {CUSTOM_FIELDS, ADDITIONAL_FIELDS}:
            continue
        if not field.rest_write:
            if field.path or name in _legacy_names(schema.legacy(verb)):
                yield Gap(where, f"the REST API has no place for {where}.")
        elif verb is Verb.UPDATE and field.rest_write == STATE:
            yield Gap(where, "the REST API moves a record to another state by a workflow alone.")
        elif field.items is not None:
            yield from _unsayable_lines(schema, field.items, verb, value, where)
        elif field.join and isinstance(value, list | tuple):
            yield Gap(where, f"the REST API keeps {where} as records of its own.")


def _unsayable_lines(
    schema: ObjectSchema, items: Fields, verb: Verb, value: Any, where: str
) -> Iterator[Gap]:
    if verb is Verb.UPDATE and not schema.legacy("update"):
        # XML replaces the set, REST merges into it (rest-api 2.7): not the same change.
        yield Gap(where, f"the REST API adds {where} to those there instead of replacing them.")
    for place, line in enumerate(value if isinstance(value, list | tuple) else [value]):
        here = f"{where}[{place}]"
        if not isinstance(line, Mapping):
            yield Gap(here, f"{here} is written in XML.")
            continue
        number = _line_number(items)
        if verb is Verb.UPDATE and number in line and not line.get(_line_key(items)):
            yield Gap(f"{here}.{number}", "the REST API knows a line by its record number alone.")
        yield from _unsayable(schema, items, verb, line, here)


def _line_key(items: Fields) -> str:
    found = items.by_rest.get(KEY)
    return found.name if found else KEY


def _line_number(items: Fields) -> str:
    found = items.by_rest.get("lineNumber")
    return found.name if found else ""


@cache
def _legacy_names(function: str) -> frozenset[str]:
    """Return the fields that a legacy function carries though records do not hold them."""
    if not function:
        return frozenset()
    return frozenset(_carried(schemas.load(f"functions/{function}.json")))


def _carried(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _carried(each)
    elif isinstance(part, dict):
        yield from (str(part[word]) for word in ("field", "each") if word in part)
        for each in part.values():
            yield from _carried(each)

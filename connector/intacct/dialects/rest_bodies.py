"""Bodies of creates and changes: our names and values in, nested JSON out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from connector.errors import InputError
from connector.intacct.dialects import rest_names
from connector.intacct.dialects.object_schema import (
    ADDITIONAL_FIELDS,
    CUSTOM_FIELDS,
    Field,
    Fields,
    ObjectSchema,
)
from connector.intacct.dialects.xml_text import check_text
from connector.intacct.dialects.xml_values import date_parts, plain_text
from connector.intacct.operation import Verb

Tree = dict[str, Any]
_MAX_DEPTH = 20
_ISO_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_US_TIME = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})(?: ([0-9]{2}:[0-9]{2}:[0-9]{2}))?")


def record_body(schema: ObjectSchema, verb: Verb, values: Mapping[str, Any]) -> Tree:
    """Return the body of a POST or PATCH; the same values give the same document.

    Text that is deliberately empty becomes null, which clears a field.

    Raises:
        InputError: REST cannot say it, a field stands there twice, or a value is not exact.
    """
    gap = rest_names.gap(schema, verb, values)
    if gap is not None:
        raise InputError(
            f"This cannot be done over REST: {gap.why}",
            advice="Change that field, or use a connection with Web Services credentials.",
            field=gap.field,
        )
    tree = _tree(schema.fields, values, "")
    if verb is Verb.CREATE:
        for path, value in schema.rest_create.items():
            _put_absent(tree, path, value)
    if not tree:
        raise InputError(f"Nothing is given for the {schema.name} that should be written.")
    return tree


def _tree(fields: Fields, values: Mapping[str, Any], path: str) -> Tree:
    tree: Tree = {}
    for name in sorted(values, key=lambda each: (fields.order.get(each, len(fields.order)), each)):
        value = values[name]
        where = f"{path}.{name}" if path else name
        if value is None:
            continue
        if name == CUSTOM_FIELDS:
            for own, item in _named(value, where):
                here = f"{where}.{own}"
                _put(tree, (rest_names.custom(own, here),), _native(item, here), here)
        elif name == ADDITIONAL_FIELDS:
            _put_additional(tree, fields, value, where)
        elif name not in fields.by_name:
            _put(tree, _parts(rest_names.checked(name, where)), _native(value, where), where)
        elif fields.by_name[name].rest_write:
            field = fields.by_name[name]
            _put(tree, _parts(field.rest_write), _field_value(field, value, where), where)
    return tree


def _parts(name: str) -> tuple[str, ...]:
    return tuple(name.split("."))


def _field_value(field: Field, value: Any, where: str) -> Any:
    if field.items is None:
        return rest_value(value, field, where)
    lines = list(value) if isinstance(value, list | tuple) else [value]
    return [_tree(field.items, line, f"{where}[{at}]") for at, line in enumerate(lines)]


def rest_value(value: object, field: Field | None, where: str) -> Any:
    """Return one value as REST writes it: dates ISO, amounts as text, enumerations in its words.

    Raises:
        InputError: No single exact value; ``where`` names the input.
    """
    text = plain_text(value, None, where)
    if text == "":
        return None
    if field is None:
        return value if isinstance(value, bool | int) else text
    if text in field.rest_values:
        return field.rest_values[text]
    if field.format == "date":
        date_parts(text, where)
    elif field.format == "date-time":
        text = _iso_time(text)
    if field.is_rest_number or field.kinds == {"integer"}:
        return _number(text, where)
    if field.kinds == {"boolean"} and text in {"true", "false"}:
        return text == "true"
    return text


def _iso_time(text: str) -> str:
    """Return ``MM/DD/YYYY HH:MM:SS`` as the ISO time that REST compares (rest-api 3.1)."""
    if _ISO_TIME.fullmatch(text):
        return f"{text}Z"
    found = _US_TIME.fullmatch(text)
    if not found:
        return text
    month, day, year, time = found.groups()
    return f"{year}-{month}-{day}" + (f"T{time}Z" if time else "")


def _number(text: str, where: str) -> int | Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise InputError(
            f"{where} is not a number: '{text[:40]}'.",
            advice="Write digits with a point, such as 1.25.",
            field=where,
        )
    return int(number) if number == number.to_integral_value() else number


def _put_additional(tree: Tree, fields: Fields, given: Any, where: str) -> None:
    """Add fields under native names; one that we know is written where REST has it."""
    for name, value in _named(given, where):
        here = f"{where}.{name}"
        if value is None:
            continue
        field = rest_names.known(fields, name)
        is_ours = field is not None and bool(field.rest_write) and field.items is None
        if field is not None and is_ours and not isinstance(value, Mapping | list):
            _put(tree, _parts(field.rest_write), rest_value(value, field, here), here)
        else:
            _put(tree, _parts(rest_names.checked(name, here)), _native(value, here), here)


def _named(given: Any, where: str) -> list[tuple[str, Any]]:
    if not isinstance(given, Mapping):
        raise InputError(f"{where} must be names and values.", field=where)
    return sorted((str(name), value) for name, value in given.items())


def _native(value: Any, where: str, left: int = _MAX_DEPTH) -> Any:
    """Return what a person gave under REST's own names."""
    if left < 0:
        raise InputError(f"{where} is nested too deeply.", field=where)
    if isinstance(value, Mapping):
        return {
            rest_names.checked(name, where): _native(item, f"{where}.{name}", left - 1)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_native(item, f"{where}[{at}]", left - 1) for at, item in enumerate(value)]
    if isinstance(value, str):
        return check_text(value, where)
    return value if value is None else rest_value(value, None, where)


def _put(tree: Tree, path: tuple[str, ...], value: Any, where: str) -> None:
    name, rest = path[0], path[1:]
    if rest:
        below = tree.setdefault(name, {})
        if isinstance(below, dict):
            _put(below, rest, value, where)
            return
    elif name not in tree:
        tree[name] = value
        return
    elif isinstance(tree[name], dict) and isinstance(value, dict):
        for child, item in value.items():
            _put(tree[name], (child,), item, where)
        return
    raise InputError(
        f"{where} is given twice: {name} already has a value.",
        advice="Give it once, either as a field or among the additional fields.",
        field=where,
    )


def _put_absent(tree: Tree, path: str, value: Any) -> None:
    *groups, last = path.split(".")
    for group in groups:
        tree = tree.setdefault(group, {})
    tree.setdefault(last, value)

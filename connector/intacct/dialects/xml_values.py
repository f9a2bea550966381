"""One value of a record as the text that Intacct expects, per family of functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connector.errors import InputError
from connector.intacct.dialects.object_schema import Field
from connector.intacct.dialects.xml_text import Node, check_name, check_text

_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_ISO_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(Z|[+-][0-9:]{2,6})?)?"
)
_MAX_DEPTH = 20


def generic_text(value: object, field: Field | None, where: str) -> str:
    """Return a value for ``create``, ``update`` and filters; dates become ``MM/DD/YYYY``.

    Raises:
        InputError: No single exact value; ``where`` names the input.
    """
    text = plain_text(value, field, where)
    if field is not None and field.format == "date-time":
        return _american_time(text, where)
    if field is None or field.format != "date" or not text:
        return text
    year, month, day = date_parts(text, where)
    return f"{month}/{day}/{year}"


def _american_time(text: str, where: str) -> str:
    """Return an ISO time as ``MM/DD/YYYY HH:MM:SS``; filters know no other form (xml-api 3.2).

    Raises:
        InputError: It names a zone: these times are in the API user's own, whichever that is.
    """
    found = _ISO_TIME.fullmatch(text)
    if not found:
        return text
    year, month, day, time, zone = found.groups()
    if zone:
        raise InputError(
            f"{where} is compared with '{text}', but the XML API knows no zones.",
            advice="Write the time of the API user's own zone, as in 01/31/2026 14:30:00.",
            field=where,
        )
    return f"{month}/{day}/{year}" + (f" {time}" if time else "")


def legacy_node(value: object, field: Field | None, where: str) -> Node:
    """Return a value for a legacy function; dates become year, month and day (xml-api 4.0).

    Raises:
        InputError: No single exact value; ``where`` names the input.
    """
    text = plain_text(value, field, where)
    if field is None or field.format != "date" or not text:
        return text
    return dict(zip(("year", "month", "day"), date_parts(text, where), strict=True))


def plain_text(value: object, field: Field | None, where: str) -> str:
    """Return text for text, yes-or-no, whole numbers, Decimal, and lists that have a glue.

    Raises:
        InputError: A binary fraction, a list or an object where one value is expected.
    """
    if isinstance(value, list | tuple) and field and field.join:
        return field.join.join(_item_text(item, field, where) for item in value)
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = value
    elif isinstance(value, int | Decimal):
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
    else:
        raise InputError(
            f"{where} must be one value, written as text.",
            advice="Write amounts as text, such as 12.10, and dates as YYYY-MM-DD.",
            field=where,
        )
    return check_text(field.values.get(text, text) if field else text, where)


def _item_text(item: object, field: Field, where: str) -> str:
    text = plain_text(item, None, where)
    if field.join in text:
        raise InputError(f"{where} holds an entry with '{field.join}' in it.", field=where)
    return text


def date_parts(text: str, where: str) -> tuple[str, str, str]:
    """Return year, month and day of an ISO date.

    Raises:
        InputError: Another form.
    """
    found = _ISO_DATE.fullmatch(text)
    if not found:
        raise InputError(
            f"{where} is not a date: '{text[:40]}'.",
            advice="Write it as YYYY-MM-DD.",
            field=where,
        )
    return found[1], found[2], found[3]


def native_node(value: Any, where: str, left: int = _MAX_DEPTH) -> Node:
    """Return what a person gave under Intacct's own names: texts, objects and lists of them.

    Raises:
        InputError: A key that is no plain name, an inexact number, nesting beyond reason.
    """
    if left < 0:
        raise InputError(f"{where} is nested too deeply.", field=where)
    if isinstance(value, Mapping):
        return {
            check_name(name, where): native_node(item, f"{where}.{name}", left - 1)
            for name, item in value.items()
            if item is not None
        }
    if isinstance(value, list | tuple):
        return [
            native_node(item, f"{where}[{place}]", left - 1)
            for place, item in enumerate(value)
            if item is not None
        ]
    return plain_text(value, None, where)

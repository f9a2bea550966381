"""JSON as it travels: the same document gives the same bytes, and no amount loses a digit."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import orjson

from connector.errors import InputError

# Longer than any amount or rate; a number like 1e999999999 would fill the memory when written out.
_LONGEST_NUMBER = 60


class UnreadableJson(ValueError):
    """The bytes are no JSON document that can be read exactly."""


def write_json(value: Any) -> str:
    """Return a document in one line, names in the order they stand, decimals digit for digit.

    Raises:
        InputError: It holds what JSON cannot carry exactly.
    """
    try:
        return orjson.dumps(value, default=_exact).decode()
    except TypeError as error:
        raise InputError(
            f"The request cannot be written as JSON: {error}.",
            advice="Remove what is no text, number, list or object from the additional fields.",
        ) from None


def read_json(body: bytes) -> Any:
    """Return a document whose numbers with a fraction are exact.

    Raises:
        UnreadableJson: The bytes are something else, or break off.
    """
    try:
        return json.loads(body, parse_float=_decimal, parse_int=_whole, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise UnreadableJson("it is no JSON") from error


def plain(value: Any) -> Any:
    """Return a document in which numbers with a fraction are text, so that it stays exact."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return format(value, "f") if isinstance(value, Decimal) else value


def _exact(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(format(value, "f"))
    raise TypeError(f"{type(value).__name__} has no exact form")


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or len(text) + abs(number.adjusted()) > _LONGEST_NUMBER:
        raise ValueError("A number is too long.")
    return number


def _whole(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError("A number is too long.")
    return int(text)


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is not JSON.")

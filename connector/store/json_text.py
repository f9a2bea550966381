"""JSON documents as text columns: one spelling per document, numbers exact."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import orjson

from connector.errors import InputError

# Made once: every run reads some ten documents.
_READER = json.JSONDecoder(parse_float=Decimal)


def to_json(value: Any) -> str:
    """Return the one spelling of a document: names sorted, no spaces, decimals digit for digit.

    Raises:
        InputError: It holds what JSON or a database cannot keep exactly, such as a whole number
            beyond 64 bits, half of a character, NaN, or an object of Python.
    """
    try:
        return orjson.dumps(value, default=_exact, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError as error:
        raise InputError(f"The document cannot be kept as it is: {error}.") from None


def from_json(text: str) -> Any:
    """Return the document of a text column; numbers with a fraction come back as Decimal."""
    return _READER.decode(text)


def _exact(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal) and value.is_finite():
        # The digits themselves: read back they are the same Decimal, never a binary fraction.
        return orjson.Fragment(str(value))
    raise TypeError

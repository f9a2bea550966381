"""Which records are to be deleted."""

from __future__ import annotations

from collections.abc import Sequence

from connector.errors import InputError

# What the official clients send in one call (xml-api 6).
_MOST = 100


def record_numbers(given: str | Sequence[str]) -> list[str]:
    """Return record numbers from a list or from text with commas, each once, in their order.

    Raises:
        InputError: None is left, one is no record number, or there are too many for one call.
    """
    texts = [given] if isinstance(given, str) else given
    parts = (part.strip() for text in texts for part in text.split(","))
    numbers = list(dict.fromkeys(part for part in parts if part))
    for number in numbers:
        if not (number.isascii() and number.isdecimal()):
            raise InputError(
                f"keys holds something that is not a record number: '{number[:60]}'.",
                advice="Give record numbers; Query and List finds the record number of an ID.",
                field="keys",
            )
    if not numbers:
        raise InputError(
            "keys is required.", advice="Give the record number to delete.", field="keys"
        )
    if len(numbers) > _MOST:
        raise InputError(
            f"keys names {len(numbers)} records, and one call deletes at most {_MOST}.",
            advice="Delete them in several steps.",
            field="keys",
        )
    return numbers

"""Numbers that an address or a form names, such as a version."""

from __future__ import annotations

_LONGEST = 18  # a revision is a time in milliseconds; larger numbers are no place in a database


def number(text: str | None) -> int | None:
    """Return the number that a text is, None where it is none of at most 18 digits."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > _LONGEST:
        return None
    return int(text)

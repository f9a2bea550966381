"""How messages name places and quote values: short, printable, clear about the kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN = 40


def printable(text: str) -> str:
    """Return the text as a message may hold it: short, without line breaks and control signs."""
    short = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return "".join(sign if sign.isprintable() else "�" for sign in short)


def shown(value: Any) -> str:
    """Return how a message quotes a value a person or a sender gave."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, str):
        return f"'{printable(value)}'"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return f"a group of {len(value)} fields"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)[:_SHOWN]


def join(field: str, name: str) -> str:
    """Return the path of a field inside another, such as ``lineItems[0].amount``."""
    return f"{field}.{name}" if field else name


def path_text(parts: Iterable[Any]) -> str:
    """Return a path as people read it, such as ``steps[1].config``."""
    text = ""
    for part in parts:
        text = f"{text}[{part}]" if isinstance(part, int) else join(text, str(part))
    return text

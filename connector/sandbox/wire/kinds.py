"""Kinds of element content that are not sequences of children."""

import re
from collections.abc import Callable
from dataclasses import dataclass

CONTROL_ID_LENGTH = 256
PAGE_SIZE_MOST = 2000


@dataclass(frozen=True)
class ValueKind:
    """A kind of text: how it is called in a refusal, and which text it accepts."""

    title: str
    accepts: Callable[[str], bool]
    is_anything: bool = False
    needs_children: bool = False


def _is_boolean(text: str) -> bool:
    """Empty is fine: the schema has a default for every boolean."""
    return text.strip(" \t\r\n") in ("", "true", "false", "1", "0")


def _integer(least: int, most: int | None) -> Callable[[str], bool]:
    """Return a test for an integer in a range; empty is fine, both users have a default."""

    def accepts(text: str) -> bool:
        stripped = text.strip(" \t\r\n")
        if not stripped:
            return True
        if not re.fullmatch(r"[+-]?[0-9]+", stripped):
            return False
        return int(stripped) >= least and (most is None or int(stripped) <= most)

    return accepts


TEXT = ValueKind("text", lambda _: True)
KINDS = {
    "ANY": ValueKind("anything", lambda _: True, is_anything=True),
    "ANY_CHILDREN": ValueKind("anything", lambda _: True, is_anything=True, needs_children=True),
    "TEXT": TEXT,
    "EMPTY": ValueKind("empty", lambda text: not text),
    "BOOLEAN": ValueKind("a boolean", _is_boolean),
    "CONTROLID": ValueKind(
        f"a control id of at most {CONTROL_ID_LENGTH} characters",
        lambda text: len(text) <= CONTROL_ID_LENGTH,
    ),
    "PAGESIZE": ValueKind(f"a number from 1 to {PAGE_SIZE_MOST}", _integer(1, PAGE_SIZE_MOST)),
    "OFFSET": ValueKind("a number from 0 up", _integer(0, None)),
}

"""Pages of a list by record number, so that records which come or go shift none of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.errors import InputError, Refused
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import AllOf, Condition, Filter

MOST_LOST_PLACES = 5
_KEYS = ("RECORDNO", "id")  # of standard objects, and of custom ones
_PLACE = re.compile(r"[0-9]{1,20}-[0-9]{1,20}")


@dataclass(frozen=True)
class Listing:
    """One page of records.

    Args:
        records: In our names, each with ``key``, ``id`` and ``href``.
        rows: The same under Intacct's own names.
        total: How many match in all, those of earlier pages included.
        next: Where the next page starts; empty on the last.
    """

    records: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    total: int
    next: str


def after(schema: ObjectSchema, where: Filter | None, last: str) -> Filter | None:
    """Return the filter for what stands behind the record of that number."""
    if not last:
        return where
    behind = Condition(schema.key, "greaterThan", (last,))
    return AllOf((where, behind)) if where else behind


def place(last: str, seen: int) -> str:
    """Return where a list goes on behind the record of that number, the one that came ``seen``-th.

    For whoever stops in the middle of a page; the ``next`` of a page is the same thing.
    """
    return f"{last}-{seen}"


def place_of(after: str) -> tuple[str, int]:
    """Return the last record number of the page before, and how many came up to it."""
    if not after:
        return "", 0
    if not _PLACE.fullmatch(after):
        raise InputError(
            "next is not the place where a list goes on.",
            advice="Give the next of the page before exactly as it came, or leave it out.",
            field="next",
        )
    last, _, seen = after.partition("-")
    return last, int(seen)


def with_contains(where: Filter | None, contains: Mapping[str, str] | None) -> Filter | None:
    """Return the filter with a piece of text that each of some fields holds."""
    parts: list[Filter] = [where] if where else []
    parts += [
        Condition(name, "like", (f"%{text}%",)) for name, text in (contains or {}).items() if text
    ]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def each_once(page_of: Callable[[str], Listing]) -> Iterator[dict[str, Any]]:
    """Yield the rows of all pages of a list whose place Intacct keeps.

    Where the place is lost, as may happen with the end of a session, the list is read from its
    start again and the rows that came before are left out. Rows without a record number cannot be
    told apart, so that a lost place is then an error.

    Args:
        page_of: Reads the page that starts at a place, the first one for an empty place.
    """
    seen: set[str] = set()
    page, losses = page_of(""), 0
    while True:
        keys = [_key(row) for row in page.rows]
        yield from [row for row, key in zip(page.rows, keys, strict=True) if key not in seen]
        seen.update(key for key in keys if key)
        if not page.next:
            return
        try:
            page = page_of(page.next)
        except Refused:
            losses += 1
            if losses > MOST_LOST_PLACES or not all(keys):
                raise
            page = page_of("")


def _key(row: Mapping[str, Any]) -> str:
    return next((str(row[name]) for name in _KEYS if row.get(name)), "")

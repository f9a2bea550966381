"""Searches a list that is known beforehand as a list from the company is searched."""

from __future__ import annotations

from collections.abc import Iterable

from connector.component import Choice, Search


def matching(choices: Iterable[Choice], search: Search) -> list[Choice]:
    """Return the entries that hold what was typed, in their order, no more than are wanted."""
    text = search.text.strip().lower()
    found = [each for each in choices if text in each.label.lower() or text in each.key.lower()]
    return found[search.skip : search.skip + search.limit]

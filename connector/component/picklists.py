"""What a form shows for a picklist: entries, whether more follow, or why there are none."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from connector.component.context import Context
from connector.component.data_source import Choice, DataSource, Search
from connector.errors import ConnectorError

_PASTE = "An ID that you know can be typed or pasted all the same."


class PicklistCache(Protocol):
    """Keeps entries for a few minutes, shared by whoever looks at the same company."""

    def get(self, name: str) -> str | None:
        """Return what was kept under a name, None where it is gone."""

    def put(self, name: str, text: str) -> None:
        """Keep a text for a few minutes; a cache that fails keeps nothing and says nothing."""


@dataclass(frozen=True)
class Offer:
    """One page of a picklist.

    Args:
        choices: What can be chosen.
        has_more: Whether another page follows.
        reason: Why there is nothing to choose, with what to do; empty where there is.
    """

    choices: tuple[Choice, ...]
    has_more: bool = False
    reason: str = ""


def offer(
    source: DataSource,
    search: Search,
    *,
    open_context: Callable[[], Context],
    cache: PicklistCache,
    company: str,
) -> Offer:
    """Return one page of a picklist; it never fails, since a known ID can always be pasted.

    Args:
        source: The picklist.
        search: What is wanted.
        open_context: Opens the connection; called only when the company has to be asked.
        cache: Where answers are kept. Empty ones are not: whoever finds a list empty adds to it
            and looks again.
        company: Names the connection and its entity, which decide what can be seen.
    """
    for name, sentence in source.needs.items():
        if not search.given.get(name):
            return Offer((), reason=sentence)
    place = _place(source, search, company)
    found = _read(cache.get(place))
    if found is None:
        wanted = dataclasses.replace(search, limit=search.limit + 1)
        try:
            found = source.choices(open_context(), wanted)
        except ConnectorError as error:
            return Offer((), reason=f"{error.title} {_PASTE}")
        if found:
            cache.put(place, json.dumps([[each.label, each.key] for each in found]))
    reason = "" if found else _why_empty(source, search)
    return Offer(tuple(found[: search.limit]), len(found) > search.limit, reason)


def _why_empty(source: DataSource, search: Search) -> str:
    if search.skip:
        return "That was all."
    if search.text:
        return f"Nothing holds '{search.text[:60]}'. Try fewer letters. {_PASTE}"
    return source.nothing


def _place(source: DataSource, search: Search, company: str) -> str:
    # Only what the list depends on: other inputs of the form may change meanwhile.
    given = {name: search.given[name] for name in source.needs}
    asked = [company, source.key, search.text, search.limit, search.skip, search.return_id, given]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _read(kept: str | None) -> list[Choice] | None:
    return None if kept is None else [Choice(label, key) for label, key in json.loads(kept)]

"""Where a field's picklist comes from: live data of the company."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connector.component.context import Context


@dataclass(frozen=True)
class Choice:
    """One entry of a picklist: what is shown, and what is stored."""

    label: str
    key: str


@dataclass(frozen=True)
class Search:
    """Which entries are wanted.

    Args:
        text: What was typed.
        limit: How many entries are wanted.
        return_id: Whether ids are stored instead of record numbers.
        skip: How many entries came before, on earlier pages.
        given: What the other inputs hold, by their keys, for picklists that depend on them.
    """

    text: str = ""
    limit: int = 50
    return_id: bool = False
    skip: int = 0
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DataSource:
    """A picklist.

    Args:
        key: The published key, such as ``selectCustomer``.
        label: What it is called.
        description: One sentence.
        option: The label of the option that turns ``Search.return_id`` on; empty where none.
        choices: Returns the entries that match the search, in a stable order.
        needs: Other inputs without which there is nothing to offer, each with the sentence that
            asks for it, such as "Choose an object first.".
        nothing: Why the list is empty when nothing was typed, a sentence.
    """

    key: str
    label: str
    description: str
    choices: Callable[[Context, Search], list[Choice]]
    option: str = ""
    needs: Mapping[str, str] = field(default_factory=dict)
    nothing: str = "There are none yet, or this connection may not see them."

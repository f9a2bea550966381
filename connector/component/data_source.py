"""Where a field's picklist comes from: live data of the company."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connector.component.context import Context


@dataclass(frozen=True)
class Choice:
    """One entry of a picklist: what is shown, and what is stored."""

    label: str
    key: str


@dataclass(frozen=True)
class Search:
    """What was typed, how many entries are wanted, and whether ids instead of record numbers."""

    text: str = ""
    limit: int = 50
    return_id: bool = False


@dataclass(frozen=True)
class DataSource:
    """A picklist.

    Args:
        key: The published key, such as ``selectCustomer``.
        label: What it is called.
        description: One sentence.
        option: The label of the option that turns ``Search.return_id`` on; empty where none.
        choices: Returns the entries that match the search.
    """

    key: str
    label: str
    description: str
    choices: Callable[[Context, Search], list[Choice]]
    option: str = ""

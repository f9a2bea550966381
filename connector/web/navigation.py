"""The places of the console's main menu, for whom they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from connector.accounts import Right


@dataclass(frozen=True)
class Place:
    """One entry of the menu: its name, its address, and who finds it there.

    Args:
        name: What it is called.
        address: Its first page.
        right: What somebody needs to find it in the menu.
        others: Addresses elsewhere that belong to it, too.
    """

    name: str
    address: str
    right: Right = Right.VIEW
    others: tuple[str, ...] = ()

    def is_around(self, path: str) -> bool:
        """Say whether a page belongs to this place."""
        return any(
            path == own or (own != "/" and path.startswith(f"{own}/"))
            for own in (self.address, *self.others)
        )


_PLACES = (
    Place("Today", "/", others=("/welcome",)),
    Place("Workflows", "/workflows"),
    Place("Runs", "/runs"),
    Place("Issues", "/issues"),
    Place("Approvals", "/approvals"),
    Place("Connections", "/connections"),
    Place("Catalogue", "/catalogue"),
    Place("Usage", "/usage"),
    Place("Administration", "/administration", Right.ADMINISTER, others=("/people",)),
)


def places(rights: Collection[Right]) -> list[Place]:
    """Return the menu of somebody with these rights."""
    return [place for place in _PLACES if place.right in rights]

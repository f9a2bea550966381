"""How what an action does is taken back, where accounting has a way, and why not where it has none.

Nothing is taken back by itself: whoever reverses a run sees each way first
(``connector.operations.reversal``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import schemas

_NOT_KNOWN = "Nothing is known here about taking back this kind of record; do it in Intacct."


@dataclass(frozen=True)
class Inverse:
    """The ways back, each by the key of an action.

    Args:
        draft: Removes the record while it is a draft.
        posted: Takes it back once it is in the books, on a day in an open period.
        unused: Puts it out of use while nothing names it.
        used_by: Which objects name such a record, and the field in which they do.
        why: A sentence: why there is no other way.
    """

    draft: str = ""
    posted: str = ""
    unused: str = ""
    used_by: Mapping[str, str] = field(default_factory=dict)
    why: str = ""

    @property
    def actions(self) -> tuple[str, ...]:
        """The keys of all actions it names."""
        return tuple(key for key in (self.draft, self.posted, self.unused) if key)

    def to_document(self) -> dict[str, str]:
        """Return it as JSON data, without what is empty."""
        parts = {"draft": self.draft, "posted": self.posted, "unused": self.unused, "why": self.why}
        return {name: value for name, value in parts.items() if value}

    def sentence(self) -> str:
        """Return the ways back in words, for the handbook."""
        ways = [
            (self.draft, " while it is a draft"),
            (self.posted, " once it is posted"),
            (self.unused, ", which sets it to inactive while nothing names it"),
        ]
        by = ", ".join(f"`{key}`{when}" for key, when in ways if key)
        return " ".join(part for part in (f"By {by}." if by else "", self.why) if part)


@cache
def of_created(object_name: str) -> Inverse:
    """Return how a record that was created is taken back; ``x-intacct.undo`` of its schema says so.

    Args:
        object_name: Our name of the object.
    """
    try:
        wire = schemas.load(f"objects/{object_name}.json").get("x-intacct", {})
    except FileNotFoundError:
        wire = {}
    found = wire.get("undo", {"why": _NOT_KNOWN})
    return Inverse(
        draft=found.get("draft", ""),
        posted=found.get("posted", ""),
        unused=found.get("unused", ""),
        used_by=dict(found.get("usedBy", {})),
        why=found.get("why", ""),
    )

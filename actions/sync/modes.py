"""What a sync can do with a row, and what it refuses to do with all of them."""

from __future__ import annotations

from enum import StrEnum

from connector.errors import InputError


class Mode(StrEnum):
    """What a sync does with a row."""

    INSERT = "insert"
    UPDATE = "update"
    UPSERT = "upsert"


_AUDIENCE = (
    "An audience is a list of people for advertising; Intacct keeps books and has no such lists."
)
_NO_MODES = {
    "mirror": "Mirror deletes what the source no longer holds. Records in the books are kept for "
    "auditors, and one incomplete file would delete customers, so it is not supported.",
    "audience-add": _AUDIENCE,
    "audience-remove": _AUDIENCE,
    "audience-mirror": _AUDIENCE,
    "audience-upsert": _AUDIENCE,
}


def mode_named(name: str) -> Mode:
    """Return the mode of that name.

    Raises:
        InputError: There is none, or it is one that is refused; the title gives the reason.
    """
    plain = name.strip().lower().replace("_", "-").replace(" ", "-")
    if plain in set(Mode):
        return Mode(plain)
    reason = _NO_MODES.get(plain)
    raise InputError(
        reason or f"There is no sync mode '{name[:40]}'.",
        advice="Use insert, update or upsert."
        + (" Delete records with the action deleteObject." if plain == "mirror" else ""),
        field="mode",
    )

"""What others can be told of, by type."""

from __future__ import annotations

import re

import schemas
from connector.errors import InputError

# What can be told, beside the records that workflows change: ``invoice.created`` and the like.
TYPES = {
    "run.succeeded": "A run went through.",
    "run.partial": "A run went through, past failures that its workflow allows for.",
    "run.failed": "A run failed and is not tried again by itself.",
    "run.parked": "A run waits for a person's decision.",
    "run.cancelled": "A person ended a run.",
    "effect.uncertain": "Nobody knows yet what became of a write; it is being looked up.",
    "effect.parked": "A person has to say what became of a write.",
    "approval.requested": "A run asks for somebody's yes.",
    "connection.needs_attention": "A connection's credentials or rights are not accepted.",
    "issue.opened": "Something went wrong that was not known before; once for each cause.",
    "issue.resolved": "It is over.",
}
CHANGES = ("created", "updated", "deleted", "changed")
TEST_TYPE = "events.test"
_TYPE = re.compile(r"[A-Za-z0-9_]+|\*")


def check_type(text: str) -> None:
    """Return when a type is one that can happen.

    Raises:
        InputError: No event is ever of this type.
    """
    first, _, second = text.partition(".")
    wild = all(_TYPE.fullmatch(part) for part in (first, second))
    known = [one.split(".") for one in TYPES]
    fits_own = any(first in ("*", a) and second in ("*", b) for a, b in known)
    is_object = first == "*" or schemas.exists(f"objects/{first}.json")
    if wild and (fits_own or (is_object and second in (*CHANGES, "*"))):
        return
    raise InputError(
        f"No event is of the type {text}.",
        advice="'intacct events types' lists them; a * stands for any one part, as in run.*",
        field="type",
    )

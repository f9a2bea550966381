"""One row of a source and what became of it: the words that all parts of a transfer share."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from connector.errors import ConnectorError


class Outcome(StrEnum):
    """What became of a row, as the outcome file says it."""

    CREATED = "created"
    UPDATED = "updated"
    INVALID = "invalid"  # something in the row is wrong; it was not sent
    REFUSED = "refused"  # Intacct looked at it and said no
    UNCERTAIN = "uncertain"  # sent, and nobody knows yet
    PARKED = "parked"  # a person has to choose
    NOT_SENT = "not sent"  # the sync stopped before it
    CHECKED = "checked"  # a dry run found nothing wrong with it


@dataclass(frozen=True)
class SourceRow:
    """One row as the source gave it.

    Args:
        number: Its place among the rows, from 1; a header is no row.
        values: Column or path names and what they hold.
        error: Why the row cannot be read at all; None where it can.
    """

    number: int
    values: Mapping[str, Any] = field(default_factory=dict)
    error: ConnectorError | None = None


@dataclass(frozen=True)
class Told:
    """What the outcome file says of one row.

    Args:
        number: The row's place in the source.
        outcome: What became of it.
        key: The record number, where there is one.
        id: The id people know, where it is known.
        error: What went wrong; None where nothing did.
        op_key: The row's write, where one was planned.
    """

    number: int
    outcome: Outcome
    key: str = ""
    id: str = ""
    error: ConnectorError | None = None
    op_key: str = ""

    def with_outcome(self, outcome: Outcome, **more: Any) -> Told:
        """Return the same row with another end."""
        return dataclasses.replace(self, outcome=outcome, **more)

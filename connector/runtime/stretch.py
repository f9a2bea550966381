"""Neighbouring rows under one name, so that one message can stand for many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST_ROWS = 50  # what one message may stand for: a worker routes them one after the other


@dataclass(frozen=True)
class Stretch:
    """The rows from ``first`` to ``last``; what lies between may belong to others and be done."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    @classmethod
    def of(cls, name: int | str) -> Stretch:
        """Return the stretch of that name: ``17`` or ``17-39``.

        Raises:
            ValueError: It is no such name.
        """
        found = re.fullmatch(r"([0-9]{1,18})(?:-([0-9]{1,18}))?", str(name))
        if found is None:
            raise ValueError(name)
        return cls(int(found[1]), int(found[2] or found[1]))


def stretches(row_ids: Sequence[int]) -> list[Stretch]:
    """Return stretches that together hold every row, none with more than fifty of them."""
    ordered = sorted(row_ids)
    parts = (ordered[start : start + MOST_ROWS] for start in range(0, len(ordered), MOST_ROWS))
    return [Stretch(part[0], part[-1]) for part in parts]

"""Plots as plain SVG, laid out here: they need no script, and a table says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 480, 170
_TOP, _FOOT = 18, 22  # room for the figures above the bars and the names below
_BAR_SHARE = 0.62
_LEAST_SLOTS = 8  # one month alone would be a wall
_LEAST = 2.0  # so that one failed run among thousands is seen


@dataclass(frozen=True)
class Column:
    """One bar of a plot.

    Args:
        name: What stands below it.
        parts: Class of the style sheet and value, from the bottom up.
    """

    name: str
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Block:
    """A rectangle of a plot, in the units of its view box."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Words:
    """A text of a plot, centred on a place."""

    text: str
    x: float
    y: float
    kind: str


@dataclass(frozen=True)
class Plot:
    """What a template draws."""

    blocks: tuple[Block, ...]
    words: tuple[Words, ...]
    width: int = WIDTH
    height: int = HEIGHT


def stacked(columns: Sequence[Column]) -> Plot:
    """Return bars side by side, each made of its parts; the highest one fills the plot."""
    most = max((_sum(column) for column in columns), default=0) or 1
    step = WIDTH / max(_LEAST_SLOTS, len(columns))
    blocks: list[Block] = []
    words: list[Words] = []
    for number, column in enumerate(columns):
        middle = step * (number + 0.5)
        bottom = float(HEIGHT - _FOOT)
        for kind, value in column.parts:
            if value <= 0:
                continue
            height = max(_LEAST, value / most * (HEIGHT - _TOP - _FOOT))
            bottom -= height
            width = step * _BAR_SHARE
            blocks.append(
                Block(
                    kind, _round(middle - width / 2), _round(bottom), _round(width), _round(height)
                )
            )
        words.append(Words(column.name, _round(middle), HEIGHT - 6, "name"))
        if total := _sum(column):
            words.append(
                Words(short(total), _round(middle), _round(max(11.0, bottom - 5)), "figure")
            )
    return Plot(tuple(blocks), tuple(words))


def short(count: int) -> str:
    """Return a count in four signs at most, such as ``3.3k``; the table has it in full."""
    for size, sign in ((1_000_000, "M"), (1_000, "k")):
        if count >= size:
            few = count / size
            return f"{few:.1f}{sign}" if few < 9.95 else f"{few:.0f}{sign}"  # noqa: PLR2004 - two digits
    return str(count)


def _sum(column: Column) -> int:
    return sum(value for _, value in column.parts)


def _round(value: float) -> float:
    return round(value, 1)

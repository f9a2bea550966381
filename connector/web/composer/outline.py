"""The vertical list of a workflow's steps, as the page shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from connector.registry import Registry
from connector.web.composer import kinds
from connector.web.composer.anchors import Anchors, inner_blocks
from connector.web.composer.filled import kind_of
from connector.web.words import EFFECTS
from connector.workbench import places
from connector.workbench.places import StepAt
from connector.workbench.problems import ERROR, Problem

_CASE = re.compile(r"\.(cases\[[0-9]+\])\.steps")


@dataclass(frozen=True)
class Card:
    """One step in the list.

    Args:
        anchor: How forms call it.
        number: Its number, such as ``2.1``.
        label: What people call it.
        kind: What it does, in words; empty where the label says it.
        id: What expressions call it.
        badge: Whether it reads or writes; empty for what does neither.
        effect: The badge's class.
        connection: The name of its connection.
        errors: How many things keep the workflow from being published.
        warnings: How many things are worth knowing.
        is_skipped: It is left out in tests.
        is_first: It cannot be moved up.
        is_last: It cannot be moved down.
        blocks: The blocks inside it.
    """

    anchor: str
    number: str
    label: str
    kind: str
    id: str
    badge: str
    effect: str
    connection: str
    errors: int
    warnings: int
    is_skipped: bool
    is_first: bool
    is_last: bool
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Block:
    """A list of steps.

    Args:
        anchor: How forms call it.
        title: What it is for; empty for the main one.
        rule: The condition under which it is done, as it is written.
        problem: What is wrong with it as a whole.
        cards: Its steps.
    """

    anchor: str
    title: str
    rule: str
    problem: str
    cards: tuple[Card, ...]


class Outline:
    """Makes the list of one document."""

    def __init__(
        self,
        anchors: Anchors,
        registry: Registry,
        found: Sequence[Problem],
        skipped: Sequence[str],
    ) -> None:
        self._anchors = anchors
        self._registry = registry
        self._skipped = set(skipped)
        self._by_block: dict[str, list[StepAt]] = {}
        for step in anchors.steps:
            self._by_block.setdefault(step.block, []).append(step)
        self._found: dict[str, list[Problem]] = {}
        for problem in found:
            self._found.setdefault(nearest(anchors.steps, problem.place), []).append(problem)

    def block(self, place: str, title: str = "", rule: str = "", prefix: str = "") -> Block:
        """Return a block with everything in it."""
        steps = self._by_block.get(place, [])
        cards = tuple(
            self._card(step, f"{prefix}{number}", number, len(steps))
            for number, step in enumerate(steps, 1)
        )
        problem = "" if steps else self._told(place)
        return Block(self._anchors.of_block(place), title, rule, problem, cards)

    def _told(self, place: str) -> str:
        owner = nearest(self._anchors.steps, place)
        told = [p for p in self._found.get(owner, ()) if p.place == place]
        return "Add a step here." if told else ""

    def _card(self, step: StepAt, number: str, position: int, count: int) -> Card:
        kind = kind_of(step.step)
        effect = kinds.effect_of(self._registry, kind)
        found = self._found.get(step.place, [])
        connection, name = step.step.get("connection"), step.step.get("name")
        what = kinds.label_of(self._registry, kind)
        return Card(
            anchor=self._anchors.of(step),
            number=number,
            label=name if isinstance(name, str) and name else what or step.label,
            kind=what if name else "",
            id=step.id,
            badge=EFFECTS[effect] if effect else "",
            effect=effect.value if effect else "",
            connection=connection if isinstance(connection, str) else "",
            errors=sum(problem.severity == ERROR for problem in found),
            warnings=sum(problem.severity != ERROR for problem in found),
            is_skipped=step.id in self._skipped,
            is_first=position == 1,
            is_last=position == count,
            blocks=tuple(
                self.block(place, title, _rule(step, place), f"{number}.{letter}")
                for letter, (place, title) in zip(_letters(step), inner_blocks(step), strict=True)
            ),
        )


def _letters(step: StepAt) -> list[str]:
    """Return what tells the steps of several blocks apart; nothing where there is one block."""
    blocks = inner_blocks(step)
    return [""] if len(blocks) == 1 else [f"{chr(97 + n % 26)}" for n in range(len(blocks))]


def _rule(step: StepAt, place: str) -> str:
    """Return the condition of a case, as it is written; empty for other blocks."""
    found = _CASE.fullmatch(place.removeprefix(step.place))
    rule = places.at(step.step, f"{found[1]}.when") if found else ""
    return rule if isinstance(rule, str) else ""


def nearest(steps: Sequence[StepAt], place: str) -> str:
    """Return the place of the innermost step that a place belongs to; empty for none."""
    around = [s.place for s in steps if place == s.place or place.startswith(f"{s.place}.")]
    return max(around, key=len, default="")

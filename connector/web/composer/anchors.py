"""How forms name steps and blocks, so that they mean the same when others have moved something.

A step is called by its id where that is one of its own, else by its place; a block by the step
around it and the rest of its place.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from connector.errors import InputError
from connector.workbench import places
from connector.workbench.places import BLOCKS, StepAt, every_step, step_at

_BY_ID = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,63})(\..+)")
AFTER = "@"


class Anchors:
    """The names of the steps and blocks of one document."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.steps = list(every_step(document))
        self._counts = Counter(step.id for step in self.steps)

    def of(self, step: StepAt) -> str:
        """Return how forms call a step."""
        return step.id if step.id and self._counts[step.id] == 1 else step.place

    def of_block(self, block: str) -> str:
        """Return how forms call a block."""
        owner = self.owner_of(block)
        return f"{self.of(owner)}{block.removeprefix(owner.place)}" if owner else block

    def owner_of(self, block: str) -> StepAt | None:
        """Return the step that a block lies in; None for the outermost ones."""
        around = [step for step in self.steps if block.startswith(f"{step.place}.")]
        return max(around, key=lambda step: len(step.place), default=None)

    def step(self, anchor: str) -> StepAt | None:
        """Return the step that is called so; None where there is none any more."""
        try:
            return step_at(self.document, anchor) if anchor else None
        except InputError:
            return None

    def block(self, anchor: str) -> str:
        """Return the place of the block that is called so."""
        found = _BY_ID.fullmatch(anchor)
        owner = self.step(found[1]) if found and anchor not in BLOCKS else None
        return f"{owner.place}{found[2]}" if owner and found else anchor

    def index_after(self, block: str, anchor: str) -> int | None:
        """Return the number that a step gets behind another one of a block; None for the end."""
        step = self.step(anchor)
        if not anchor:
            return 0
        return step.index + 1 if step and step.block == block else None

    def positions(self, moved: StepAt) -> list[tuple[str, str]]:
        """Return every place that a step can be taken to, each with its words."""
        found = []
        for block in self.blocks():
            if block.startswith(f"{moved.place}."):
                continue
            name = self.words(block)
            found.append((f"{self.of_block(block)}{AFTER}", f"First{name}"))
            inside = places.at(self.document, block)
            for step in self.steps:
                if step.block == block and step.place != moved.place and isinstance(inside, list):
                    value = f"{self.of_block(block)}{AFTER}{self.of(step)}"
                    found.append((value, f"After {step.label}{name}"))
        return found

    def blocks(self) -> list[str]:
        """Return the places of all blocks that steps can stand in, in the order of the page."""
        found = ["steps"]
        for step in self.steps:
            found += [place for place, _ in inner_blocks(step)]
        return [*found, "onFailure"]

    def words(self, block: str) -> str:
        """Return where a block is, in words to put behind a position; nothing for the main one."""
        owner = self.owner_of(block)
        if owner is None:
            return " when a run fails" if block == "onFailure" else ""
        title = dict(inner_blocks(owner)).get(block, "")
        return f" in {owner.label}: {title[:1].lower()}{title[1:]}"


def inner_blocks(step: StepAt) -> list[tuple[str, str]]:
    """Return the blocks that a step has or can have, by place, each with its title."""
    found: list[tuple[str, str]] = []
    kind = step.step.get("type")
    if kind == "switch":
        cases = step.step.get("cases")
        for number, case in enumerate(cases if isinstance(cases, list) else ()):
            name = case.get("name") if isinstance(case, dict) else ""
            title = name if isinstance(name, str) and name else f"Case {number + 1}"
            found.append((f"{step.place}.cases[{number}].steps", title))
        found.append((f"{step.place}.otherwise", "Otherwise"))
    elif kind == "forEach":
        found.append((f"{step.place}.steps", "For every item"))
    rule = step.step.get("onError")
    if isinstance(rule, dict) and (rule.get("then") == "branch" or rule.get("steps")):
        found.append((f"{step.place}.onError.steps", "When it fails"))
    return found

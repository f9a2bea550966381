"""Estimate what one event costs in API transactions, before anything runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.component import Effect
from connector.workflow import steps as kinds

if TYPE_CHECKING:
    from connector.component import Action
    from connector.registry import Registry
    from connector.workflow.model import Workflow
    from connector.workflow.steps import Step

# A list is at least one page; more pages are more transactions, which nobody can know before.
_READ = (1, 1)
# A write is one; where the reply lacks the id that people know, a read-back follows.
_WRITE = (1, 2)
# Looking first, then perhaps writing and reading back.
_LOOK_AND_WRITE = (1, 3)


@dataclass(frozen=True)
class Cost:
    """API transactions of one event, sign-ins and retries aside.

    Args:
        least: What it costs at least.
        most: What it costs at most, without the items of loops.
        per_item: For each loop its id, and the least and most of one item.
    """

    least: int = 0
    most: int = 0
    per_item: tuple[tuple[str, int, int], ...] = field(default=())

    def __add__(self, other: Cost) -> Cost:
        """Return what both cost."""
        return Cost(
            self.least + other.least, self.most + other.most, self.per_item + other.per_item
        )

    @property
    def sentence(self) -> str:
        """What it costs, in words."""
        parts = [f"{_range(self.least, self.most)} API transactions per event"]
        parts += [
            f"{_range(least, most)} per item of '{loop}'" for loop, least, most in self.per_item
        ]
        return ", and ".join(parts) + "."


def cost_of(workflow: Workflow, registry: Registry) -> Cost:
    """Return the cost of one event that runs through without failure."""
    return _of_steps(workflow.steps, registry)


def _of_steps(steps: tuple[Step, ...], registry: Registry) -> Cost:
    return sum((_of_step(step, registry) for step in steps), Cost())


def _of_step(step: Step, registry: Registry) -> Cost:
    if step.is_action:
        action = registry.actions.get(step.action_key)
        return Cost(*_of_action(action)) if action else Cost()
    if step.type == kinds.SWITCH:
        ways = [_of_steps(case.steps, registry) for case in step.cases]
        ways.append(_of_steps(step.otherwise, registry))
        per_item = sum((way.per_item for way in ways), ())
        return Cost(min(way.least for way in ways), max(way.most for way in ways), per_item)
    if step.type == kinds.FOR_EACH:
        inner = _of_steps(step.steps, registry)
        return Cost(per_item=((step.id, inner.least, inner.most), *inner.per_item))
    return Cost()


def _of_action(action: Action) -> tuple[int, int]:
    if action.effect is Effect.READ:
        return _READ
    if action.key.startswith(("findOrCreate", "createOrUpdate")):
        return _LOOK_AND_WRITE
    return _WRITE


def _range(least: int, most: int) -> str:
    return str(least) if least == most else f"{least} to {most}"

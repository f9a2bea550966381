"""What a rehearsal goes through with: its place in the workflow, and the connections it reads."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.runtime.intents import Intent
from connector.runtime.services import Services
from connector.workbench.lookups import Lookups
from connector.workbench.placeholders import Assumptions
from connector.workbench.reading import Books
from connector.workbench.report import HeldWrite, State, StepReport, Trail
from connector.workflow.engine import Item, Scene
from connector.workflow.model import Workflow
from connector.workflow.steps import Step

SHOWN_ITEMS = 25  # of each loop, unless more are asked for
MOST_REPORTS = 10_000
NO_ITEM = "-"


@dataclass(frozen=True)
class Frame:
    """One run's place, as ``connector.runtime.situations`` has it for real ones.

    Args:
        definition: The workflow.
        workflow_id: Its id; empty where it was never published.
        event: What its expressions call ``input``.
        once: The business identity; empty where nobody knows it before the run.
        doubts: What is not known before the run in what expressions can name.
        guesses: Those of it that are examples or samples.
        item: Part of every effect's key.
        outputs: The results of steps outside that can be seen.
        more: ``item`` or ``failure``.
        trail: The loops and calls it stands in.
        depth: How many calls deep.
        is_shown: Whole requests are kept.
    """

    definition: Workflow
    workflow_id: str
    event: Any
    once: str
    doubts: Assumptions = field(default_factory=Assumptions)
    guesses: Assumptions = field(default_factory=Assumptions)
    item: str = NO_ITEM
    outputs: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    trail: Trail = field(default_factory=Trail)
    depth: int = 0
    is_shown: bool = True

    @property
    def is_keyed(self) -> bool:
        """Whether the keys of its effects are known before the run."""
        return bool(self.workflow_id and self.once)

    def scene(self, outputs: Mapping[str, Any], more: Mapping[str, Any]) -> Scene:
        """Return what a step's expressions may name, given the results so far."""
        known = {**self.outputs, **outputs}
        return Scene(self.event, known, self.definition.tables, {**self.more, **more})

    def intent(self, connection_id: str, step: Step) -> Intent:
        """Return what a step's writes are for."""
        scope = self.workflow_id or "(never published)"
        return Intent(connection_id, scope, self.once, step=step.id, item=self.item)

    def at_item(self, step: Step, item: Item, index: int, scene: Scene, *, guessed: bool) -> Frame:
        """Return the place of one item of a loop."""
        return dataclasses.replace(
            self,
            doubts=self.doubts.inside(item=guessed),
            guesses=self.guesses.inside(item=guessed),
            item=item.key,
            outputs=scene.outputs,
            more={"item": item.value},
            trail=self.trail.inside(step.id, item.key),
            is_shown=self.is_shown and index < SHOWN_ITEMS,
        )


@dataclass
class Notes:
    """What is known of a step while it is taken; becomes its report, also where it fails."""

    inputs: Any = None
    output: Any = None
    state: State = State.READ
    sentence: str = ""
    assumed: tuple[str, ...] = ()
    guessed: bool = False
    pinned: bool = False
    writes: list[HeldWrite] = field(default_factory=list)
    least: int = 0
    most: int = 0
    spent: int = 0

    def report(self, step: Step, trail: Trail, error: Mapping[str, Any] | None) -> StepReport:
        """Return the step's report."""
        return StepReport(
            id=step.id,
            label=step.label,
            kind=step.type,
            trail=trail,
            state=self.state,
            sentence=self.sentence,
            inputs=self.inputs,
            output=self.output,
            assumed=self.assumed,
            guessed=self.guessed,
            pinned=self.pinned,
            writes=tuple(self.writes),
            error=error,
            least=self.least,
            most=self.most,
            spent=self.spent,
        )


@dataclass
class Stage:
    """What all steps of one rehearsal share.

    Args:
        services: What the process holds open.
        samples: What people pinned as results of steps, by the step's id.
        most_items: How many items of each loop are rehearsed.
        stand_ins: What stands for values that only a write could tell.
        reports: What was found so far, in order.
        remaining: Items that were counted only, by loop.
        called: Fingerprints of the called workflows by name.
    """

    services: Services
    samples: Mapping[str, Any] = field(default_factory=dict)
    most_items: int = SHOWN_ITEMS
    stand_ins: set[str] = field(default_factory=set)
    reports: list[StepReport] = field(default_factory=list)
    remaining: dict[str, int] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    _lookups: dict[str, Lookups] = field(default_factory=dict)

    def lookups(self, connection: str) -> Lookups:
        """Return how to look into the company behind a connection, opened once.

        Raises:
            ConnectionProblem: There is no connection of that name.
        """
        if connection not in self._lookups:
            row = self.services.connection_named(connection)
            self._lookups[connection] = Lookups(Books(self.services, row), self.stand_ins)
        return self._lookups[connection]

    @property
    def opened(self) -> Mapping[str, Lookups]:
        """The companies that were looked into, by connection."""
        return self._lookups

    def spend(self) -> int:
        """Count what was called and not counted yet; return the transactions among it."""
        return sum(found.books.spend() for found in self._lookups.values())

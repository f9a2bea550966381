"""What a workflow says: checked once when it is read, never changed afterwards."""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connector.errors import InputError
from connector.workflow import references, rules
from connector.workflow.expressions import templates
from connector.workflow.steps import Block, Step, read_steps, without_empty

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["VERSION", "Step", "Trigger", "Workflow", "parse"]

VERSION = "1"
_EVENT_ONLY = frozenset({"input"})


@dataclass(frozen=True)
class Trigger:
    """What starts a workflow.

    Args:
        type: The key of the trigger, such as ``hubspot.deal``.
        connection: The name of its connection; empty where it needs none.
        config: Its settings, plain values.
    """

    type: str
    connection: str = ""
    config: dict[str, Any] = field(default_factory=dict)

    def to_document(self) -> dict[str, Any]:
        """Return the trigger as JSON data, without what is empty."""
        return without_empty(type=self.type, connection=self.connection, config=self.config)


@dataclass(frozen=True)
class Workflow:
    """A workflow that keeps every rule; made by ``parse``.

    Args:
        name: What it is called.
        trigger: What starts it.
        steps: What it does, in order.
        once: The expression of its business identity; empty where each event stands for itself.
        description: What it is for.
        tables: Its lookup tables by name.
        on_failure: What is done after a run has failed.
    """

    name: str
    trigger: Trigger
    steps: tuple[Step, ...]
    once: str = ""
    description: str = ""
    tables: dict[str, dict[str, str]] = field(default_factory=dict)
    on_failure: tuple[Step, ...] = ()

    def blocks(self) -> Iterator[Block]:
        """Yield the outermost blocks of steps."""
        yield Block("steps", self.steps)
        if self.on_failure:
            yield Block("onFailure", self.on_failure, has_failure=True)

    def every_step(self) -> Iterator[tuple[str, Step]]:
        """Yield every step with its place, those inside others after the one they are in."""
        for block in self.blocks():
            yield from _steps_in(block)

    def step(self, step_id: str) -> Step:
        """Return a step by its id, wherever it stands.

        Raises:
            KeyError: There is no such step.
        """
        for _, step in self.every_step():
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def connections(self) -> set[str]:
        """Return the names of the connections it uses."""
        names = {self.trigger.connection, *(step.connection for _, step in self.every_step())}
        return names - {""}

    def to_document(self) -> dict[str, Any]:
        """Return the canonical JSON data: what ``parse`` reads back as the same workflow."""
        return without_empty(
            version=VERSION,
            name=self.name,
            description=self.description,
            trigger=self.trigger.to_document(),
            once=self.once,
            tables=self.tables,
            steps=[step.to_document() for step in self.steps],
            onFailure=[step.to_document() for step in self.on_failure],
        )

    def fingerprint(self) -> str:
        """Return the SHA-256 (64 hex digits) of the canonical document's bytes.

        The bytes are JSON in UTF-8 with sorted keys and no blanks, so order and layout of the file
        do not matter, and every change of meaning does.
        """
        text = json.dumps(
            self.to_document(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(text.encode()).hexdigest()


def parse(document: Any) -> Workflow:
    """Return the workflow a document describes, after checking everything that can be known now.

    Raises:
        InputError: The first rule broken; ``field`` is a path such as ``steps[1].config.amount``.
    """
    rules.check(document)
    workflow = Workflow(
        name=document["name"],
        trigger=Trigger(**copy.deepcopy(document["trigger"])),
        steps=read_steps(document["steps"], "steps"),
        once=document.get("once", ""),
        description=document.get("description", ""),
        tables=copy.deepcopy(document.get("tables", {})),
        on_failure=read_steps(document.get("onFailure"), "onFailure"),
    )
    _check_trigger(workflow.trigger)
    _check_once(workflow.once)
    references.check(workflow)
    return workflow


def _steps_in(block: Block) -> Iterator[tuple[str, Step]]:
    for index, step in enumerate(block.steps):
        place = f"{block.place}[{index}]"
        yield place, step
        for inner in step.blocks(place):
            yield from _steps_in(inner)


def _check_trigger(trigger: Trigger) -> None:
    for place, _ in templates(trigger.config, _EVENT_ONLY, "trigger.config"):
        raise InputError(
            "The trigger's settings are read before there is an event, so they hold no expression.",
            advice="Write the value itself.",
            field=place,
        )


def _check_once(once: str) -> None:
    if not once:
        return
    for _, template in templates(once, _EVENT_ONLY, "once"):
        if template.paths:
            return
    raise InputError(
        "'once' is the same for every event, so the workflow would run only once ever.",
        advice="Name the event's own id, such as {{ input.deal.id }}.",
        field="once",
    )

"""What a workflow says: checked once when it is read, never changed afterwards."""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from connector.errors import InputError
from connector.workflow import rules
from connector.workflow.expressions import Template, is_mapping_form, placed, templates

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
        return _without_empty(type=self.type, connection=self.connection, config=self.config)


@dataclass(frozen=True)
class Step:
    """One action to run.

    Args:
        id: What later steps call it.
        type: ``sage-intacct.`` and the key of an action.
        connection: The name of its connection.
        config: The action's inputs, with expressions in them.
        name: What people read; empty where the id will do.
    """

    id: str
    type: str
    connection: str
    config: dict[str, Any] = field(default_factory=dict)
    name: str = ""

    @property
    def action_key(self) -> str:
        """The key of the action, such as ``createInvoice``."""
        return self.type.partition(".")[2]

    @property
    def label(self) -> str:
        """What messages call the step."""
        return self.name or self.id

    def to_document(self) -> dict[str, Any]:
        """Return the step as JSON data, without what is empty."""
        return _without_empty(
            id=self.id,
            type=self.type,
            name=self.name,
            connection=self.connection,
            config=self.config,
        )


@dataclass(frozen=True)
class Workflow:
    """A workflow that keeps every rule; made by ``parse``.

    Args:
        name: What it is called.
        trigger: What starts it.
        steps: What it does, in order.
        once: The expression of its business identity; empty where each event stands for itself.
        description: What it is for.
    """

    name: str
    trigger: Trigger
    steps: tuple[Step, ...]
    once: str = ""
    description: str = ""

    def to_document(self) -> dict[str, Any]:
        """Return the canonical JSON data: what ``parse`` reads back as the same workflow."""
        return _without_empty(
            version=VERSION,
            name=self.name,
            description=self.description,
            trigger=self.trigger.to_document(),
            once=self.once,
            steps=[step.to_document() for step in self.steps],
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
        steps=tuple(Step(**copy.deepcopy(step)) for step in document["steps"]),
        once=document.get("once", ""),
        description=document.get("description", ""),
    )
    _check_trigger(workflow.trigger)
    _check_once(workflow.once)
    _check_steps(workflow.steps)
    return workflow


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


def _check_steps(steps: tuple[Step, ...]) -> None:
    earlier: list[str] = []
    every = {step.id for step in steps}
    for index, step in enumerate(steps):
        place = f"steps[{index}]"
        if step.id in earlier:
            raise InputError(
                f"Two steps have the id '{step.id}'.",
                advice="Give each step an id of its own.",
                field=f"{place}.id",
            )
        if is_mapping_form(step.config):
            raise InputError(
                "A step's settings cannot be a list mapping as a whole.",
                advice="Map the list inside the field that takes it.",
                field=f"{place}.config",
            )
        for where, template in templates(step.config, field=f"{place}.config"):
            try:
                _check_references(template, earlier, every)
            except InputError as error:
                raise placed(error, where) from error
        earlier.append(step.id)


def _check_references(template: Template, earlier: list[str], every: set[str]) -> None:
    known = f"Earlier steps are: {', '.join(earlier)}." if earlier else "No step comes before it."
    for root, *rest in template.paths:
        if root != "steps":
            continue
        if not rest:
            raise InputError("'steps' needs the id of a step.", advice=f"Write steps.id. {known}")
        if rest[0] not in earlier:
            what = "does not come before this one" if rest[0] in every else "does not exist"
            raise InputError(f"The step '{rest[0]}' {what}.", advice=known)


def _without_empty(**parts: Any) -> dict[str, Any]:
    return {name: copy.deepcopy(value) for name, value in parts.items() if value}

"""One step of a workflow and the blocks of steps inside it, as they were written."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connector.workflow import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILTER = "filter"
SWITCH = "switch"
FOR_EACH = "forEach"
DELAY = "delay"
APPROVAL = "approval"
HTTP = "http"
CALL = "call"

STOP = "stop"
CONTINUE = "continue"
BRANCH = "branch"

BY_POSITION = "position"  # the key of a loop whose items have none

_DEFAULT_WAIT = {"minutes": "1"}
_UNITS_MS = {"days": 86_400_000, "hours": 3_600_000, "minutes": 60_000, "seconds": 1_000}
# Numbers and yes/no may be written as text or not; one spelling keeps one fingerprint.
_PLAIN_SETTINGS = frozenset({"parallel", "seconds", "idempotent"})


@dataclass(frozen=True)
class Block:
    """Steps that belong together.

    Args:
        place: Where they stand, such as ``steps[1].cases[0].steps``.
        steps: The steps, in order.
        has_item: An item of a loop is in reach.
        has_failure: What went wrong is in reach.
    """

    place: str
    steps: tuple[Step, ...]
    has_item: bool = False
    has_failure: bool = False


@dataclass(frozen=True)
class Case:
    """One way a switch can go.

    Args:
        when: The expression that must be true.
        steps: What is done then.
        name: What the switch's result calls it.
    """

    when: str
    steps: tuple[Step, ...]
    name: str = ""

    def to_document(self) -> dict[str, Any]:
        """Return the case as JSON data."""
        steps = [step.to_document() for step in self.steps]
        return without_empty(name=self.name, when=self.when, steps=steps)


@dataclass(frozen=True)
class ErrorRule:
    """What happens when a step fails for good.

    Args:
        retries: How often it is tried again first.
        wait: How long before each of these, as a duration.
        then: ``stop``, ``continue`` or ``branch``.
        steps: The branch.
    """

    retries: int = 0
    wait: Mapping[str, Any] = field(default_factory=lambda: dict(_DEFAULT_WAIT))
    then: str = STOP
    steps: tuple[Step, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return the rule as JSON data, without what is usual."""
        return without_empty(
            retries=str(self.retries) if self.retries else "",
            wait=dict(self.wait) if dict(self.wait) != _DEFAULT_WAIT else {},
            then=self.then if self.then != STOP else "",
            steps=[step.to_document() for step in self.steps],
        )


@dataclass(frozen=True)
class Step:
    """One thing to do.

    Args:
        id: What later steps call it.
        type: ``sage-intacct.`` and the key of an action, or another kind of step.
        connection: The name of its connection; empty for what needs none.
        config: Its inputs or settings, with expressions in them.
        name: What people read; empty where the id will do.
        on_error: What happens when it fails.
        cases: The ways of a switch.
        otherwise: What a switch does where no case holds.
        steps: What a loop does for every item.
    """

    id: str
    type: str
    connection: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    on_error: ErrorRule = field(default_factory=ErrorRule)
    cases: tuple[Case, ...] = ()
    otherwise: tuple[Step, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def is_action(self) -> bool:
        """Whether it runs an action of a connection."""
        return "." in self.type

    @property
    def action_key(self) -> str:
        """The key of the action, such as ``createInvoice``."""
        return self.type.partition(".")[2]

    @property
    def label(self) -> str:
        """What messages call the step."""
        return self.name or self.id

    def blocks(self, place: str) -> Iterator[Block]:
        """Yield the blocks of steps inside this one, which stands at ``place``."""
        for index, case in enumerate(self.cases):
            yield Block(f"{place}.cases[{index}].steps", case.steps)
        if self.otherwise:
            yield Block(f"{place}.otherwise", self.otherwise)
        if self.steps:
            yield Block(f"{place}.steps", self.steps, has_item=True)
        if self.on_error.steps:
            yield Block(f"{place}.onError.steps", self.on_error.steps, has_failure=True)

    def to_document(self) -> dict[str, Any]:
        """Return the step as JSON data, without what is empty."""
        return without_empty(
            id=self.id,
            type=self.type,
            name=self.name,
            connection=self.connection,
            config=self.config,
            cases=[case.to_document() for case in self.cases],
            otherwise=[step.to_document() for step in self.otherwise],
            steps=[step.to_document() for step in self.steps],
            onError=self.on_error.to_document(),
        )


def read_steps(documents: list[dict[str, Any]] | None, place: str) -> tuple[Step, ...]:
    """Return the steps of a block whose form was checked against the schema.

    Raises:
        InputError: A mapping table is not valid.
    """
    return tuple(
        _read_step(document, f"{place}[{index}]") for index, document in enumerate(documents or ())
    )


def _read_step(document: dict[str, Any], place: str) -> Step:
    config = copy.deepcopy(document.get("config", {}))
    if "mapping" in document:
        config = mapping.added_to(config, document["mapping"], f"{place}.mapping")
    if "." not in document["type"]:
        config = {
            name: _plain(value) if name in _PLAIN_SETTINGS else value
            for name, value in config.items()
        }
    return Step(
        id=document["id"],
        type=document["type"],
        connection=document.get("connection", ""),
        config=config,
        name=document.get("name", ""),
        on_error=_read_rule(document.get("onError", {}), f"{place}.onError"),
        cases=tuple(
            Case(
                when=case["when"],
                steps=read_steps(case["steps"], f"{place}.cases[{index}].steps"),
                name=case.get("name", ""),
            )
            for index, case in enumerate(document.get("cases", ()))
        ),
        otherwise=read_steps(document.get("otherwise"), f"{place}.otherwise"),
        steps=read_steps(document.get("steps"), f"{place}.steps"),
    )


def _read_rule(document: dict[str, Any], place: str) -> ErrorRule:
    return ErrorRule(
        retries=int(document.get("retries", 0)),
        wait=dict(document.get("wait", _DEFAULT_WAIT)),
        then=document.get("then", STOP),
        steps=read_steps(document.get("steps"), f"{place}.steps"),
    )


def duration_ms(duration: Mapping[str, Any]) -> int:
    """Return a duration's length in milliseconds."""
    return sum(int(count) * _UNITS_MS[unit] for unit, count in duration.items())


def _plain(value: Any) -> str:
    return str(value).lower()


def without_empty(**parts: Any) -> dict[str, Any]:
    """Return the parts that say something, as copies."""
    return {name: copy.deepcopy(value) for name, value in parts.items() if value}

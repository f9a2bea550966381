"""What a step asks for, worked out from the data at hand: pure decisions on plain data."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connector.errors import InputError
from connector.workflow import steps as kinds
from connector.workflow.amounts import compare
from connector.workflow.dates import moment_ms
from connector.workflow.expressions import MAX_ITEMS, Template, evaluate, placed
from connector.workflow.values import MAX_TOTAL
from connector.workflow.wording import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.workflow.model import Step, Workflow
    from connector.workflow.steps import Case

# It is part of a database index, whose entries end at 2,704 bytes in PostgreSQL.
_MAX_ONCE_BYTES = 600
_MAX_TITLE = 300
_WEEK_MS = 7 * 86_400_000
_LONGEST_MS = 366 * 86_400_000


@dataclass(frozen=True)
class Scene:
    """What a step's expressions may name.

    Args:
        event: What the trigger or the caller brought.
        outputs: The results of earlier steps by id.
        tables: The workflow's lookup tables.
        more: ``item`` inside a loop, ``failure`` where something went wrong.
    """

    event: Any
    outputs: Mapping[str, Any]
    tables: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def roots(self) -> dict[str, Any]:
        """Return name to data."""
        outputs = dict(self.outputs)
        return {"input": self.event, "steps": outputs, "tables": self.tables, **self.more}


@dataclass(frozen=True)
class Item:
    """One item of a loop: what tells it apart, and what it is."""

    key: str
    value: Any


@dataclass(frozen=True)
class ApprovalRequest:
    """What somebody is asked to approve.

    Args:
        title: One line.
        payload: What is shown and frozen.
        covered: The exact inputs of the steps it is about, by id.
        amount: What the thresholds were compared with; empty without one.
        needed: How many people must approve; 0 where nobody has to.
        expires_ms: How long they have.
    """

    title: str
    payload: Any
    covered: Mapping[str, Any]
    amount: str
    needed: int
    expires_ms: int

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of everything an approver sees."""
        shown_ = [self.title, self.payload, dict(self.covered), self.amount, self.needed]
        return fingerprint(shown_)


def fingerprint(value: Any) -> str:
    """Return the SHA-256 (64 hex digits) of JSON data, whatever the order of its fields."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def resolve_once(workflow: Workflow, event: Any) -> str:
    """Return the business identity of an event, or empty text where the workflow names none.

    Raises:
        InputError: The event lacks the field, or its value is empty, too long, or not one value.
    """
    if not workflow.once:
        return ""
    value = evaluate(workflow.once, {"input": event}, "once")
    return _identity(value, "once")


def _identity(value: Any, what: str) -> str:
    is_one_value = isinstance(value, str | int) and not isinstance(value, bool)
    text = str(value) if is_one_value else ""
    if not text.strip() or len(text.encode()) > _MAX_ONCE_BYTES or not text.isprintable():
        others = "event" if what == "once" else "item"
        raise InputError(
            f"'{what}' gives {shown(value)}, which cannot tell one {others} from another.",
            advice="Name a field that is always filled and short, such as the record's id.",
            field=what,
        )
    return text


def resolve_config(workflow: Workflow, step: Step, scene: Scene) -> dict[str, Any]:
    """Return the step's inputs with every expression worked out.

    Raises:
        InputError: An expression fails; the title names the step, ``field`` the input.
    """
    inputs: dict[str, Any] = in_step(workflow, step, lambda: evaluate(step.config, scene.roots()))
    return inputs


def in_step(workflow: Workflow, step: Step, work: Callable[[], Any]) -> Any:
    """Return what the work returns; its errors name the step and the workflow.

    Raises:
        InputError: As the work raises it.
    """
    try:
        return work()
    except InputError as error:
        raise InputError(
            f"Step '{step.label}' of '{workflow.name}': {error.title}",
            advice=error.advice,
            field=error.field,
        ) from error


def is_wanted(step: Step, scene: Scene) -> bool:
    """Say whether a filter lets the run go on."""
    return _verdict(step.config["condition"], scene, "condition")


def chosen(step: Step, scene: Scene) -> Case:
    """Return the first case of a switch that holds; one without steps where none does."""
    for index, case in enumerate(step.cases):
        if _verdict(case.when, scene, f"cases[{index}].when"):
            return kinds.Case(case.when, case.steps, case.name or f"case {index + 1}")
    return kinds.Case("", step.otherwise, "otherwise")


def _verdict(expression: str, scene: Scene, place: str) -> bool:
    verdict = evaluate(expression, scene.roots(), place)
    if not isinstance(verdict, bool):
        raise InputError(
            f"The condition must give yes or no, and this is {shown(verdict)}.",
            advice="Compare the value, such as {{ input.currency == 'EUR' }}.",
            field=place,
        )
    return verdict


def items_of(step: Step, scene: Scene) -> list[Item]:
    """Return the items of a loop with their keys, at most 10,000, no key twice."""
    found = _list(step.config["items"], scene.roots())
    if not isinstance(found, list):
        raise InputError(
            f"A forEach needs a list, and this is {shown(found)}.",
            advice="Name the list itself, such as {{ input.lineItems }}.",
            field="items",
        )
    if len(found) > MAX_ITEMS:
        raise InputError(
            f"The list has {len(found)} items; at most 10,000 are worked through.",
            advice="Send fewer at a time.",
            field="items",
        )
    items = [Item(_key(step, scene, index, value), value) for index, value in enumerate(found)]
    seen: set[str] = set()
    for item in items:
        if item.key in seen:
            raise InputError(
                f"Two items have the key '{item.key}', so one would pass for the other.",
                advice="Choose a key that differs, or map the list to one entry per key first.",
                field="key",
            )
        seen.add(item.key)
    return items


def _list(text: str, roots: dict[str, Any]) -> Any:
    try:
        return Template.compile(text, frozenset(roots)).evaluate(roots, MAX_TOTAL)
    except InputError as error:
        raise placed(error, "items") from error


def _key(step: Step, scene: Scene, index: int, value: Any) -> str:
    if step.config["key"] == kinds.BY_POSITION:
        return str(index + 1)
    # Only what a key may name: the whole event for each of 10,000 items would take minutes.
    roots = {**scene.roots(), "item": value}
    place = f"item {index + 1}"
    try:
        return _identity(evaluate(step.config["key"], roots, "key"), "key")
    except InputError as error:
        title = f"Of {place}: {error.title}"
        raise InputError(title, advice=error.advice, field="key") from error


def parallel(step: Step) -> int:
    """Return how many items of a loop may be under way at once."""
    return int(step.config.get("parallel", 1))


def due_at(step: Step, scene: Scene, now_ms: int) -> int:
    """Return when a delay is over, in milliseconds since 1970 (UTC)."""
    if "for" in step.config:
        return now_ms + kinds.duration_ms(step.config["for"])
    until = evaluate(step.config["until"], scene.roots(), "until")
    if not isinstance(until, str):
        raise InputError(
            f"'until' must be a day or a moment, and this is {shown(until)}.",
            advice="Write a day as 2026-03-02, a moment as 2026-03-02T09:00:00Z.",
            field="until",
        )
    moment = moment_ms(until, step.config.get("zone", ""))
    if moment > now_ms + _LONGEST_MS:
        raise InputError(
            f"{until} is more than 366 days away.", advice="Check the date.", field="until"
        )
    return moment


def approval_of(step: Step, scene: Scene, covered: Mapping[str, Any]) -> ApprovalRequest:
    """Return what somebody is to approve; ``covered`` holds the inputs of the covered steps."""
    roots = scene.roots()
    title = evaluate(step.config["title"], roots, "title")
    amount = evaluate(step.config.get("amount", ""), roots, "amount")
    compare(amount or "0", "0")  # an amount, or the error says what it is instead
    return ApprovalRequest(
        title=" ".join(str(title).split())[:_MAX_TITLE],
        payload=evaluate(step.config.get("payload", {}), roots, "payload"),
        covered=covered,
        amount=str(amount),
        needed=_needed(step, amount),
        expires_ms=kinds.duration_ms(step.config.get("expires", {})) or _WEEK_MS,
    )


def _needed(step: Step, amount: Any) -> int:
    thresholds = step.config.get("thresholds")
    if thresholds is None:
        return 1
    reached = [int(t.get("approvals", 1)) for t in thresholds if compare(amount, t["above"]) > 0]
    return max(reached, default=0)


def call_of(step: Step, scene: Scene) -> tuple[str, dict[str, Any]]:
    """Return the name of the workflow a step calls, and what it is given."""
    return step.config["workflow"], evaluate(step.config.get("input", {}), scene.roots(), "input")

"""What is allowed in a workflow and still worth a second thought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.component import Effect
from connector.workflow import steps as kinds
from connector.workflow.expressions import templates
from connector.workflow.type_check import Finding
from connector.workflow.web_calls import READS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.registry import Registry
    from connector.workflow.model import Workflow
    from connector.workflow.steps import Block, Step


def warnings(workflow: Workflow, registry: Registry) -> Iterator[Finding]:
    """Yield the warnings of a workflow, in its order."""
    if not workflow.once and workflow.trigger.type != "workflow.call":
        yield _warning(
            "once",
            "Nothing says what one piece of business is: another event about it writes again.",
            "Name the event's own id in 'once', such as {{ input.deal.id }}.",
        )
    for block in workflow.blocks():
        yield from _in_block(block, registry, is_approved=False)


def _in_block(block: Block, registry: Registry, *, is_approved: bool) -> Iterator[Finding]:
    for index, step in enumerate(block.steps):
        place = f"{block.place}[{index}]"
        is_approved = is_approved or step.type == kinds.APPROVAL
        if _is_payment(step, registry) and not is_approved:
            yield _warning(
                place,
                "It pays without asking anybody.",
                "Put an approval that covers it before it.",
            )
        yield from _of_step(step, place, registry)
        for inner in step.blocks(place):
            yield from _in_block(inner, registry, is_approved=is_approved)


def _of_step(step: Step, place: str, registry: Registry) -> Iterator[Finding]:
    writes_inside = any(_writes(inner, registry) for inner in step.steps)
    is_nameless = step.type == kinds.FOR_EACH and step.config["key"] == kinds.BY_POSITION
    if is_nameless and writes_inside:
        yield _warning(
            f"{place}.config.key",
            "Its items are told apart by position only: a list that changes writes again.",
            "Name the item's own id as the key.",
        )
    if _is_unrepeatable(step):
        yield _warning(
            place,
            "If the receiver does not answer, a person has to look whether it got the request.",
            "Say idempotent: true where the receiver honours an Idempotency-Key.",
        )
    if step.on_error.then == kinds.CONTINUE and _writes(step, registry):
        yield _warning(
            f"{place}.onError",
            "The run goes on without this record when it is refused; it then ends as 'partial'.",
            "Make sure that somebody looks at such runs.",
        )
    yield from _constant_conditions(step, place)


def _constant_conditions(step: Step, place: str) -> Iterator[Finding]:
    conditions = [(case.when, f"{place}.cases[{i}].when") for i, case in enumerate(step.cases)]
    if step.type == kinds.FILTER:
        conditions.append((step.config["condition"], f"{place}.config.condition"))
    for text, where in conditions:
        if not any(template.paths for _, template in templates(text)):
            yield _warning(
                where, "The condition is always the same.", "Name a field of the event or a step."
            )


def _is_unrepeatable(step: Step) -> bool:
    is_write = step.type == kinds.HTTP and step.config.get("method", "GET") not in READS
    return is_write and step.config.get("idempotent") != "true"


def _is_payment(step: Step, registry: Registry) -> bool:
    action = registry.actions.get(step.action_key)
    is_payment = action is not None and action.object_name in {"apPayment", "payment"}
    return is_payment and _writes(step, registry)


def _writes(step: Step, registry: Registry) -> bool:
    if step.type == kinds.HTTP:
        return step.config.get("method", "GET") not in READS
    action = registry.actions.get(step.action_key) if step.is_action else None
    if action is not None:
        return action.effect is not Effect.READ
    inner = [*step.steps, *step.otherwise, *(each for case in step.cases for each in case.steps)]
    return step.type == kinds.CALL or any(_writes(each, registry) for each in inner)


def _warning(field: str, title: str, advice: str) -> Finding:
    return Finding(field, title, advice, is_error=False)

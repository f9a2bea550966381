"""What comes next in a run, and with which inputs: pure decisions on plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.errors import InputError
from connector.workflow.expressions import evaluate
from connector.workflow.wording import shown

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from connector.workflow.model import Step, Workflow

# It is part of a database index, whose entries end at 2,704 bytes in PostgreSQL.
_MAX_ONCE_BYTES = 600


def roots(event: Any, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a step's expressions may name: the event and the results of earlier steps."""
    return {"input": event, "steps": dict(outputs)}


def next_step(workflow: Workflow, outcomes: Container[str]) -> Step | None:
    """Return the first step that has no outcome yet, or None when the run is through.

    Args:
        workflow: The version the run is pinned to.
        outcomes: The ids of the steps that are done, or a mapping by those ids.
    """
    return next((step for step in workflow.steps if step.id not in outcomes), None)


def resolve_once(workflow: Workflow, event: Any) -> str:
    """Return the business identity of an event, or empty text where the workflow names none.

    Raises:
        InputError: The event lacks the field, or its value is empty, too long, or not one value.
    """
    if not workflow.once:
        return ""
    value = evaluate(workflow.once, {"input": event}, "once")
    is_one_value = isinstance(value, str | int) and not isinstance(value, bool)
    text = str(value) if is_one_value else ""
    if not text.strip() or len(text.encode()) > _MAX_ONCE_BYTES or not text.isprintable():
        raise InputError(
            f"'once' gives {shown(value)}, which cannot tell one event from another.",
            advice="Name a field that is always filled and short, such as the record's id.",
            field="once",
        )
    return text


def resolve_config(
    workflow: Workflow, step: Step, event: Any, outputs: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the step's inputs with every expression worked out.

    Raises:
        InputError: An expression fails; the title names the step, ``field`` the input.
    """
    try:
        inputs: dict[str, Any] = evaluate(step.config, roots(event, outputs))
    except InputError as error:
        raise InputError(
            f"Step '{step.label}' of '{workflow.name}': {error.title}",
            advice=error.advice,
            field=error.field,
        ) from error
    return inputs

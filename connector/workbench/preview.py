"""What a value with expressions gives on sample data, soon enough to be shown while one types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.errors import InputError
from connector.store.json_text import to_json
from connector.workflow.expressions import evaluate
from connector.workflow.values import Allowance

TEXT, NUMBER, YES_NO = "text", "number", "yes/no"
LIST, GROUP, NOTHING = "list", "group", "nothing"
_TOO_MUCH = "This is too much work for a preview; a run may do more."
_SMALLER = "Pin a sample with shorter lists."
_SHOWN = 2_000  # characters of a value that are shown


@dataclass(frozen=True)
class Preview:
    """What a value gives.

    Args:
        value: The result as JSON data; None where there is an error.
        kind: ``text``, ``number``, ``yes/no``, ``list``, ``group`` or ``nothing``.
        text: The result as people read it, cut after 2,000 characters.
        error: Why there is none; empty where there is one.
        advice: What to do then.
        field: The place inside the value that fails, such as ``[3].amount``.
    """

    value: Any = None
    kind: str = NOTHING
    text: str = ""
    error: str = ""
    advice: str = ""
    field: str = ""

    def to_document(self) -> dict[str, Any]:
        """Return the preview as JSON data."""
        return dict(vars(self))


def preview(value: Any, roots: Mapping[str, Any]) -> Preview:
    """Return what a value gives on samples; never raises for what is wrong with it.

    It may do a part of the work a run may, so that it answers within 50 ms; where that is not
    enough it says so, and the run is not concerned.

    Args:
        value: A text with expressions, a list mapping, or any other value of a field.
        roots: Name to data, as ``samples.for_draft`` gives them.
    """
    allowance = _small()
    try:
        found = evaluate(value, roots, allowance=allowance)
        written = found if isinstance(found, str) else to_json(found)
    except InputError as error:
        if allowance.is_exceeded:
            return Preview(error=_TOO_MUCH, advice=_SMALLER, field=error.field)
        return Preview(error=error.title, advice=error.advice, field=error.field)
    cut = written if len(written) <= _SHOWN else f"{written[:_SHOWN]}…"
    return Preview(value=found, kind=kind_of(found), text="" if found is None else cut)


def _small() -> Allowance:
    # Measured: within these the worst expressions end in 50 ms, however large the sample.
    return Allowance(
        text=512 * 1024,
        nodes=200_000,
        items=1_000,
        text_work=2_000_000,
        node_work=800_000,
        conversions=20_000,
    )


def kind_of(value: Any) -> str:
    """Return what a value is, in a word."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return YES_NO
    if isinstance(value, str):
        return TEXT
    if isinstance(value, list):
        return LIST
    return GROUP if isinstance(value, dict) else NUMBER

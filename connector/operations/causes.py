"""What makes two troubles the same: one cause, whatever numbers and names it struck."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RUN = "run"
PAUSED = "paused-workflow"
CONNECTION = "connection"
CHANGED_FIELDS = "changed-fields"

_ID_LENGTH = 16
_LINE_NUMBER = re.compile(r"\[[0-9]+\]")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”")
_NUMBERED = re.compile(r"\S*[0-9]\S*")  # ids, amounts, dates


@dataclass(frozen=True)
class Cause:
    """Why something does not go on.

    Args:
        kind: ``run``, ``paused-workflow``, ``connection`` or ``changed-fields``.
        title: What happened, as people read it for the newest case.
        advice: What to do.
        workflow_id: Whose workflow.
        connection_id: Whose connection, where the cause is one.
        step: Where in the workflow.
        error_type: The error's name, such as ``Refused``.
        code: The number the other side gave.
        place: The input that is wrong, without line numbers.
    """

    kind: str
    title: str
    advice: str = ""
    workflow_id: str | None = None
    connection_id: str | None = None
    step: str = ""
    error_type: str = ""
    code: str = ""
    place: str = ""

    @property
    def id(self) -> str:
        """Return the same id for the same cause, always."""
        parts = [self.kind, self.workflow_id or self.connection_id or ""]
        if self.kind == RUN:
            # A sentence tells causes apart only where nothing more exact does: it names people.
            words = "" if self.code or self.place else without_particulars(self.title)
            parts += [self.step, self.error_type, self.code, self.place, words]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:_ID_LENGTH]


def of_run(workflow_id: str, error: Mapping[str, Any]) -> Cause:
    """Return the cause of a run's trouble.

    Args:
        workflow_id: The run's workflow.
        error: What the run says to people, ``ConnectorError.describe()`` with its step.
    """
    found = {name: str(error.get(name) or "") for name in ("type", "code", "field", "step")}
    return Cause(
        RUN,
        title=str(error.get("title") or "The run did not succeed."),
        advice=str(error.get("advice") or ""),
        workflow_id=workflow_id,
        step=found["step"],
        error_type=found["type"],
        code=found["code"],
        place=_LINE_NUMBER.sub("[]", found["field"]),
    )


def without_particulars(sentence: str) -> str:
    """Return a sentence without what differs from case to case: quoted names, ids, amounts."""
    return _NUMBERED.sub("#", _QUOTED.sub("#", sentence))

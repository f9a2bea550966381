"""Our own events as letters that an accountant reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.operations.event_types import TEST_TYPE, TYPES
from connector.operations.mail import Letter

_LINES = {
    "workflow": "Workflow",
    "step": "Step",
    "connection": "Connection",
    "once": "Business key",
    "id": "Record",
    "key": "Record number",
    "count": "How often",
    "firstSeen": "First seen",
    "lastSeen": "Last seen",
    "run": "Run",
    "issue": "Issue",
    "approval": "Approval",
}


def letter_of(kind: str, data: Mapping[str, Any]) -> Letter:
    """Return the letter about an event: what happened, where, and what to do.

    Args:
        kind: The event's type.
        data: What it says.
    """
    error = data.get("error")
    said: Mapping[str, Any] = {**error, **data} if isinstance(error, Mapping) else data
    title = str(said.get("title") or _meaning(kind, said))
    place = f" ({said['workflow']})" if said.get("workflow") else ""
    lines = [f"{label}: {said[name]}" for name, label in _LINES.items() if said.get(name)]
    advice = [f"What to do: {said['advice']}"] if said.get("advice") else []
    parts = [_meaning(kind, said), title, "\n".join(lines), *advice]
    text = "\n\n".join(dict.fromkeys(part for part in parts if part))
    return Letter(f"[Intacct] {_headline(kind, title)}{place}", text + "\n")


def _headline(kind: str, title: str) -> str:
    return f"Over: {title}" if kind == "issue.resolved" else title


def _meaning(kind: str, said: Mapping[str, Any]) -> str:
    if kind == TEST_TYPE:
        return "Somebody tries whether letters arrive."
    if kind in TYPES:
        return TYPES[kind]
    name = said.get("id") or said.get("key") or ""
    return f"In Intacct, the {said.get('object', 'record')} {name} was {kind.rpartition('.')[2]}."

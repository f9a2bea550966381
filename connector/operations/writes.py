"""One write of a run as people see it, its texts with secrets masked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.intacct.ports import EffectState
from connector.operations import outlook
from connector.operations.outlook import Outlook
from connector.redaction import MASK, scrub
from connector.runtime import web_steps
from connector.runtime.history import EFFECT_WORDS
from connector.runtime.intents import Patience
from connector.store.json_text import from_json, to_json

LONGEST_TEXT = 50_000  # of one input, output, request or reply on a page
# Headers and parts of an address that commonly carry a key; a workflow's own are known to nobody.
_KEY = "auth|cookie|token|secret|passw|api.?key|signature"
_KEY_NAME = re.compile(_KEY, re.IGNORECASE)
_KEY_IN_ADDRESS = re.compile(rf"([?&][^=&#]*(?:{_KEY})[^=&#]*=)[^&#]*", re.IGNORECASE)


@dataclass(frozen=True)
class Write:
    """One write of a step, from plan to verdict.

    Args:
        id: Its key in the ledger.
        epoch: Changes with everything that happens to it.
        api: Over which API it goes: ``xml``, ``rest``, or that of another service.
        function: What it is called on the wire.
        object_name: What kind of record it makes or changes.
        words: The verdict in words.
        next: What comes next.
        error: What the other side said, where it was no.
        request: What was or is to be sent, without session and secrets.
        reply: What came back, where it was kept.
        key: The record number.
        record: What people call the record.
        connection_id: Over which connection.
        attempts: How often it was sent.
    """

    id: str
    epoch: int
    state: str
    api: str
    function: str
    object_name: str
    words: str
    next: Outlook
    error: Mapping[str, Any]
    request: str
    reply: str
    key: str
    record: str
    control_id: str
    connection_id: str
    attempts: int
    created_at: int
    changed_at: int


def of_row(row: sa.Row[Any], patience: Patience) -> Write:
    """Return a write from its row in the ledger."""
    evidence = data(row.evidence)
    return Write(
        id=row.op_key,
        epoch=row.epoch,
        state=row.state,
        api=row.api,
        function=row.function,
        object_name=row.object_name or "",
        words=EFFECT_WORDS[EffectState(row.state)],
        next=outlook.of_write(row, patience),
        error=evidence.get("error") or {},
        request=shown(_without_keys(row.payload) if row.api == web_steps.API else row.payload),
        reply=shown(evidence.get("reply")),
        key=row.key or "",
        record=row.external_id or "",
        control_id=row.control_id,
        connection_id=row.connection_id,
        attempts=row.attempts,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def data(text: str | None) -> dict[str, Any]:
    """Return a kept object, secrets masked in its texts; empty for anything else."""
    found = _masked(from_json(text)) if text else {}
    return found if isinstance(found, dict) else {}


def _without_keys(payload: str) -> str:
    """Return the request of a web step with what may be a key of it masked, by its name."""
    request = from_json(payload)
    if not isinstance(request, dict):
        return payload
    headers = {
        name: MASK if _KEY_NAME.search(name) else value
        for name, value in request.get("headers", {}).items()
    }
    url = _KEY_IN_ADDRESS.sub(rf"\1{MASK}", request.get("url", ""))
    return to_json({**request, "headers": headers, "url": url})


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {name: _masked(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return value


def shown(text: str | None) -> str:
    """Return a kept text as a page may show it: secrets masked, and not without end."""
    masked = scrub(text or "")
    if len(masked) <= LONGEST_TEXT:
        return masked
    return f"{masked[:LONGEST_TEXT]} … and {len(masked) - LONGEST_TEXT:,} more characters"

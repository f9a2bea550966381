"""Rows of the ledger as a sync reads them: what is known of a write, and the write itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa

from connector.intacct.dialects.rest_message import REST, Message
from connector.intacct.operation import Frozen, Operation, Verb
from connector.intacct.ports import EffectState
from connector.store.json_text import from_json
from connector.store.tables import effect

MOST_AT_ONCE = 500  # names in one statement; SQLite takes 32,766 values


@dataclass(frozen=True)
class Known:
    """What the ledger holds of one row."""

    op_key: str
    control_id: str
    state: EffectState
    payload: str
    function: str
    key: str
    external_id: str
    error: Mapping[str, Any] | None


_COLUMNS = (
    effect.c.op_key,
    effect.c.control_id,
    effect.c.state,
    effect.c.payload,
    effect.c.function,
    effect.c.key,
    effect.c.external_id,
    effect.c.evidence,
)


def known(connection: sa.Connection, op_keys: Sequence[str]) -> dict[str, Known]:
    """Return what is there already, by key."""
    found: dict[str, Known] = {}
    for start in range(0, len(op_keys), MOST_AT_ONCE):
        some = op_keys[start : start + MOST_AT_ONCE]
        query = sa.select(*_COLUMNS).where(effect.c.op_key.in_(some))
        found |= {row.op_key: _read(row) for row in connection.execute(query).all()}
    return found


def as_made(values: Mapping[str, Any]) -> Known:
    """Return what is known of a row that was just inserted with these values."""
    return Known(
        op_key=values["op_key"],
        control_id=values["control_id"],
        state=values["state"],
        payload=values["payload"],
        function=values["function"],
        key="",
        external_id=values["external_id"],
        error=None,
    )


def _read(row: Any) -> Known:
    evidence = from_json(row.evidence) if row.evidence else {}
    return Known(
        op_key=row.op_key,
        control_id=row.control_id,
        state=EffectState(row.state),
        payload=row.payload,
        function=row.function,
        key=row.key or "",
        external_id=row.external_id or "",
        error=evidence.get("error"),
    )


def operation_of(row: sa.Row[Any]) -> Operation:
    """Return a write as it was planned."""
    is_new = row.function.startswith(("create", "POST "))
    frozen = Frozen(row.api, row.function, row.payload, is_write=True)
    # A change over REST names its record in the address alone.
    key = "" if is_new or row.api != REST else unquote(Message.of(frozen).path.rsplit("/", 1)[1])
    return Operation(
        Verb.CREATE if is_new else Verb.UPDATE,
        row.object_name,
        keys=(key,) if key else (),
        frozen=frozen,
        op_key=row.op_key,
        control_id=row.control_id,
    )

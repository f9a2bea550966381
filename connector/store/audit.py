"""The audit trail: rows that are only ever added, each sealed with the hash of the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, text, true

from connector.store import clock, tables
from connector.store.json_text import to_json

_CHAIN_LOCK = 0x1A_C0_4E_C7  # any number that no other advisory lock of this project uses

# Built once: every verdict has its audit row, and building these takes longer than running them.
_LAST = select(tables.audit.c.seq, tables.audit.c.hash).order_by(tables.audit.c.seq.desc()).limit(1)
_MOMENT, _NEWEST = select(clock.NOW.label("at")).subquery(), _LAST.subquery()
_BEFORE = select(_MOMENT.c.at, _NEWEST.c.seq, _NEWEST.c.hash).join_from(
    _MOMENT, _NEWEST, true(), isouter=True
)
_ADD = insert(tables.audit)


@dataclass(frozen=True)
class Entry:
    """Who did what to which thing; never holds a secret.

    Args:
        actor: A user, an API key, a workflow with its version, or ``system``.
        action: What was done, such as ``connection.add``.
        object: The thing, such as ``connection/6f1c...``.
        before: What it was, as a JSON document.
        after: What it became, as a JSON document.
        external_ref: The record in Intacct, if one is meant.
    """

    actor: str
    action: str
    object: str
    before: Any = None
    after: Any = None
    external_ref: str | None = None
    run_id: str | None = None
    op_key: str | None = None
    ip: str | None = None


def append(connection: Connection, entry: Entry) -> int:
    """Add one row to the chain inside the caller's transaction and return its number."""
    return append_many(connection, (entry,))


def append_many(connection: Connection, entries: Sequence[Entry]) -> int:
    """Add rows to the chain, in this order, and return the number of the last.

    They share a moment and a look at the row before; each is sealed as if it came alone.
    """
    if connection.dialect.name == "postgresql":
        # One at a time until commit: two rows must not name the same predecessor.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    before = connection.execute(_BEFORE).one()
    newest_seq, last_hash = int(before.seq or 0), before.hash or ""
    rows: list[dict[str, Any]] = []
    for seq, entry in enumerate(entries, newest_seq + 1):
        row = _row(entry, seq, before.at, last_hash)
        last_hash = row["hash"] = _seal(row)
        rows.append(row)
    if rows:
        connection.execute(_ADD, rows)
    return newest_seq + len(rows)


def _row(entry: Entry, number: int, at: int, last_hash: str) -> dict[str, Any]:
    return {
        "tenant": tables.TENANT,
        "seq": number,
        "at": at,
        "actor": entry.actor,
        "action": entry.action,
        "object": entry.object,
        "before": None if entry.before is None else to_json(entry.before),
        "after": None if entry.after is None else to_json(entry.after),
        "external_ref": entry.external_ref,
        "run_id": entry.run_id,
        "op_key": entry.op_key,
        "ip": entry.ip,
        "prev_hash": last_hash,
    }


def verify(connection: Connection) -> int | None:
    """Return the number of the first row that is missing or not what it was, else None.

    A chain that was cut off at its end is still whole: compare its last number with a copy.
    """
    rows = connection.execute(
        select(tables.audit).order_by(tables.audit.c.seq).execution_options(yield_per=500)
    ).mappings()
    expected, last_hash = 1, ""
    for found in rows:
        row: dict[str, Any] = {str(name): value for name, value in found.items()}
        if row["seq"] != expected:
            return expected
        if row["prev_hash"] != last_hash or row["hash"] != _seal(row):
            return expected
        expected, last_hash = expected + 1, row["hash"]
    return None


def newest(connection: Connection) -> tuple[int, str] | None:
    """Return the number and the seal of the last row, None where there is none."""
    row = connection.execute(_LAST).one_or_none()
    return None if row is None else (int(row.seq), str(row.hash))


def _seal(row: dict[str, Any]) -> str:
    content = {name: value for name, value in row.items() if name != "hash"}
    return hashlib.sha256(to_json(content).encode()).hexdigest()

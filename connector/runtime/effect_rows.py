"""What the ledger of effects and its settling both do with a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from connector.intacct.operation import Aim, Identity
from connector.runtime import telling
from connector.store import audit
from connector.store.json_text import from_json, to_json
from connector.store.tables import effect

_PARTIES = ("customerId", "vendorId", "employeeId")
# What the audit trail tells of an effect; the payload stays where it is.
AUDITED = (
    effect.c.op_key,
    effect.c.state,
    effect.c.object_name,
    effect.c.function,
    effect.c.payload_hash,
    effect.c.key,
    effect.c.run_id,
)
_BY_KEY = sa.select(effect).where(effect.c.op_key == sa.bindparam("wanted"))


def identity_to_json(identity: Identity | None) -> str | None:
    """Return an identity as the ledger keeps it."""
    if identity is None:
        return None
    return to_json(
        {"match": dict(identity.match), "agree": dict(identity.agree), "aim": identity.aim}
    )


def identity_from_json(text: str | None) -> Identity | None:
    """Return an identity as the ledger kept it."""
    if not text:
        return None
    parts = from_json(text)
    return Identity(parts["match"], parts["agree"], Aim(parts.get("aim", Aim.CREATED)))


def party_of(identity: Identity | None) -> str:
    """Return whose record a write makes, such as a customer's id; empty where it does not say."""
    if identity is None:
        return ""
    known = {**identity.agree, **identity.match}
    return next((str(known[name]) for name in _PARTIES if known.get(name)), "")


def audit_effect(connection: sa.Connection, op_key: str, actor: str) -> None:
    """Write the audit row of an effect's new state, in the same transaction."""
    audit_row(connection, existing_row(connection, op_key), actor)


def audit_row(connection: sa.Connection, row: sa.Row[Any], actor: str) -> None:
    """Write the audit row of an effect that has just become what this row says."""
    audit_rows(connection, (row,), actor)


def audit_rows(connection: sa.Connection, rows: Sequence[sa.Row[Any]], actor: str) -> None:
    """Write the audit rows of effects that have just become what these rows say; tell of them."""
    entries = [
        audit.Entry(
            actor=actor,
            action=f"effect.{row.state}",
            object=f"{row.object_name or row.function}",
            after={"function": row.function, "payloadHash": row.payload_hash},
            external_ref=row.key or None,
            run_id=row.run_id,
            op_key=row.op_key,
        )
        for row in rows
    ]
    audit.append_many(connection, entries)
    telling.tell_writes(connection, rows)


def existing_row(connection: sa.Connection, op_key: str) -> sa.Row[Any]:
    """Return the row of an effect that was planned."""
    return connection.execute(_BY_KEY, {"wanted": op_key}).one()

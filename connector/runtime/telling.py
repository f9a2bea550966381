"""Which of the things that happen to runs, writes and approvals are told to subscribers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.ports import EffectState
from connector.runtime import runs
from connector.store import outbox
from connector.store.json_text import from_json
from connector.store.outbox import Happening
from connector.store.tables import connection as connections
from connector.store.tables import run

# What was skipped, or done by an earlier run, is no news to anybody.
TOLD_ENDS = (runs.SUCCEEDED, runs.PARTIAL, runs.FAILED, runs.PARKED, runs.CANCELLED)
_TOLD_VERDICTS = (EffectState.SUCCEEDED, EffectState.UNCERTAIN, EffectState.PARKED)
_CHANGES: Mapping[str, tuple[str, ...]] = {
    "created": ("create", "POST /objects/"),
    "updated": ("update", "PATCH "),
    "deleted": ("delete", "DELETE "),
}
_WORKFLOW_OF = sa.select(run.c.workflow_id).where(run.c.id == sa.bindparam("wanted"))
_ONCE_OF = sa.select(run.c.once).where(run.c.id == sa.bindparam("wanted"))
_CONNECTION_OF = sa.select(connections.c.name).where(connections.c.id == sa.bindparam("wanted"))


def tell_end(
    connection: sa.Connection, row: sa.Row[Any], state: str, error: Mapping[str, Any] | None
) -> None:
    """Tell how a run ended; runs inside another one are part of that one's end.

    Args:
        connection: In the transaction that ends it.
        row: The run.
        state: Its new state; those that are not in ``TOLD_ENDS`` are not told.
        error: What people read about it.
    """
    if state not in TOLD_ENDS or row.parent_id:
        return

    def put_together() -> Happening:
        once = connection.execute(_ONCE_OF, {"wanted": row.id}).scalar_one_or_none()
        said = {"once": once, "error": error}
        data = {"state": state, **{name: value for name, value in said.items() if value}}
        return Happening(f"run.{state}", f"runs/{row.id}", data, row.workflow_id, row.id)

    outbox.tell(connection, put_together)


def tell_writes(connection: sa.Connection, rows: Iterable[sa.Row[Any]], state: str = "") -> None:
    """Tell what became of writes, in the transaction that says so.

    Args:
        connection: In that transaction.
        rows: The effects as they are now.
        state: What they are, where the rows were read before.
    """
    told = [(row, kind) for row in rows if (kind := _kind_of(row, state or row.state))]
    found = outbox.listeners(connection) if told else []
    if not found:
        return
    for row, kind in told:
        outbox.tell_those(connection, _about(connection, row, kind), found)


def tell_approval(
    connection: sa.Connection, approval_id: str, row: sa.Row[Any], asked: Mapping[str, Any]
) -> None:
    """Tell that a run asks for an approval.

    Args:
        connection: In the transaction that asks.
        approval_id: The approval.
        row: The run.
        asked: What more there is to say.
    """
    kind, subject = "approval.requested", f"approvals/{approval_id}"
    outbox.tell(connection, lambda: Happening(kind, subject, asked, row.workflow_id, row.id))


def _kind_of(row: sa.Row[Any], state: str) -> str:
    if state not in _TOLD_VERDICTS:
        return ""
    if state != EffectState.SUCCEEDED:
        return f"effect.{state}"
    found = (change for change, starts in _CHANGES.items() if row.function.startswith(starts))
    return f"{row.object_name}.{next(found, 'changed')}" if row.object_name else ""


def _about(connection: sa.Connection, row: sa.Row[Any], kind: str) -> Happening:
    schema = ObjectSchema.find(row.object_name) if row.object_name else None
    href = schema.href(row.key or "") if schema else ""
    evidence = from_json(row.evidence) if row.evidence else {}
    wanted = {"wanted": row.connection_id}
    said = {
        "connection": connection.execute(_CONNECTION_OF, wanted).scalar_one_or_none(),
        "object": row.object_name,
        "key": row.key,
        "id": row.external_id,
        "href": href,
        "function": row.function,
        "step": row.step_path,
        "effect": row.op_key,
        "error": evidence.get("error"),
    }
    data = {name: value for name, value in said.items() if value}
    subject = href.lstrip("/") or f"effects/{row.op_key}"
    workflow_id = connection.execute(_WORKFLOW_OF, {"wanted": row.run_id}).scalar_one_or_none()
    return Happening(kind, subject, data, workflow_id, row.run_id)

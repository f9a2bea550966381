"""Our own events, kept in the transaction of the change they tell, for those who subscribed.

Where nobody subscribed nothing is kept: what nobody asked for costs one look into an empty table.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.store import clock, tables
from connector.store.json_text import from_json, to_json

ACTIVE = "active"
WAITING = "waiting"

# Built once, since every end of a run passes here and building one takes longer than running it.
_ACTIVE: sa.Select[Any] = sa.select(
    tables.subscriber.c.id, tables.subscriber.c.types, tables.subscriber.c.workflows
).where(tables.subscriber.c.state == ACTIVE)
_NAME = sa.select(tables.workflow.c.name).where(tables.workflow.c.id == sa.bindparam("wanted"))
_KEEP = (
    tables.outbound_event.insert().values(at=clock.NOW).returning(tables.outbound_event.c.number)
)
_OWE = tables.outbound_delivery.insert().values(due_at=clock.NOW)


@dataclass(frozen=True)
class Happening:
    """Something that others may want to know.

    Args:
        type: Such as ``run.failed``; parts of letters, digits and ``_`` with points between.
        subject: What it happened to, such as ``runs/6f1c...``.
        data: What more there is to say; JSON values without secrets.
        workflow_id: In which workflow, if it was in one.
        run_id: In which run, if it was in one.
    """

    type: str
    subject: str
    data: Mapping[str, Any]
    workflow_id: str | None = None
    run_id: str | None = None


@dataclass(frozen=True)
class Listener:
    """A subscriber with its filters; one that names nothing lets everything through.

    Args:
        id: Who.
        types: Such as ``run.failed``; a ``*`` stands for any one part, as in ``invoice.*``.
        workflows: Ids. What happens outside workflows passes only where none is named.
    """

    id: str
    types: Sequence[str]
    workflows: Sequence[str]

    def wants(self, happening: Happening) -> bool:
        """Say whether the filters let an event through."""
        if self.workflows and happening.workflow_id not in self.workflows:
            return False
        parts = happening.type.split(".")
        return not self.types or any(_fits(parts, one.split(".")) for one in self.types)


def listeners(connection: sa.Connection) -> list[Listener]:
    """Return everybody who is told of anything."""
    return [
        Listener(row.id, from_json(row.types), from_json(row.workflows))
        for row in connection.execute(_ACTIVE)
    ]


def tell(connection: sa.Connection, work: Callable[[], Happening]) -> None:
    """Owe an event to everybody who subscribed to it, in the caller's transaction.

    Args:
        connection: In the transaction of the change; where that is taken back, so is the event.
        work: Puts the event together; called only where anybody listens.
    """
    found = listeners(connection)
    if found:
        tell_those(connection, work(), found)


def tell_those(
    connection: sa.Connection, happening: Happening, among: Iterable[Listener]
) -> list[str]:
    """Owe an event to those of the listeners whom it concerns; return who they are."""
    wanting = [listener.id for listener in among if listener.wants(happening)]
    if wanting:
        number = _kept(connection, happening)
        owed = [{"event_number": number, "subscriber_id": one} for one in wanting]
        connection.execute(_OWE, owed)
    return wanting


def _kept(connection: sa.Connection, happening: Happening) -> int:
    around = {
        "workflow": _workflow_name(connection, happening.workflow_id),
        "workflowId": happening.workflow_id,
        "run": happening.run_id,
    }
    data = {**happening.data, **{name: value for name, value in around.items() if value}}
    values = {
        "id": f"evt_{uuid.uuid4().hex}",
        "type": happening.type,
        "subject": happening.subject,
        "data": to_json(data),
        "run_id": happening.run_id,
    }
    return int(connection.execute(_KEEP, values).scalar_one())


def _fits(parts: list[str], wanted: list[str]) -> bool:
    pairs = zip(parts, wanted, strict=False)
    return len(parts) == len(wanted) and all(one in ("*", part) for part, one in pairs)


def _workflow_name(connection: sa.Connection, workflow_id: str | None) -> str:
    if workflow_id is None:
        return ""
    return str(connection.execute(_NAME, {"wanted": workflow_id}).scalar_one_or_none() or "")

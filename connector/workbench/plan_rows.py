"""Plans as they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError, NotFound
from connector.runtime.services import Services
from connector.store import audit, clock
from connector.store.json_text import from_json
from connector.store.tables import plan, workflow

PROPOSED = "proposed"
APPROVED = "approved"
EXECUTED = "executed"
EXPIRED = "expired"


@dataclass(frozen=True)
class Plan:
    """A plan as people see it.

    Args:
        id: Its id.
        workflow: The workflow's name.
        version: The version that was rehearsed.
        state: ``proposed``, ``approved``, ``executed`` or ``expired``.
        hash: What is approved.
        author: Who rehearsed.
        excluded: Who may not approve.
        approver: Who approved; empty for nobody yet.
        run_id: The run it allows, and has started once it is executed.
        created_at: In milliseconds since 1970.
        expires_at: Likewise; after that it is neither approved nor executed.
        event: What the run would be about.
        rehearsal: What was shown, as ``Rehearsal.to_document`` renders it.
    """

    id: str
    workflow: str
    version: int
    state: str
    hash: str
    author: str
    excluded: tuple[str, ...]
    approver: str
    run_id: str
    created_at: int
    expires_at: int
    event: Mapping[str, Any]
    rehearsal: Mapping[str, Any]

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON data."""
        same = ("id", "workflow", "version", "state", "hash", "author", "approver")
        return {
            **{name: getattr(self, name) for name in same},
            "mayNotApprove": list(self.excluded),
            "run": self.run_id if self.state == EXECUTED else "",
            "createdAt": self.created_at,
            "expiresAt": self.expires_at,
            "event": dict(self.event),
            "rehearsal": dict(self.rehearsal),
        }


def one(services: Services, plan_id: str) -> Plan:
    """Return a plan.

    Raises:
        NotFound: There is none of that id.
    """
    found = services.database.read(lambda c: _views(c, plan.c.id == plan_id, 1))
    if not found:
        raise NotFound(
            f"There is no plan {plan_id}.", advice="'intacct workflow plans' lists them."
        )
    return found[0]


def listed(services: Services, limit: int = 50) -> list[Plan]:
    """Return the newest plans, the newest first."""
    return services.database.read(lambda c: _views(c, sa.true(), limit))


def _views(connection: sa.Connection, which: sa.ColumnElement[bool], limit: int) -> list[Plan]:
    joined = sa.select(plan, workflow.c.name).join(workflow, workflow.c.id == plan.c.workflow_id)
    rows = connection.execute(joined.where(which).order_by(plan.c.created_at.desc()).limit(limit))
    now = clock.now_ms(connection)
    return [_view(row, now) for row in rows]


def _view(row: sa.Row[Any], now: int) -> Plan:
    is_over = row.state != EXECUTED and row.expires_at <= now
    same = ("id", "version", "hash", "author", "approver", "run_id", "created_at", "expires_at")
    return Plan(
        **{name: getattr(row, name) for name in same},
        workflow=row.name,
        state=EXPIRED if is_over else row.state,
        excluded=tuple(from_json(row.excluded)),
        event=from_json(row.event),
        rehearsal=from_json(row.rehearsal),
    )


def note(
    connection: sa.Connection,
    actor: str,
    action: str,
    plan_id: str,
    hash_: str,
    run_id: str | None = None,
) -> None:
    """Add to the audit trail what was done with a plan."""
    entry = audit.Entry(
        actor=actor, action=action, object=f"plan/{plan_id}", after={"hash": hash_}, run_id=run_id
    )
    audit.append(connection, entry)


def locked(connection: sa.Connection, plan_id: str) -> tuple[sa.Row[Any], int]:
    """Return a plan that nobody else changes until the transaction ends, and the time.

    Raises:
        NotFound: There is none of that id.
    """
    wanted = sa.select(plan).where(plan.c.id == plan_id).with_for_update()
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise NotFound(
            f"There is no plan {plan_id}.", advice="'intacct workflow plans' lists them."
        )
    return row, clock.now_ms(connection)


def check_state(row: sa.Row[Any], now: int, wanted: str) -> None:
    """Refuse a plan that is in another state than the one wanted.

    Raises:
        InputError: It says what the plan is instead.
    """
    if row.state == EXECUTED:
        raise InputError(
            "This plan has been executed already.",
            advice=f"Look at the run {row.run_id}.",
            field="plan",
        )
    if row.expires_at <= now:
        raise InputError("This plan has expired.", advice="Rehearse the event again.", field="plan")
    if row.state != wanted:
        is_open = row.state == PROPOSED
        title = (
            "Nobody has approved this plan yet." if is_open else "This plan is approved already."
        )
        raise InputError(title, field="plan")

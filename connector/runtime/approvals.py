"""Approvals: what is asked for is frozen, and somebody else than its author says yes or no."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError, NotFound
from connector.runtime import runs
from connector.runtime.bells import ADVANCE_RUN, EFFECTS
from connector.runtime.services import Services
from connector.store import audit, clock
from connector.store.json_text import from_json
from connector.store.tables import approval, approval_vote, run, workflow

PENDING = "pending"
APPROVED = "approved"
REFUSED = "refused"
EXPIRED = "expired"
VOID = "void"

_LONGEST_REASON = 1000


@dataclass(frozen=True)
class ApprovalView:
    """An approval as people see it."""

    id: str
    state: str
    title: str
    workflow: str
    run_id: str
    step: str
    shown: Any
    fingerprint: str
    needed: int
    excluded: list[str]
    votes: list[dict[str, Any]]
    requested_at: int
    expires_at: int


def listed(
    connection: sa.Connection,
    state: str = PENDING,
    limit: int = 100,
    *,
    newest_first: bool = False,
) -> list[ApprovalView]:
    """Return approvals in a state, those that were asked for first at the top, or at the end."""
    order = approval.c.requested_at.desc() if newest_first else approval.c.requested_at
    found = _joined().where(approval.c.state == state).order_by(order)
    return [_view(connection, row) for row in connection.execute(found.limit(limit)).all()]


def one(connection: sa.Connection, approval_id: str) -> ApprovalView:
    """Return one approval.

    Raises:
        NotFound: There is none of that id.
    """
    row = connection.execute(_joined().where(approval.c.id == approval_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no approval {approval_id}.")
    return _view(connection, row)


def decide(
    services: Services,
    approval_id: str,
    *,
    approver: str,
    is_approved: bool,
    reason: str = "",
    fingerprint: str = "",
) -> str:
    """Record one person's decision and return the approval's state after it.

    Args:
        services: What the process holds open.
        approval_id: Which one.
        approver: Who decides.
        is_approved: Yes or no.
        reason: Why, shown with the run.
        fingerprint: What the approver has seen; where it is given it must still be asked for.

    Raises:
        NotFound: There is no such approval.
        InputError: It is decided, expired, or not this person's to decide.
    """
    decision = APPROVED if is_approved else REFUSED

    def write(connection: sa.Connection) -> sa.Row[Any]:
        now = clock.now_ms(connection)
        row = _locked(connection, approval_id)
        _check_may_decide(connection, row, approver, fingerprint, now)
        vote = {
            "approval_id": approval_id,
            "approver": approver,
            "decision": decision,
            "reason": reason[:_LONGEST_REASON],
            "at": now,
        }
        connection.execute(approval_vote.insert().values(**vote))
        note(connection, approval_id, approver, f"approval.{decision}", row)
        approvals = sum(v.decision == APPROVED for v in votes_of(connection, approval_id))
        if decision == REFUSED or approvals >= row.needed:
            row = change(connection, approval_id, decision, now)
            due = run.update().where(run.c.id == row.run_id, run.c.state == runs.WAITING)
            connection.execute(due.values(not_before=now))
        return row

    row = services.database.write(write)
    if row.state != PENDING:
        services.bells.ring(ADVANCE_RUN, row.run_id, EFFECTS)
    return str(row.state)


def _locked(connection: sa.Connection, approval_id: str) -> sa.Row[Any]:
    """Return the approval, its run and itself locked in the order that workers lock them."""
    mine = approval.c.id == approval_id
    owner = sa.select(run.c.id).where(
        run.c.id == sa.select(approval.c.run_id).where(mine).scalar_subquery()
    )
    if connection.execute(owner.with_for_update()).first() is None:
        raise NotFound(f"There is no approval {approval_id}.")
    return connection.execute(sa.select(approval).where(mine).with_for_update()).one()


def _check_may_decide(
    connection: sa.Connection, row: sa.Row[Any], approver: str, fingerprint: str, now: int
) -> None:
    if row.state != PENDING:
        raise InputError(f"This approval is {row.state} already.", field="approval")
    if row.expires_at <= now:
        raise InputError("This approval has expired.", field="approval")
    if fingerprint and fingerprint != row.fingerprint:
        raise InputError(
            "What is asked for has changed since you looked.",
            advice="Look again.",
            field="approval",
        )
    run_row = connection.execute(sa.select(run.c.state).where(run.c.id == row.run_id)).one()
    if run_row.state not in (runs.WAITING, runs.RUNNING):
        raise InputError(f"The run that asks for it is {run_row.state}.", field="approval")
    name = approver.strip().casefold()
    if not name or name in {other.strip().casefold() for other in from_json(row.excluded)}:
        raise InputError(
            "Whoever wrote the workflow or started the run cannot approve it.",
            advice="Ask somebody else.",
            field="approver",
        )
    if name in {vote.approver.strip().casefold() for vote in votes_of(connection, row.id)}:
        raise InputError(f"{approver} has decided already.", field="approver")


def votes_of(connection: sa.Connection, approval_id: str) -> list[sa.Row[Any]]:
    """Return the decisions of people, in their order."""
    found = sa.select(approval_vote).where(approval_vote.c.approval_id == approval_id)
    return list(connection.execute(found.order_by(approval_vote.c.at)))


def row_of(connection: sa.Connection, approval_id: str) -> sa.Row[Any]:
    """Return an approval that is there."""
    return connection.execute(sa.select(approval).where(approval.c.id == approval_id)).one()


def change(connection: sa.Connection, approval_id: str, state: str, now: int) -> sa.Row[Any]:
    """Put an approval into its last state and return it."""
    mine = approval.update().where(approval.c.id == approval_id)
    connection.execute(mine.values(state=state, decided_at=now))
    return row_of(connection, approval_id)


def note(connection: sa.Connection, approval_id: str, actor: str, action: str, about: Any) -> None:
    """Write the audit row of what was asked for or decided."""
    entry = audit.Entry(
        actor=actor,
        action=action,
        object=f"approval/{approval_id}",
        after={"title": about.title, "fingerprint": about.fingerprint, "needed": about.needed},
        run_id=getattr(about, "run_id", None),
    )
    audit.append(connection, entry)


def _joined() -> sa.Select[Any]:
    return (
        sa.select(approval, workflow.c.name.label("workflow_name"))
        .join(run, run.c.id == approval.c.run_id)
        .join(workflow, workflow.c.id == run.c.workflow_id)
    )


def _view(connection: sa.Connection, row: sa.Row[Any]) -> ApprovalView:
    votes = [
        {"approver": v.approver, "decision": v.decision, "reason": v.reason, "at": v.at}
        for v in votes_of(connection, row.id)
    ]
    same = ("id", "state", "title", "run_id", "fingerprint", "needed")
    return ApprovalView(
        **{name: getattr(row, name) for name in same},
        workflow=row.workflow_name,
        step=row.path,
        shown=from_json(row.document),
        excluded=from_json(row.excluded),
        votes=votes,
        requested_at=row.requested_at,
        expires_at=row.expires_at,
    )


def as_document(view: ApprovalView) -> dict[str, Any]:
    """Return an approval as JSON data."""
    return dataclasses.asdict(view)

"""Asks for approvals on behalf of runs, and hears what became of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import ConnectorError
from connector.runtime import runs, telling
from connector.runtime.approvals import (
    APPROVED,
    EXPIRED,
    PENDING,
    REFUSED,
    VOID,
    change,
    note,
    row_of,
    votes_of,
)
from connector.runtime.outcomes import waiting
from connector.runtime.runs import Claim
from connector.store import clock
from connector.store.database import Database
from connector.store.json_text import to_json
from connector.store.tables import approval
from connector.workflow.engine import ApprovalRequest
from connector.workflow.steps import Step


@dataclass(frozen=True)
class Asker:
    """Asks for the approval of one step of one run.

    Args:
        database: Where approvals are kept.
        claim: The run.
        workflow: What the workflow is called.
        step: The approval step.
    """

    database: Database
    claim: Claim
    workflow: str
    step: Step

    def ask(self, request: ApprovalRequest, author: str, *, is_anew: bool) -> list[str]:
        """Return who approved exactly this.

        Args:
            request: What is asked for.
            author: Who published the workflow; never an approver.
            is_anew: The run is retried after a refusal, so it is asked for once more.

        Raises:
            Ended: Nobody has decided yet; the run waits.
            ConnectorError: It was refused, or nobody decided in time.
        """
        row, now = self.database.write(lambda c: self._current(c, request, author, is_anew=is_anew))
        if row.state == PENDING:
            title = f"'{request.title}' waits for approval."
            raise waiting(
                title,
                row.expires_at - now,
                "'intacct approvals list' shows it.",
                still=lambda c: row_of(c, row.id).state == PENDING,
            )
        votes = self.database.read(lambda c: votes_of(c, row.id))
        if row.state == APPROVED:
            return [vote.approver for vote in votes]
        if row.state == EXPIRED:
            raise ConnectorError(
                f"Nobody approved '{request.title}' in time.",
                advice="Retry the run: the approval is then asked for anew.",
            )
        refusal = next(vote for vote in votes if vote.decision == REFUSED)
        reason = f": {refusal.reason}" if refusal.reason else "."
        raise ConnectorError(
            f"{refusal.approver} refused '{request.title}'{reason}",
            advice="Settle it with whoever refused; retry the run to ask anew.",
        )

    def _current(
        self, connection: sa.Connection, request: ApprovalRequest, author: str, *, is_anew: bool
    ) -> tuple[sa.Row[Any], int]:
        runs.check(connection, self.claim)
        now = clock.now_ms(connection)
        mine = (approval.c.run_id == self.claim.run_id) & (approval.c.path == self.step.id)
        newest = sa.select(approval).where(mine).order_by(approval.c.requested_at.desc())
        row = connection.execute(newest.limit(1).with_for_update()).one_or_none()
        if row is not None and row.state == PENDING and row.expires_at <= now:
            row = change(connection, row.id, EXPIRED, now)
        if row is not None and row.fingerprint != request.fingerprint and row.state != VOID:
            # What was decided, was decided about something else.
            row = change(connection, row.id, VOID, now)
        if row is None or row.state == VOID or (is_anew and row.state in (REFUSED, EXPIRED)):
            row = self._insert(connection, request, author, now)
        return row, now

    def _insert(
        self, connection: sa.Connection, request: ApprovalRequest, author: str, now: int
    ) -> sa.Row[Any]:
        excluded = sorted({author, self.claim.row.started_by or ""} - {""})
        parts = {"payload": request.payload, "covers": request.covered, "amount": request.amount}
        approval_id = str(uuid.uuid4())
        values = {
            "id": approval_id,
            "run_id": self.claim.run_id,
            "path": self.step.id,
            "state": PENDING,
            "title": request.title,
            "document": to_json(parts),
            "fingerprint": request.fingerprint,
            "needed": request.needed,
            "excluded": to_json(excluded),
            "requested_at": now,
            "expires_at": now + request.expires_ms,
        }
        connection.execute(approval.insert().values(**values))
        note(connection, approval_id, f"workflow/{self.workflow}", "approval.request", request)
        asked = {"title": request.title, "step": self.step.id, "approval": approval_id}
        telling.tell_approval(connection, approval_id, self.claim.row, asked)
        return row_of(connection, approval_id)

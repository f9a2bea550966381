"""From an intent to its row in the ledger: found, or made, or reopened, or taken over."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.intacct.operation import Operation
from connector.intacct.ports import EffectState
from connector.runtime import reconcile_first, runs
from connector.runtime.effect_rows import existing_row, identity_to_json, party_of
from connector.runtime.intents import Intent, Patience, control_id
from connector.store import audit
from connector.store.insert import insert_returning
from connector.store.tables import effect, run


@dataclass(frozen=True)
class Planner:
    """Plans the writes of one step; see ``SqlEffects`` for the arguments."""

    intent: Intent
    patience: Patience
    actor: str
    run_id: str | None
    step_path: str | None

    def plan(self, connection: sa.Connection, operation: Operation) -> sa.Row[Any]:
        """Return the effect's row, planned now or long ago."""
        now, restored_at = reconcile_first.moment(connection)
        row, is_new = self._inserted(connection, operation, self.intent, now)
        if not is_new:
            if row.generation and row.base_key is None:
                again = self.intent.in_generation(row.generation)
                row, is_new = self._inserted(connection, operation, again, now, row.op_key)
            row = row if is_new else self._revised(connection, operation, row, now)
        if restored_at is not None and reconcile_first.is_due(row, restored_at):
            patience_ms = self.patience.settle_after_ms
            values = reconcile_first.held_values(now, restored_at, patience_ms)
            row = _change(connection, row, {**values, "changed_at": now})
        return row

    def _inserted(
        self,
        connection: sa.Connection,
        operation: Operation,
        intent: Intent,
        now: int,
        base_key: str | None = None,
    ) -> tuple[sa.Row[Any], bool]:
        op_key = intent.op_key(operation.call)
        first = {
            "op_key": op_key,
            "control_id": control_id(op_key, 0),
            "state": EffectState.PLANNED,
            "generation": intent.generation,
            "base_key": base_key,
            "created_at": now,
            **self._content(operation, now),
        }
        made = insert_returning(connection, effect, first, *effect.c)
        return (made, True) if made is not None else (existing_row(connection, op_key), False)

    def _revised(
        self, connection: sa.Connection, operation: Operation, row: sa.Row[Any], now: int
    ) -> sa.Row[Any]:
        """Return the row, with this operation's content where the earlier one is out of play."""
        if row.state == EffectState.REFUSED:
            # A definite no: the id may be burnt, and a corrected request is another attempt.
            return self._with_content(connection, operation, row, now)
        content = operation.frozen.payload if operation.frozen else ""
        if row.state == EffectState.PLANNED and row.payload != content:
            return self._taken_over(connection, operation, row, now)
        return row

    def _taken_over(
        self, connection: sa.Connection, operation: Operation, row: sa.Row[Any], now: int
    ) -> sa.Row[Any]:
        """Take a write that was never sent over from a run that gave up."""
        if not _has_given_up(connection, row):
            return row
        taken = self._with_content(connection, operation, row, now)
        if taken.epoch == row.epoch + 1:
            entry = audit.Entry(
                actor=self.actor,
                action="effect.taken-over",
                object=row.object_name or row.function,
                before={"payloadHash": row.payload_hash, "run": row.run_id},
                after={"payloadHash": taken.payload_hash},
                run_id=self.run_id,
                op_key=row.op_key,
            )
            audit.append(connection, entry)
        return taken

    def _with_content(
        self, connection: sa.Connection, operation: Operation, row: sa.Row[Any], now: int
    ) -> sa.Row[Any]:
        # Under the next control id, so that a worker which still holds the old content cannot
        # send it.
        attempt_class = row.attempt_class + 1
        values = {
            "state": EffectState.PLANNED,
            "attempt_class": attempt_class,
            "control_id": control_id(row.op_key, attempt_class),
            "cleared_at": None,
            **self._content(operation, now),
        }
        return _change(connection, row, values)

    def _content(self, operation: Operation, now: int) -> dict[str, Any]:
        frozen = operation.frozen
        if frozen is None:
            raise ValueError("An effect is planned from frozen bytes.")
        return {
            "connection_id": self.intent.connection_id,
            "call": operation.call,
            "object_name": operation.object_name,
            "api": frozen.api,
            "function": frozen.function,
            "payload": frozen.payload,
            "payload_hash": hashlib.sha256(frozen.payload.encode()).hexdigest(),
            "natural_key": identity_to_json(operation.identity),
            "external_id": operation.external_id,
            "party": party_of(operation.identity),
            "run_id": self.run_id,
            "step_path": self.step_path,
            "changed_at": now,
        }


def _has_given_up(connection: sa.Connection, row: sa.Row[Any]) -> bool:
    """Say whether the run that planned a write has ended."""
    if row.run_id is None:
        return False  # a caller outside workflows may be sending it this very moment
    state = connection.execute(sa.select(run.c.state).where(run.c.id == row.run_id)).scalar()
    return state is not None and state not in (runs.RUNNING, runs.PAUSED, *runs.DUE)


def _change(connection: sa.Connection, row: sa.Row[Any], values: dict[str, Any]) -> sa.Row[Any]:
    """Change the row unless another worker has since; return it as it is now."""
    connection.execute(
        effect.update()
        .where(effect.c.op_key == row.op_key, effect.c.epoch == row.epoch)
        .values(epoch=row.epoch + 1, **values)
    )
    return existing_row(connection, row.op_key)

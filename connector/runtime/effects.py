"""The effect ledger in SQL: one row per intended write, from plan to verdict."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import ConnectorError
from connector.intacct.operation import Operation
from connector.intacct.ports import Effect, EffectState
from connector.runtime.effect_rows import audit_effect, existing_row, identity_to_json
from connector.store import clock
from connector.store.database import Database
from connector.store.insert import insert_once
from connector.store.json_text import from_json, to_json
from connector.store.tables import TENANT, effect

CONTROL_ID_PREFIX = "aic-"


@dataclass(frozen=True)
class Intent:
    """What a write is for; the same intent finds the same row, whatever happened in between.

    Args:
        connection_id: On whose books.
        scope: The workflow's id, or the action's key outside workflows.
        once: The workflow's ``once`` value, else the event's key, else the caller's.
        step: The step's id.
        item: The business key of a loop's item.
        generation: 0, raised only by an explicit "create another".
    """

    connection_id: str
    scope: str
    once: str
    step: str = "-"
    item: str = "-"
    generation: int = 0

    def op_key(self, call: str) -> str:
        """Return the key of the write named ``call`` inside the step."""
        parts = [
            TENANT,
            self.connection_id,
            self.scope,
            self.once,
            self.step,
            call,
            self.item,
            str(self.generation),
        ]
        # JSON keeps the parts apart whatever they hold.
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def control_id(op_key: str, attempt_class: int) -> str:
    """Return the function control id of an effect's present attempt class."""
    text = base64.b32encode(bytes.fromhex(op_key)).decode().rstrip("=")
    return f"{CONTROL_ID_PREFIX}{text[:40]}-{attempt_class}"


@dataclass(frozen=True)
class Patience:
    """When an unanswered write is looked up.

    Args:
        settle_after_ms: How long after its deadline a silent call counts as lost.
        look_up_delays_ms: The pauses before each look-up.
    """

    settle_after_ms: int
    look_up_delays_ms: tuple[int, ...]

    def look_delay_ms(self, looks: int) -> int | None:
        """Return the pause before the next look-up, None when all were done."""
        return self.look_up_delays_ms[looks] if looks < len(self.look_up_delays_ms) else None


class SqlEffects:
    """The ledger of one step; every method commits before it returns.

    Args:
        database: Where the effects are kept.
        intent: What the step's writes are for.
        patience: When an unanswered write is looked up.
        actor: Who writes, for the audit trail.
        run_id: The run whose writes these are, if there is one.
        step_path: The step within it.
        held_epoch: The epoch under which an uncertain effect is held; only then can it be resent.
    """

    def __init__(
        self,
        database: Database,
        intent: Intent,
        patience: Patience,
        *,
        actor: str,
        run_id: str | None = None,
        step_path: str | None = None,
        held_epoch: int | None = None,
    ) -> None:
        self._database = database
        self._intent = intent
        self._patience = patience
        self._actor = actor
        self._run_id = run_id
        self._step_path = step_path
        self._held_epoch = held_epoch

    def plan(self, operation: Operation) -> Effect:
        """Insert the effect of this call or return the one that is there; reopen a refused one."""
        op_key = self._intent.op_key(operation.call)
        return self._database.write(lambda connection: self._plan(connection, op_key, operation))

    def _plan(self, connection: sa.Connection, op_key: str, operation: Operation) -> Effect:
        first = {
            "op_key": op_key,
            "control_id": control_id(op_key, 0),
            "state": EffectState.PLANNED,
            "created_at": clock.now_ms(connection),
            **self._content(connection, operation),
        }
        row = None if insert_once(connection, effect, first) else existing_row(connection, op_key)
        if row is not None and row.state == EffectState.REFUSED:
            # A definite no: the id may be burnt, and a corrected request is another attempt. The
            # epoch tells whether another worker has reopened it, or sent it, since we looked.
            connection.execute(
                effect.update()
                .where(effect.c.op_key == op_key, effect.c.epoch == row.epoch)
                .values(
                    state=EffectState.PLANNED,
                    attempt_class=row.attempt_class + 1,
                    control_id=control_id(op_key, row.attempt_class + 1),
                    epoch=row.epoch + 1,
                    **self._content(connection, operation),
                )
            )
        return self._effect(existing_row(connection, op_key))

    def _content(self, connection: sa.Connection, operation: Operation) -> dict[str, Any]:
        frozen = operation.frozen
        if frozen is None:
            raise ValueError("An effect is planned from frozen bytes.")
        return {
            "connection_id": self._intent.connection_id,
            "call": operation.call,
            "object_name": operation.object_name,
            "api": frozen.api,
            "function": frozen.function,
            "payload": frozen.payload,
            "payload_hash": hashlib.sha256(frozen.payload.encode()).hexdigest(),
            "natural_key": identity_to_json(operation.identity),
            "external_id": operation.external_id,
            "run_id": self._run_id,
            "step_path": self._step_path,
            "changed_at": clock.now_ms(connection),
        }

    def _effect(self, row: sa.Row[Any]) -> Effect:
        evidence = from_json(row.evidence) if row.evidence else {}
        return Effect(
            op_key=row.op_key,
            control_id=row.control_id,
            state=EffectState(row.state),
            payload=row.payload,
            key=row.key or "",
            external_id=row.external_id or "",
            error=evidence.get("error"),
            reply=evidence.get("reply", ""),
            is_own=row.run_id is not None and row.run_id == self._run_id,
        )

    def mark_sending(self, operation: Operation) -> int | None:
        """Move the effect to sending and return its new epoch; None when it is not ours to send."""
        if operation.is_resend:
            # Whoever lost the effect while looking must not send on what it saw then.
            ready = (effect.c.state == EffectState.UNCERTAIN) & (effect.c.epoch == self._held_epoch)
            sender: dict[str, Any] = {"resends": effect.c.resends + 1}
        else:
            # The id changes with the content: bytes planned for an earlier attempt stay here.
            ready = (effect.c.state == EffectState.PLANNED) & (
                effect.c.control_id == operation.control_id
            )
            # Settling wakes the run that sent, which need not be the one that planned.
            sender = {"run_id": self._run_id, "step_path": self._step_path}

        def mark(connection: sa.Connection) -> int | None:
            now = clock.now_ms(connection)
            changed = connection.execute(
                effect.update()
                .where(effect.c.op_key == operation.op_key, ready)
                .values(
                    state=EffectState.SENDING,
                    epoch=effect.c.epoch + 1,
                    attempts=effect.c.attempts + 1,
                    call_deadline=now + int(operation.seconds * 1000),
                    changed_at=now,
                    **sender,
                )
            )
            if changed.rowcount != 1:
                return None
            return int(existing_row(connection, operation.op_key).epoch)

        return self._database.write(mark)

    def succeed(
        self, operation: Operation, epoch: int, key: str, evidence: Mapping[str, Any]
    ) -> None:
        """Record that the record exists, with one audit row."""
        self._judge(operation.op_key, epoch, EffectState.SUCCEEDED, evidence, key=key)

    def refuse(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        """Record that Intacct said no."""
        self._judge(operation.op_key, epoch, EffectState.REFUSED, {"error": error.describe()})

    def put_back(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        """Record that nothing was executed."""
        evidence = {"error": error.describe()}
        self._judge(operation.op_key, epoch, EffectState.PLANNED, evidence)

    def doubt(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        """Record that nobody knows, and when to look first."""
        evidence = {"error": error.describe()}
        self._judge(
            operation.op_key,
            epoch,
            EffectState.UNCERTAIN,
            evidence,
            looks=0,
            look_in_ms=self._patience.look_delay_ms(0),
        )

    def name(self, op_key: str, external_id: str) -> None:
        """Keep the business id that a read-back brought."""
        self._database.write(
            lambda connection: (
                connection.execute(
                    effect.update()
                    .where(effect.c.op_key == op_key)
                    .values(external_id=external_id, changed_at=clock.now_ms(connection))
                ).rowcount
            )
        )

    def _judge(
        self,
        op_key: str,
        epoch: int,
        state: EffectState,
        evidence: Mapping[str, Any],
        *,
        key: str | None = None,
        looks: int | None = None,
        look_in_ms: int | None = None,
    ) -> None:
        def judge(connection: sa.Connection) -> None:
            now = clock.now_ms(connection)
            values: dict[str, Any] = {
                "state": state,
                "evidence": to_json(dict(evidence)),
                "changed_at": now,
                "call_deadline": None,
            }
            if key is not None:
                values["key"] = key
            if looks is not None:
                values |= {"looks": looks, "look_at": now + (look_in_ms or 0)}
            changed = connection.execute(
                effect.update()
                .where(
                    effect.c.op_key == op_key,
                    effect.c.epoch == epoch,
                    effect.c.state == EffectState.SENDING,
                )
                .values(**values)
            )
            if changed.rowcount == 1:
                audit_effect(connection, op_key, self._actor)

        self._database.write(judge)

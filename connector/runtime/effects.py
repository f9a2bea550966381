"""The effect ledger in SQL: one row per intended write, from plan to verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from connector.errors import ConnectorError
from connector.intacct.operation import Operation
from connector.intacct.ports import Effect, EffectLedger, EffectState
from connector.runtime import reconcile_first
from connector.runtime.effect_rows import audit_row
from connector.runtime.intents import Intent, Patience, control_id
from connector.runtime.planning import Planner
from connector.runtime.waking import make_settled_due
from connector.store import clock
from connector.store.database import Database
from connector.store.json_text import from_json, to_json
from connector.store.tables import effect

T = TypeVar("T")
__all__ = ["Intent", "Patience", "SqlEffects", "control_id"]

# Built once, since every write passes here and building one takes longer than running it. What
# else changes is given with the parameters.
_SENDING = (
    effect.update()
    .where(effect.c.op_key == sa.bindparam("of_key"))
    .values(
        epoch=effect.c.epoch + 1,
        attempts=effect.c.attempts + 1,
        call_deadline=clock.NOW + sa.bindparam("call_ms", type_=sa.BigInteger),
        changed_at=clock.NOW,
    )
    .returning(effect.c.epoch)
)
_SEND = _SENDING.where(
    effect.c.state == EffectState.PLANNED,
    effect.c.control_id == sa.bindparam("of_control_id"),
)
_SEND_AGAIN = _SENDING.where(
    effect.c.state == EffectState.UNCERTAIN, effect.c.epoch == sa.bindparam("of_epoch")
).values(resends=effect.c.resends + 1)
_JUDGE = (
    effect.update()
    .where(
        effect.c.op_key == sa.bindparam("of_key"),
        effect.c.epoch == sa.bindparam("of_epoch"),
        effect.c.state == EffectState.SENDING,
    )
    .values(changed_at=clock.NOW, call_deadline=sa.null())
    .returning(effect)
)
_DOUBT = _JUDGE.values(look_at=clock.NOW + sa.bindparam("look_in_ms", type_=sa.BigInteger))


class _Within:
    """A transaction that has begun, in the place of the database."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        return work(self._connection)

    read = write


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
        self._planner = Planner(intent, patience, actor, run_id, step_path)
        self._patience = patience
        self._actor = actor
        self._run_id = run_id
        self._step_path = step_path
        self._held_epoch = held_epoch

    def plan(self, operation: Operation) -> Effect:
        """Insert the effect of this call or return the one that is there; reopen a refused one.

        Raises:
            Uncertain: The ledger is from a restored backup; the write is looked up first.
        """
        row = self._database.write(lambda connection: self._planner.plan(connection, operation))
        is_mine = row.run_id == self._run_id
        if is_mine and row.check_kind == reconcile_first.UNSENT:
            raise reconcile_first.waits_first(row.op_key)
        return self._effect(row)

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
        given = {
            "of_key": operation.op_key,
            "state": EffectState.SENDING,
            "call_ms": int(operation.seconds * 1000),
        }
        if operation.is_resend:
            # Whoever lost the effect while looking must not send on what it saw then.
            statement, given["of_epoch"] = _SEND_AGAIN, self._held_epoch
        else:
            # The id changes with the content: bytes planned for an earlier attempt stay here.
            statement, given["of_control_id"] = _SEND, operation.control_id
            # Settling wakes the run that sent, which need not be the one that planned.
            given |= {"run_id": self._run_id, "step_path": self._step_path}

        def mark(connection: sa.Connection) -> int | None:
            epoch = connection.execute(statement, given).scalar_one_or_none()
            return None if epoch is None else int(epoch)

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

    def find(self, call: str) -> Effect | None:
        """Return the newest effect of this write, None where it was never planned."""
        base = self._planner.intent.op_key(call)
        query = sa.select(effect).where((effect.c.op_key == base) | (effect.c.base_key == base))
        newest = query.order_by(effect.c.generation.desc()).limit(1)
        row = self._database.read(lambda connection: connection.execute(newest).one_or_none())
        return None if row is None else self._effect(row)

    def together(self, work: Callable[[EffectLedger], T]) -> T:
        """Return what ``work`` returns; what it does to the ledger is one commit."""

        def within(connection: sa.Connection) -> T:
            inner = SqlEffects(
                cast("Database", _Within(connection)),
                self._planner.intent,
                self._patience,
                actor=self._actor,
                run_id=self._run_id,
                step_path=self._step_path,
                held_epoch=self._held_epoch,
            )
            return work(inner)

        return self._database.write(within)

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
        given: dict[str, Any] = {
            "of_key": op_key,
            "of_epoch": epoch,
            "state": state,
            "evidence": to_json(dict(evidence)),
        }
        statement = _JUDGE
        if key is not None:
            given["key"] = key
        if looks is not None:
            statement = _DOUBT
            given |= {"looks": looks, "look_in_ms": look_in_ms or 0}

        def judge(connection: sa.Connection) -> None:
            row = connection.execute(statement, given).one_or_none()
            if row is not None:
                audit_row(connection, row, self._actor)
                if self._held_epoch is not None and state is not EffectState.UNCERTAIN:
                    make_settled_due(connection, row.run_id)

        self._database.write(judge)

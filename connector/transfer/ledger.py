"""The effects of many rows at once: planned, marked and judged by the rules of one (engine.md).

One row of a source is one effect, whatever request carries it. Rows that the ledger has not seen
are inserted together; a row that it has is left to the planner of single writes.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from connector.errors import ConnectorError
from connector.intacct.operation import Operation
from connector.intacct.ports import EffectState
from connector.runtime import meter as metering
from connector.runtime import reconcile_first
from connector.runtime.effect_rows import audit_row, identity_to_json
from connector.runtime.intents import Intent, Patience, control_id
from connector.runtime.meter import StepMeter
from connector.runtime.planning import Planner
from connector.store import clock
from connector.store.database import Database
from connector.store.json_text import from_json, to_json
from connector.store.tables import TENANT, effect

ACTOR = "sync"
CALL = "row"
# Judging writes audit rows one by one; meanwhile nobody else's rows can be marked as sent.
_MOST_JUDGED = 250
_MOST_AT_ONCE = 500  # names in one statement; SQLite takes 32,766 values


@dataclass(frozen=True)
class Known:
    """What the ledger holds of one row."""

    op_key: str
    control_id: str
    state: EffectState
    payload: str
    function: str
    key: str
    external_id: str
    error: Mapping[str, Any] | None


@dataclass(frozen=True)
class Verdict:
    """What became of one effect.

    Args:
        op_key: Which.
        epoch: Under which it was marked as being sent.
        state: What it is now.
        key: The record number, once it succeeded.
        evidence: What the ledger keeps of the answer.
    """

    op_key: str
    epoch: int
    state: EffectState
    key: str = ""
    evidence: Mapping[str, Any] | None = None


class RowLedger:
    """The effects of one run of one sync.

    Args:
        database: Where they are kept.
        connection_id: On whose books.
        scope: The definition of the sync.
        run: This run of it; a run that is resumed has the same name.
        patience: When an unanswered row is looked up.
    """

    def __init__(
        self, database: Database, connection_id: str, scope: str, run: str, patience: Patience
    ) -> None:
        self._database = database
        self._connection_id = connection_id
        self._scope = scope
        self.run = run
        self._patience = patience

    def intent(self, item: str) -> Intent:
        """Return what the row of that key is for (the Sync column of engine.md)."""
        return Intent(self._connection_id, self._scope, self.run, item=item)

    def op_key(self, item: str) -> str:
        """Return the key of the row's write."""
        return self.intent(item).op_key(CALL)

    def known(self, op_keys: Sequence[str]) -> dict[str, Known]:
        """Return what is there already, by key."""
        return self._database.read(lambda connection: _known(connection, op_keys))

    def plan(self, operations: Mapping[str, Operation]) -> dict[str, Known]:
        """Insert the effects of these rows, or return those that are there, by key.

        Args:
            operations: Frozen, by the row's key (``item``).
        """
        by_op_key = {self.op_key(item): item for item in operations}

        def plan(connection: sa.Connection) -> dict[str, Known]:
            now, restored_at = reconcile_first.moment(connection)
            seen = _known(connection, list(by_op_key))
            fresh = [] if restored_at is not None else [k for k in by_op_key if k not in seen]
            new = [self._first(k, operations[by_op_key[k]], now) for k in fresh]
            if new:
                dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
                connection.execute(dialect.insert(effect).on_conflict_do_nothing(), new)
            for op_key in by_op_key.keys() - set(fresh):
                item = by_op_key[op_key]
                planner = Planner(self.intent(item), self._patience, ACTOR, self.run, None)
                planner.plan(connection, dataclasses.replace(operations[item], call=CALL))
            return _known(connection, list(by_op_key))

        return self._database.write(plan)

    def _first(self, op_key: str, operation: Operation, now: int) -> dict[str, Any]:
        frozen = operation.frozen
        if frozen is None:
            raise ValueError("An effect is planned from frozen bytes.")
        return {
            "tenant": TENANT,
            "op_key": op_key,
            "control_id": control_id(op_key, 0),
            "state": EffectState.PLANNED,
            "created_at": now,
            "changed_at": now,
            "connection_id": self._connection_id,
            "call": CALL,
            "object_name": operation.object_name,
            "api": frozen.api,
            "function": frozen.function,
            "payload": frozen.payload,
            "payload_hash": hashlib.sha256(frozen.payload.encode()).hexdigest(),
            "natural_key": identity_to_json(operation.identity),
            "external_id": operation.external_id,
            "run_id": self.run,
        }

    def mark_sending(self, planned: Mapping[str, str], seconds: float) -> dict[str, int]:
        """Say durably that the bytes of these rows are about to leave.

        Args:
            planned: Control id by effect, as planned.
            seconds: The deadline of the call.

        Returns:
            The epoch of each that is ours to send; what another has taken is missing.
        """

        def mark(connection: sa.Connection) -> dict[str, int]:
            now = clock.now_ms(connection)
            rows = connection.execute(
                effect.update()
                .where(
                    effect.c.op_key.in_(list(planned)),
                    effect.c.control_id.in_(list(planned.values())),
                    effect.c.state == EffectState.PLANNED,
                )
                .values(
                    state=EffectState.SENDING,
                    epoch=effect.c.epoch + 1,
                    attempts=effect.c.attempts + 1,
                    call_deadline=now + int(seconds * 1000),
                    changed_at=now,
                    run_id=self.run,
                )
                .returning(effect.c.op_key, effect.c.epoch)
            )
            return {row.op_key: int(row.epoch) for row in rows}

        return self._database.write(mark)

    def judge(self, verdicts: Sequence[Verdict], meter: StepMeter) -> None:
        """Record verdicts, an audit row for each, and what the calls cost.

        A verdict from an epoch that is over changes nothing.
        """
        counted = meter.take()
        self._database.write(lambda c: metering.keep(c, self._connection_id, counted))
        for start in range(0, len(verdicts), _MOST_JUDGED):
            self._judge(verdicts[start : start + _MOST_JUDGED])

    def _judge(self, verdicts: Sequence[Verdict]) -> None:
        look_in_ms = self._patience.look_delay_ms(0) or 0

        def judge(connection: sa.Connection) -> None:
            now = clock.now_ms(connection)
            by_key = {verdict.op_key: verdict for verdict in verdicts}
            ours = _still_sending(connection, by_key)
            if not ours:
                return
            connection.execute(_JUDGE, [_values(by_key[k], now, look_in_ms) for k in ours])
            for row in _rows(connection, ours):
                audit_row(connection, row, ACTOR)

        self._database.write(judge)

    def unsettled(self) -> list[str]:
        """Return the rows of this run whose outcome nobody knows yet."""
        states = (EffectState.SENDING, EffectState.UNCERTAIN)
        query = sa.select(effect.c.op_key).where(
            effect.c.run_id == self.run, effect.c.state.in_(states)
        )
        return self._database.read(lambda c: list(c.execute(query).scalars()))


_JUDGE = (
    effect.update()
    .where(effect.c.op_key == sa.bindparam("the_key"))
    .values(
        state=sa.bindparam("new_state"),
        key=sa.bindparam("new_key"),
        evidence=sa.bindparam("new_evidence"),
        changed_at=sa.bindparam("now"),
        looks=sa.bindparam("new_looks"),
        look_at=sa.bindparam("new_look_at"),
        call_deadline=sa.null(),
    )
)


def _values(verdict: Verdict, now: int, look_in_ms: int) -> dict[str, Any]:
    is_doubt = verdict.state is EffectState.UNCERTAIN
    return {
        "the_key": verdict.op_key,
        "new_state": verdict.state,
        "new_key": verdict.key,
        "new_evidence": to_json(dict(verdict.evidence or {})),
        "now": now,
        "new_looks": 0,
        "new_look_at": now + look_in_ms if is_doubt else None,
    }


def _still_sending(connection: sa.Connection, verdicts: Mapping[str, Verdict]) -> list[str]:
    found = connection.execute(
        sa.select(effect.c.op_key, effect.c.epoch)
        .where(effect.c.op_key.in_(list(verdicts)), effect.c.state == EffectState.SENDING)
        .with_for_update()
    )
    return [row.op_key for row in found if row.epoch == verdicts[row.op_key].epoch]


def _rows(connection: sa.Connection, op_keys: Iterable[str]) -> Sequence[sa.Row[Any]]:
    return connection.execute(sa.select(effect).where(effect.c.op_key.in_(list(op_keys)))).all()


_COLUMNS = (
    effect.c.op_key,
    effect.c.control_id,
    effect.c.state,
    effect.c.payload,
    effect.c.function,
    effect.c.key,
    effect.c.external_id,
    effect.c.evidence,
)


def _known(connection: sa.Connection, op_keys: Sequence[str]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for start in range(0, len(op_keys), _MOST_AT_ONCE):
        some = op_keys[start : start + _MOST_AT_ONCE]
        query = sa.select(*_COLUMNS).where(effect.c.op_key.in_(some))
        found |= {row.op_key: _read(row) for row in connection.execute(query).all()}
    return found


def _read(row: Any) -> Known:
    evidence = from_json(row.evidence) if row.evidence else {}
    return Known(
        op_key=row.op_key,
        control_id=row.control_id,
        state=EffectState(row.state),
        payload=row.payload,
        function=row.function,
        key=row.key or "",
        external_id=row.external_id or "",
        error=evidence.get("error"),
    )


def evidence_of(error: ConnectorError) -> dict[str, Any]:
    """Return what the ledger keeps of a failure."""
    return {"error": error.describe()}

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
from connector.runtime.effect_rows import AUDITED, audit_rows, identity_to_json
from connector.runtime.intents import Intent, Patience, control_id
from connector.runtime.meter import StepMeter
from connector.runtime.planning import Planner
from connector.store import clock
from connector.store.database import Database
from connector.store.json_text import to_json
from connector.store.tables import TENANT, effect
from connector.transfer.ledger_rows import MOST_AT_ONCE, Known, as_made, known, operation_of

ACTOR = "sync"
CALL = "row"
# While these are written, nobody else's rows can be marked as sent.
_MOST_JUDGED = 250


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

    def has_begun(self) -> bool:
        """Say whether this run has planned anything yet."""
        query = sa.select(effect.c.op_key).where(effect.c.run_id == self.run).limit(1)
        return self._database.read(lambda c: c.execute(query).first()) is not None

    def known(self, op_keys: Sequence[str]) -> dict[str, Known]:
        """Return what is there already, by key."""
        return self._database.read(lambda connection: known(connection, op_keys))

    def plan(self, operations: Mapping[str, Operation]) -> dict[str, Known]:
        """Insert the effects of these rows, or return those that are there, by key.

        Args:
            operations: Frozen, by the row's key (``item``).
        """
        by_op_key = {self.op_key(item): item for item in operations}

        def plan(connection: sa.Connection) -> dict[str, Known]:
            now, restored_at = reconcile_first.moment(connection)
            seen = known(connection, list(by_op_key))
            fresh = [] if restored_at is not None else [k for k in by_op_key if k not in seen]
            new = [self._first(k, operations[by_op_key[k]], now) for k in fresh]
            if new:
                dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
                statement = dialect.insert(effect).on_conflict_do_nothing()
                made = connection.execute(statement, new).rowcount
                if made == len(by_op_key):  # nobody else had one of them: they are as we made them
                    return {values["op_key"]: as_made(values) for values in new}
            for op_key in by_op_key.keys() - set(fresh):
                item = by_op_key[op_key]
                planner = Planner(self.intent(item), self._patience, ACTOR, self.run, None)
                planner.plan(connection, dataclasses.replace(operations[item], call=CALL))
            return known(connection, list(by_op_key))

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
            audit_rows(connection, _rows(connection, ours), ACTOR)

        self._database.write(judge)

    def unsettled(self, within_seconds: float) -> list[str]:
        """Return the rows whose outcome nobody knows yet, of those that may be looked up soon."""

        def find(connection: sa.Connection) -> list[str]:
            until = clock.now_ms(connection) + int(within_seconds * 1000)
            silent = (effect.c.state == EffectState.SENDING) & (effect.c.call_deadline <= until)
            query = sa.select(effect.c.op_key).where(
                effect.c.run_id == self.run, silent | (effect.c.state == EffectState.UNCERTAIN)
            )
            return list(connection.execute(query).scalars())

        return self._database.read(find)

    def under_way(self, op_keys: Sequence[str]) -> bool:
        """Say whether one of these rows is marked as sent and not judged."""

        def find(connection: sa.Connection) -> bool:
            for start in range(0, len(op_keys), MOST_AT_ONCE):
                some = op_keys[start : start + MOST_AT_ONCE]
                query = sa.select(effect.c.op_key).where(
                    effect.c.op_key.in_(some), effect.c.state == EffectState.SENDING
                )
                if connection.execute(query.limit(1)).first() is not None:
                    return True
            return False

        return self._database.read(find)

    def planned(self, op_keys: Sequence[str]) -> list[Operation]:
        """Return writes as they were planned, in this order."""

        def find(connection: sa.Connection) -> dict[str, Operation]:
            found: dict[str, Operation] = {}
            for start in range(0, len(op_keys), MOST_AT_ONCE):
                some = op_keys[start : start + MOST_AT_ONCE]
                rows = connection.execute(sa.select(effect).where(effect.c.op_key.in_(some)))
                found |= {row.op_key: operation_of(row) for row in rows}
            return found

        known = self._database.read(find)
        return [known[op_key] for op_key in op_keys]


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
    query: sa.Select[Any] = sa.select(*AUDITED).where(effect.c.op_key.in_(list(op_keys)))
    return connection.execute(query).all()


def evidence_of(error: ConnectorError) -> dict[str, Any]:
    """Return what the ledger keeps of a failure."""
    return {"error": error.describe()}

"""A ledger under which nothing can be sent: it takes writes, and marks none as leaving.

Every write of the product passes ``mark_sending`` before its first byte leaves, whichever API it
is for and whoever sends it. This ledger has no such mark to give, so a client built on it can read
and cannot write, whatever the steps above it do. What it answers for a planned write comes from
the true ledger where the write was done before, else it is a stand-in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import sqlalchemy as sa

from connector.errors import ConnectorError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Operation
from connector.intacct.ports import Effect, EffectLedger, EffectState
from connector.runtime import runs
from connector.runtime.intents import Intent, control_id
from connector.store.database import Database
from connector.store.json_text import from_json
from connector.store.tables import effect, run
from connector.workbench import placeholders

T = TypeVar("T")

_REFUSED = "It was refused before; it would be sent anew under another control id."
_PLANNED = "It was planned before and has never been sent."


class NothingIsSent(Exception):
    """A write came as far as the wire during a rehearsal: a mistake of ours, and nothing left."""


@dataclass(frozen=True)
class Held:
    """One write as it came to the ledger.

    Args:
        operation: As it would be sent, under its control id.
        known: What the true ledger knows of it, a sentence; empty for nothing.
        record: Key and id of the record that is there already; empty for a new write.
    """

    operation: Operation
    known: str
    record: Mapping[str, str]


class UnsentEffects:
    """The ledger of one step that is rehearsed.

    Args:
        database: Where the true effects are kept; it is only read.
        intent: What the step's writes would be for.
        reply: What another service is taken to answer, for writes that are not Intacct's.
    """

    def __init__(self, database: Database, intent: Intent, reply: str = "") -> None:
        self._database = database
        self._intent = intent
        self._reply = reply
        self.held: list[Held] = []

    def plan(self, operation: Operation) -> Effect:
        """Take a write and return what it is, or is taken to be, once it is done."""
        op_key = self._intent.op_key(operation.call)
        row, has_given_up = self._database.read(lambda c: _kept(c, self._intent, operation.call))
        payload = operation.frozen.payload if operation.frozen else ""
        if row is None:
            return self._stand_in(operation, op_key, control_id(op_key, 0), payload, "")
        next_id = control_id(row.op_key, row.attempt_class + 1)
        if row.state == EffectState.REFUSED:
            return self._stand_in(operation, row.op_key, next_id, payload, _REFUSED)
        if row.state == EffectState.PLANNED and (row.payload == payload or has_given_up):
            ours = row.control_id if row.payload == payload else next_id
            return self._stand_in(operation, row.op_key, ours, payload, _PLANNED)
        known = _effect(row)
        if row.state == EffectState.SUCCEEDED:
            planned = operation.planned_as(row.op_key, row.control_id)
            record = {"key": known.key, "id": known.external_id}
            name = known.external_id or known.key or "done"
            sentence = f"The same write was done before, as {name}: nothing would be sent."
            self.held.append(Held(planned, sentence, record))
        return known

    def _stand_in(
        self, operation: Operation, op_key: str, control: str, payload: str, known: str
    ) -> Effect:
        self.held.append(Held(operation.planned_as(op_key, control), known, {}))
        key, record_id = _keys(operation, op_key)
        return Effect(
            op_key,
            control,
            EffectState.SUCCEEDED,
            payload,
            key=key,
            external_id=record_id,
            reply=self._reply,
            is_own=True,
        )

    def mark_sending(self, operation: Operation) -> int | None:
        """Refuse.

        Raises:
            NothingIsSent: Always.
        """
        self._refuse(operation)

    def succeed(
        self, operation: Operation, epoch: int, key: str, evidence: Mapping[str, Any]
    ) -> None:
        """Refuse: there is nothing to judge."""
        del epoch, key, evidence
        self._refuse(operation)

    def refuse(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        """Refuse: there is nothing to judge."""
        del epoch, error
        self._refuse(operation)

    def put_back(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        """Refuse: there is nothing to judge."""
        del epoch, error
        self._refuse(operation)

    def doubt(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        """Refuse: there is nothing to judge."""
        del epoch, error
        self._refuse(operation)

    def name(self, op_key: str, external_id: str) -> None:
        """Keep nothing: what a rehearsal reads back is the run's to keep."""

    def find(self, call: str) -> Effect | None:
        """Return the effect of a write of that name, None where it was never planned."""
        row, _ = self._database.read(lambda c: _kept(c, self._intent, call))
        return None if row is None else _effect(row)

    def together(self, work: Callable[[EffectLedger], T]) -> T:
        """Return what ``work`` returns; there is nothing to commit."""
        return work(self)

    def _refuse(self, operation: Operation) -> NoReturn:
        function = operation.frozen.function if operation.frozen else operation.verb.value
        raise NothingIsSent(function)


def _kept(connection: sa.Connection, intent: Intent, call: str) -> tuple[sa.Row[Any] | None, bool]:
    """Return the effect that a write would find, and whether the run that planned it ended."""
    found = _by_key(connection, intent.op_key(call))
    if found is not None and found.generation and found.base_key is None:
        found = _by_key(connection, intent.in_generation(found.generation).op_key(call))
    if found is None or found.run_id is None:
        return found, False
    state = connection.execute(sa.select(run.c.state).where(run.c.id == found.run_id)).scalar()
    return found, state is not None and state not in (runs.RUNNING, *runs.DUE)


def _keys(operation: Operation, op_key: str) -> tuple[str, str]:
    """Return what a write's record will be known by, or stand-ins for it."""
    if not operation.object_name:
        return "", ""
    schema = ObjectSchema.find(operation.object_name)
    key = str(operation.values.get(schema.key) or "") or placeholders.key_for(op_key)
    if schema.id in {"", schema.key}:
        return key, key if schema.id else ""
    known = operation.external_id or operation.values.get(schema.id)
    return key, str(known or "") or placeholders.id_for(op_key)


def _by_key(connection: sa.Connection, op_key: str) -> sa.Row[Any] | None:
    return connection.execute(sa.select(effect).where(effect.c.op_key == op_key)).one_or_none()


def _effect(row: sa.Row[Any]) -> Effect:
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
    )

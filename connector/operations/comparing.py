"""A day's new records held against Intacct: is each there, once, and with the amount we wrote?

Records are asked for by their numbers, many at a time, and by record number where they have none.
Every page that Intacct answers is an API transaction, so this is done when somebody asks for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

import sqlalchemy as sa

from connector.connections.store import ConnectionRow
from connector.errors import ConnectorError, InputError
from connector.intacct.client import IntacctClient
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.identity import is_same_value
from connector.intacct.operation import Aim, Condition, Identity
from connector.intacct.ports import EffectState
from connector.operations.differences import Comparison, Difference, Finding
from connector.operations.reconciliation import is_new, written_on
from connector.runtime import meter as metering
from connector.runtime.effect_rows import identity_from_json
from connector.runtime.effects import Intent, SqlEffects
from connector.runtime.limits import Caller, Priority
from connector.runtime.meter import StepMeter
from connector.runtime.services import INTACCT, Services
from connector.store.tables import effect

MOST_WRITES = 10_000
AT_ONCE = 500  # numbers in one question
_SCOPE = "reconciliation"
_TOLD = (EffectState.SUCCEEDED, EffectState.UNCERTAIN, EffectState.PARKED)


@dataclass(frozen=True)
class _Write:
    row: sa.Row[Any]
    identity: Identity | None

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that find its record; empty where only the record number does."""
        return tuple(self.identity.match) if self.identity else ()


_Group = tuple[str, str, tuple[str, ...]]  # connection, object, fields of the number


def cost(connection: sa.Connection, day: date) -> tuple[int, int]:
    """Return how many records comparing a day looks for, and the least transactions it takes."""
    can_be_found = effect.c.natural_key.is_not(None) | (effect.c.key != "")
    group = (effect.c.connection_id, effect.c.object_name)
    counted = (
        sa.select(*group, effect.c.state, sa.func.count().label("written"))
        .where(written_on(day), is_new(), can_be_found)
        .group_by(*group, effect.c.state)
    )
    counts: Counter[tuple[str, str]] = Counter()
    for row in connection.execute(counted):
        if row.state in _TOLD:
            counts[row.connection_id, row.object_name] += int(row.written)
    return counts.total(), sum(-(-count // AT_ONCE) for count in counts.values())


def compare(services: Services, day: date) -> Comparison:
    """Look a day's new records up in Intacct.

    Raises:
        InputError: There are too many of them for one look.
    """
    writes = services.database.read(lambda connection: _writes(connection, day))
    if len(writes) > MOST_WRITES:
        raise InputError(
            f"That day has more than {MOST_WRITES:,} new records, which is too much for one look.",
            advice="Compare its totals with a report of Intacct's instead.",
        )
    by_connection: dict[str, dict[_Group, list[_Write]]] = defaultdict(dict)
    for group, found in _groups(writes).items():
        by_connection[group[0]][group] = found
    rows = {row.id: row for row in services.connections.list() if row.kind == INTACCT}
    findings: list[Finding] = []
    unasked: list[str] = []
    compared = transactions = 0
    for connection_id, groups in by_connection.items():
        row = rows.get(connection_id)
        if row is None:
            count = sum(map(len, groups.values()))
            unasked.append(f"{count:,} records went over a connection that is gone.")
            continue
        meter = StepMeter()
        try:
            client = _reader(services, row, meter)
            for (_, name, _), found in groups.items():
                findings += _Look(services, row, client, name).over(found)
                compared += len(found)
        except ConnectorError as error:
            unasked.append(f"{row.name} was not asked to the end: {error.title}")
        calls = meter.take()
        _keep(services, row, calls)
        transactions += metering.transactions(calls)
    differing = {(f.connection, f.object_name, f.number) for f in findings}
    return Comparison(compared, compared - len(differing), findings, unasked, transactions)


def _writes(connection: sa.Connection, day: date) -> list[_Write]:
    found = sa.select(
        effect.c.op_key,
        effect.c.connection_id,
        effect.c.object_name,
        effect.c.natural_key,
        effect.c.state,
        effect.c.key,
        effect.c.external_id,
        effect.c.run_id,
    ).where(written_on(day), is_new())
    rows: Iterable[Any] = connection.execute(found.order_by(effect.c.created_at))
    # As in ``reconciliation``, states are looked at here.
    told = (row for row in rows if row.state in _TOLD)
    writes: list[_Write] = [
        _Write(row, identity_from_json(row.natural_key)) for row in islice(told, MOST_WRITES + 1)
    ]
    return [one for one in writes if one.identity is None or one.identity.aim is Aim.CREATED]


def _groups(writes: Sequence[_Write]) -> dict[_Group, list[_Write]]:
    groups: dict[_Group, list[_Write]] = defaultdict(list)
    for one in writes:
        # What has neither number nor key cannot be asked for: a person decides about it.
        if one.names or one.row.key:
            groups[one.row.connection_id, one.row.object_name, one.names].append(one)
    return groups


def _reader(services: Services, row: ConnectionRow, meter: StepMeter) -> IntacctClient:
    ledger = SqlEffects(
        services.database,
        Intent(row.id, scope=_SCOPE, once=_SCOPE),
        services.patience,
        actor=_SCOPE,
    )
    caller = Caller(row.id, priority=Priority.INTERACTIVE)
    return services.open_context(row, ledger, meter, caller=caller).intacct


def _keep(services: Services, row: ConnectionRow, calls: Any) -> None:
    services.database.write(lambda connection: metering.keep(connection, row.id, calls))


class _Look:
    """The records of one kind in one company."""

    def __init__(
        self, services: Services, row: ConnectionRow, client: IntacctClient, object_name: str
    ) -> None:
        self._services = services
        self._row = row
        self._client = client
        self._schema = ObjectSchema.find(object_name)

    def over(self, writes: Sequence[_Write]) -> Iterator[Finding]:
        """Ask for these writes' records and tell what differs."""
        for start in range(0, len(writes), AT_ONCE):
            some = writes[start : start + AT_ONCE]
            there = self._ask(some)
            ours = self._ours(there)
            for one in some:
                yield from self._judge(one, there.get(self._natural(one), []), ours)

    def _ask(self, writes: Sequence[_Write]) -> dict[tuple[str, ...], list[dict[str, Any]]]:
        names = writes[0].names or (self._schema.key,)
        agree = {name for one in writes if one.identity for name in one.identity.agree}
        shown = [self._schema.id] if self._schema.id else []
        select = list(dict.fromkeys([self._schema.key, *shown, *names, *sorted(agree)]))
        wanted = tuple(dict.fromkeys(self._natural(one)[0] for one in writes))
        found: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        where = Condition(names[0], "in", wanted)
        for record in self._client.query(self._schema.name, select=select, where=where):
            found[tuple(str(record.get(name) or "") for name in names)].append(record)
        return found

    def _natural(self, one: _Write) -> tuple[str, ...]:
        if one.identity is None:
            return (str(one.row.key),)
        return tuple(str(value) for value in one.identity.match.values())

    def _ours(self, there: Mapping[tuple[str, ...], list[dict[str, Any]]]) -> set[str]:
        """Return the record numbers, of those found, that some write of ours made."""
        keys = [str(record[self._schema.key]) for records in there.values() for record in records]

        def read(connection: sa.Connection) -> set[str]:
            known: set[str] = set()
            for start in range(0, len(keys), AT_ONCE):
                mine = sa.select(effect.c.key).where(
                    effect.c.key.in_(keys[start : start + AT_ONCE]),
                    effect.c.connection_id == self._row.id,
                    effect.c.object_name == self._schema.name,
                    effect.c.state == EffectState.SUCCEEDED,
                )
                known |= set(connection.execute(mine).scalars())
            return known

        return self._services.database.read(read)

    def _judge(
        self, one: _Write, records: Sequence[dict[str, Any]], ours: set[str]
    ) -> Iterator[Finding]:
        is_done = one.row.state == EffectState.SUCCEEDED
        mine = [r for r in records if str(r[self._schema.key]) == one.row.key]
        others = [r for r in records if str(r[self._schema.key]) not in ours]
        if is_done and not mine:
            yield self._finding(
                Difference.MISSING,
                one,
                one.row.key,
                "We wrote it, and Intacct does not show it: deleted since, renamed, or hidden "
                "from the connection's user.",
            )
        if is_done and mine and (told := self._differs(one, mine[0])):
            yield self._finding(Difference.OTHER, one, one.row.key, told)
        if is_done:
            for record in others:
                yield self._finding(
                    Difference.EXTRA,
                    one,
                    str(record[self._schema.key]),
                    "Intacct has another record of this number, which no write of ours made.",
                )
        elif others:
            yield self._finding(
                Difference.THERE,
                one,
                str(others[0][self._schema.key]),
                "Nobody knew whether it went through; a record of this number is there.",
            )

    def _differs(self, one: _Write, record: Mapping[str, Any]) -> str:
        agree = one.identity.agree if one.identity else {}
        told = [
            f"{_title(name)}: we wrote {expected}, Intacct says {record.get(name) or 'nothing'}"
            for name, expected in agree.items()
            if not is_same_value(self._schema, name, record.get(name), expected)
        ]
        return "; ".join(told) + "." if told else ""

    def _finding(self, kind: Difference, one: _Write, key: str, sentence: str) -> Finding:
        number = str(one.row.external_id or "") or self._natural(one)[0]
        return Finding(
            kind, self._row.name, self._schema.name, number, key, one.row.run_id or "", sentence
        )


def _title(name: str) -> str:
    """Return one of our names as people read it, such as ``Total amount``."""
    return "".join(
        f" {letter.lower()}" if letter.isupper() else letter for letter in name
    ).capitalize()

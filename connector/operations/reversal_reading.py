"""What a reversal has to know: the writes of the run, and what their records are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from connector.component import Action
from connector.component.inverse import Inverse
from connector.errors import InputError, Refused
from connector.intacct.client import IntacctClient
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Condition
from connector.intacct.ports import EffectState
from connector.operations.inverses import JOURNAL_ENTRY
from connector.operations.written import Record, Written
from connector.runtime import meter as metering
from connector.runtime import workflows
from connector.runtime.effects import SqlEffects
from connector.runtime.intents import Intent
from connector.runtime.limits import Caller, Priority
from connector.runtime.meter import StepMeter
from connector.runtime.services import Services
from connector.store.json_text import from_json
from connector.store.tables import connection as connections
from connector.store.tables import effect, run, step

_AT_ONCE = 100  # record numbers in one question
_MOST_USERS = 1_000  # a record that the run has just made is named by far fewer
_OUT = (EffectState.PLANNED, EffectState.REFUSED)
_REST = "rest"
_WHO = {
    "xml": ("CREATEDBY", "MODIFIEDBY"),
    _REST: ("audit.createdByUser.id", "audit.modifiedByUser.id"),
}
Place = tuple[str, str, str]


def writes_of(services: Services, run_id: str) -> list[Written]:
    """Return what a run and the runs inside it have written, the newest first."""

    def read(connection: sa.Connection) -> list[sa.Row[Any]]:
        mine = (effect.c.run_id == run_id) | effect.c.run_id.in_(
            sa.select(run.c.id).where(run.c.root_id == run_id)
        )
        found = (
            sa.select(
                effect,
                connections.c.name.label("connection_name"),
                run.c.workflow_id,
                run.c.version,
                step.c.inputs,
            )
            .outerjoin(connections, connections.c.id == effect.c.connection_id)
            .join(run, run.c.id == effect.c.run_id)
            .outerjoin(
                step, (step.c.run_id == effect.c.run_id) & (step.c.path == effect.c.step_path)
            )
            .where(mine, effect.c.state.not_in(_OUT))
            .order_by(effect.c.created_at.desc(), effect.c.op_key)
        )
        return list(connection.execute(found))

    return [_written(services, row) for row in services.database.read(read)]


def _written(services: Services, row: sa.Row[Any]) -> Written:
    action = _action_of(services, row)
    evidence = from_json(row.evidence) if row.evidence else {}
    return Written(
        op_key=row.op_key,
        run_id=row.run_id,
        step=row.step_path or "",
        connection_id=row.connection_id,
        connection=row.connection_name or "",
        api=row.api,
        object_name=row.object_name,
        function=row.function,
        state=row.state,
        key=row.key,
        id=row.external_id,
        payload=row.payload,
        decided_by=str(evidence.get("decidedBy", "")),
        declared=action.way_back if action else None,
        inputs=_inputs_of(action, row) if row.object_name == JOURNAL_ENTRY else None,
    )


def _action_of(services: Services, row: sa.Row[Any]) -> Action | None:
    published = workflows.pinned(services.database, row.workflow_id, row.version)
    try:
        found = published.definition.step(row.step_path or "")
    except KeyError:
        return None
    return services.registry.find_action(found.type) if found.is_action else None


def _inputs_of(action: Action | None, row: sa.Row[Any]) -> Mapping[str, Any] | None:
    if action is None or not row.inputs:
        return None
    try:
        return action.form.check(from_json(row.inputs))
    except InputError:
        return None


def changed_elsewhere(
    services: Services, run_id: str, writes: Sequence[Written]
) -> dict[Place, str]:
    """Return the records that other runs have written to as well, each with the newest such run.

    Args:
        services: What the process holds open.
        run_id: The run whose own writes do not count, nor those of the runs inside it.
        writes: Those of the run.
    """
    keys = sorted({write.key for write in writes if write.key})
    records = {write.record for write in writes}
    inside = sa.select(run.c.id).where(run.c.root_id == run_id)
    found: dict[Place, str] = {}

    def read(connection: sa.Connection) -> None:
        for part in _parts(keys):
            others = sa.select(effect).where(
                effect.c.key.in_(part),
                effect.c.state == EffectState.SUCCEEDED,
                effect.c.run_id.is_not(None),
                effect.c.run_id != run_id,
                effect.c.run_id.not_in(inside),
            )
            for row in connection.execute(others.order_by(effect.c.changed_at)):
                place = (row.connection_id, row.object_name, row.key)
                if place in records:
                    found[place] = row.run_id

    services.database.read(read)
    return found


class Looks:
    """Questions to the companies of a run's connections; their cost is counted.

    Args:
        services: What the process holds open.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._clients: dict[tuple[str, str], IntacctClient] = {}
        self._meters: dict[str, StepMeter] = {}

    def records(self, writes: Iterable[Written]) -> dict[Place, Record]:
        """Return what the records of these writes are now; those that are gone are missing."""
        wanted: dict[tuple[str, str, str], list[Written]] = defaultdict(list)
        for write in writes:
            wanted[write.connection_id, write.api, write.object_name].append(write)
        found: dict[Place, Record] = {}
        for (connection_id, api, name), group in wanted.items():
            for part in _parts(list(dict.fromkeys(write.key for write in group))):
                rows = self._rows(group[0], api, part)
                found |= {(connection_id, name, key): record for key, record in rows.items()}
        return found

    def users(self, write: Written, inverse: Inverse) -> list[tuple[str, str, str]]:
        """Return documents that name a record: object, record number and state of each."""
        found: list[tuple[str, str, str]] = []
        for name, field in inverse.used_by.items():
            schema = ObjectSchema.named(name)
            state = ["state"] if "state" in schema.fields.by_name else []
            where = Condition(field, "equalTo", (write.id,))
            client = self._client(write, write.api)
            select = [schema.key, *state]
            rows = client.query(name, select=select, where=where, limit=_MOST_USERS)
            found += [(name, str(row[schema.key]), str(row.get("state") or "")) for row in rows]
        return found

    def keep_costs(self) -> None:
        """Count what the questions have cost."""
        for connection_id, meter in self._meters.items():
            self._services.database.write(
                partial(metering.keep, connection_id=connection_id, calls=meter.take())
            )

    def _rows(self, like: Written, api: str, keys: Sequence[str]) -> dict[str, Record]:
        schema = ObjectSchema.named(like.object_name)
        client = self._client(like, api)
        own = [name for name in ("state", "active") if name in schema.fields.by_name]
        made_by, changed_by = _WHO[api]
        where = Condition(schema.key, "in", tuple(keys))
        select = [schema.key, *own]
        try:
            rows = client.query(schema.name, select=[*select, made_by, changed_by], where=where)
        except Refused:  # an object that does not say who wrote it
            rows = client.query(schema.name, select=select, where=where)
        return {
            str(row[schema.key]): Record(
                state=str(row.get("state") or ""),
                is_active=row.get("active", True) is not False,
                made_by=str(row.get(made_by) or ""),
                changed_by=str(row.get(changed_by) or ""),
            )
            for row in rows
        }

    def _client(self, like: Written, api: str) -> IntacctClient:
        known = self._clients.get((like.connection_id, api))
        if known is None:
            source = self._services.connections.by_id(like.connection_id)
            meter = self._meters.setdefault(source.id, StepMeter())
            intent = Intent(source.id, scope="reversal", once="look")
            services = self._services
            ledger = SqlEffects(services.database, intent, services.patience, actor="reversal")
            caller = Caller(source.id, priority=Priority.INTERACTIVE)
            context = services.open_context(source, ledger, meter, caller=caller)
            known = context.asking_for(api).intacct
            self._clients[like.connection_id, api] = known
        return known


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for begin in range(0, len(keys), _AT_ONCE):
        yield keys[begin : begin + _AT_ONCE]

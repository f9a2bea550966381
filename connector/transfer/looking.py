"""Looks up many unanswered rows with one query; what that cannot decide is left to ``settle``.

The rules are those of single writes (``runtime.settle``): a record that is there and agrees is
ours, unless it is known to be another write's; one that is absent is looked for again after the
next pause. Only sending again and asking a person are done one by one, over there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from connector.intacct.client import IntacctClient
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.identity import is_same_value
from connector.intacct.operation import Aim, Condition, Identity
from connector.intacct.ports import EffectState
from connector.runtime.effect_rows import audit_row, identity_from_json
from connector.runtime.intents import Patience
from connector.store import clock
from connector.store.database import Database
from connector.store.json_text import to_json
from connector.store.tables import effect
from connector.transfer.ledger import ACTOR

MOST_AT_ONCE = 500
_Group = tuple[str, Aim, tuple[str, ...], tuple[str, ...]]


class Looking:
    """The unanswered rows of one run.

    Args:
        database: Where their effects are.
        client: The company.
        run: The run.
        patience: The pauses between looks.
    """

    def __init__(
        self, database: Database, client: IntacctClient, run: str, patience: Patience
    ) -> None:
        self._database = database
        self._client = client
        self._run = run
        self._patience = patience

    def look(self) -> int:
        """Look up the rows whose time has come; return how many there were.

        Raises:
            ConnectorError: The look itself got no answer; the rows are looked up later.
        """
        held = self._database.write(self._hold)
        groups: dict[_Group, list[tuple[sa.Row[Any], Identity]]] = {}
        for row in held:
            identity = identity_from_json(row.natural_key)
            if identity is not None:
                names = tuple(identity.match), tuple(identity.agree)
                groups.setdefault((row.object_name, identity.aim, *names), []).append(
                    (row, identity)
                )
        found: dict[str, tuple[str, str]] = {}
        for group, rows in groups.items():
            found |= self._found(group, rows)
        self._database.write(lambda connection: self._decide(connection, held, found))
        return len(held)

    def _hold(self, connection: sa.Connection) -> list[sa.Row[Any]]:
        """Take the rows whose time has come away from whoever else may look."""
        now = clock.now_ms(connection)
        doubtful = (effect.c.state == EffectState.UNCERTAIN) & (effect.c.look_at <= now)
        silent = (effect.c.state == EffectState.SENDING) & (
            effect.c.call_deadline + self._patience.settle_after_ms <= now
        )
        # The last look, and what cannot be looked up, belong to ``settle``: it acts on them.
        last = len(self._patience.look_up_delays_ms) - 1
        doubtful &= effect.c.looks < last
        due = sa.select(effect).where(
            effect.c.run_id == self._run,
            effect.c.natural_key.is_not(None),
            effect.c.check_kind.is_(None),
            doubtful | silent,
        )
        rows = list(connection.execute(due.limit(MOST_AT_ONCE)))
        if rows:
            connection.execute(
                effect.update()
                .where(effect.c.op_key.in_([row.op_key for row in rows]))
                .values(
                    state=EffectState.UNCERTAIN,
                    epoch=effect.c.epoch + 1,
                    looks=sa.case(
                        (effect.c.state == EffectState.UNCERTAIN, effect.c.looks), else_=0
                    ),
                    look_at=now + self._patience.hold_ms,
                    changed_at=now,
                )
            )
        return rows

    def _found(
        self, group: _Group, rows: Sequence[tuple[sa.Row[Any], Identity]]
    ) -> dict[str, tuple[str, str]]:
        """Return record number and id of those that are there and agree, by effect."""
        object_name, _, match, agree = group
        schema = ObjectSchema.find(object_name)
        firsts = tuple(dict.fromkeys(identity.match[match[0]] for _, identity in rows))
        select = [schema.key, *([schema.id] if schema.id else []), *match, *agree]
        records: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for record in self._client.query(
            object_name, select=select, where=Condition(match[0], "in", firsts)
        ):
            natural = tuple(str(record.get(name) or "") for name in match)
            records.setdefault(natural, []).append(record)
        found = {}
        for row, identity in rows:
            same = records.get(tuple(identity.match[name] for name in match), [])
            if len(same) == 1 and _agrees(schema, same[0], identity.agree):
                key, known_as = str(same[0][schema.key]), str(same[0].get(schema.id) or "")
                found[row.op_key] = key, known_as
        return found

    def _decide(
        self,
        connection: sa.Connection,
        held: Sequence[sa.Row[Any]],
        found: Mapping[str, tuple[str, str]],
    ) -> None:
        now = clock.now_ms(connection)
        taken = _keys_of_others(connection, held, found)
        for row in held:
            known = found.get(row.op_key)
            if known is not None and known[0] not in taken:
                values: dict[str, Any] = {
                    "state": EffectState.SUCCEEDED,
                    "key": known[0],
                    "external_id": known[1],
                    "evidence": to_json({"found": True}),
                    "call_deadline": None,
                }
            else:
                values = self._later(row, now)
            changed = connection.execute(
                effect.update()
                .where(
                    effect.c.op_key == row.op_key,
                    effect.c.epoch == row.epoch + 1,
                    effect.c.state == EffectState.UNCERTAIN,
                )
                .values(**values, changed_at=now)
                .returning(effect)
            ).one_or_none()
            if changed is not None and changed.state == EffectState.SUCCEEDED:
                audit_row(connection, changed, ACTOR)

    def _later(self, row: sa.Row[Any], now: int) -> dict[str, Any]:
        """Return when a row is looked up again; at once where the next step is not ours."""
        looks = int(row.looks) + 1 if row.state == EffectState.UNCERTAIN else 1
        delay = self._patience.look_delay_ms(looks)
        if delay is None:
            return {"look_at": now}
        return {"looks": looks, "look_at": now + delay}


def _agrees(schema: ObjectSchema, record: Mapping[str, Any], agree: Mapping[str, str]) -> bool:
    return all(is_same_value(schema, name, record.get(name), text) for name, text in agree.items())


def _keys_of_others(
    connection: sa.Connection,
    held: Sequence[sa.Row[Any]],
    found: Mapping[str, tuple[str, str]],
) -> set[str]:
    """Return the record numbers that other creations are known to have made."""
    new = [row for row in held if row.op_key in found and not _is_change(row)]
    if not new:
        return set()
    function = effect.c.function
    others = sa.select(effect.c.key).where(
        effect.c.connection_id == new[0].connection_id,
        effect.c.object_name == new[0].object_name,
        function.startswith("create") | function.startswith("POST /objects/"),
        effect.c.key.in_([found[row.op_key][0] for row in new]),
        effect.c.state == EffectState.SUCCEEDED,
        effect.c.op_key.not_in([row.op_key for row in new]),
    )
    return set(connection.execute(others).scalars())


def _is_change(row: sa.Row[Any]) -> bool:
    identity = identity_from_json(row.natural_key)
    return identity is not None and identity.aim is not Aim.CREATED

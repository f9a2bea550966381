"""Settles writes whose outcome nobody knows: by looking, then by the same bytes, else a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import ConnectorError, InputError, Parked, Refused
from connector.intacct.client import IntacctClient, frozen_operation
from connector.intacct.operation import Aim, Frozen, Identity, Operation
from connector.intacct.ports import EffectState
from connector.runtime import meter as metering
from connector.runtime import portal_writes, reconcile_first, telling
from connector.runtime.bells import ADVANCE_RUN, EFFECTS, SETTLE_EFFECT
from connector.runtime.effect_rows import audit_effect, identity_from_json
from connector.runtime.effects import SqlEffects
from connector.runtime.intents import OTHER_SERVICES, Intent, Patience
from connector.runtime.meter import StepMeter
from connector.runtime.services import Services
from connector.runtime.waking import make_settled_due
from connector.store import clock
from connector.store.json_text import to_json
from connector.store.tables import effect

ACTOR = "system/settle"
MOST_RESENDS = 1


@dataclass(frozen=True)
class _Held:
    """An unsettled effect in the hands of one worker."""

    row: sa.Row[Any]
    epoch: int

    @property
    def identity(self) -> Identity | None:
        return identity_from_json(self.row.natural_key)

    @property
    def looks(self) -> int:
        """How often it was looked up, this time included."""
        return int(self.row.looks) + 1 if self.row.state == EffectState.UNCERTAIN else 1

    @property
    def operation(self) -> Operation:
        frozen = Frozen(self.row.api, self.row.function, self.row.payload, is_write=True)
        return frozen_operation(self.row.object_name, frozen, self.row.op_key, self.row.control_id)


def settle(services: Services, op_key: str) -> None:
    """Look the effect up if its time has come; act on what is found."""
    held = services.database.write(lambda c: _hold(c, op_key, services.patience))
    if held is None:
        return
    try:
        state = _look(services, held)
    except (InputError, Refused) as error:
        # The question itself is declined, and may be for ever.
        state = _later_or_parked(services, held, error)
    except ConnectorError:
        # The look-up itself found nobody home: that says nothing; look again.
        state = _later(services, held, held.row.looks)
    if state is not EffectState.UNCERTAIN:
        _wake(services, held.row.run_id)


def _hold(connection: sa.Connection, op_key: str, patience: Patience) -> _Held | None:
    now = clock.now_ms(connection)
    doubtful = (effect.c.state == EffectState.UNCERTAIN) & (effect.c.look_at <= now)
    silent = (effect.c.state == EffectState.SENDING) & (
        effect.c.call_deadline + patience.settle_after_ms <= now
    )
    row = connection.execute(
        sa.select(effect).where(effect.c.op_key == op_key, doubtful | silent)
    ).one_or_none()
    if row is None:
        return None
    # Raising the epoch takes the pen from a sender that was only paused.
    changed = connection.execute(
        effect.update()
        .where(effect.c.op_key == op_key, effect.c.epoch == row.epoch)
        .values(
            state=EffectState.UNCERTAIN,
            epoch=row.epoch + 1,
            looks=row.looks if row.state == EffectState.UNCERTAIN else 0,
            look_at=now + patience.hold_ms,
            changed_at=now,
        )
    )
    if changed.rowcount != 1:
        return None
    if row.state == EffectState.SENDING:
        telling.tell_writes(connection, (row,), EffectState.UNCERTAIN)
    return _Held(row, row.epoch + 1)


def _look(services: Services, held: _Held) -> EffectState:
    identity = held.identity
    if held.row.api == portal_writes.API:
        return _decide(services, held, EffectState.PLANNED, {})
    if identity is None:
        is_unsent = held.row.check_kind == reconcile_first.UNSENT
        return _park(services, held, _unknown_since() if is_unsent else _no_way_to_look(held.row))
    client, meter = _client(services, held)
    found = client.find_same(held.row.object_name, identity)
    services.database.write(lambda c: metering.keep(c, held.row.connection_id, meter.take()))
    key, external_id, agrees = found or ("", "", False)
    if identity.aim is Aim.GONE:
        if not found:
            return _succeed(services, held, identity.match[next(iter(identity.match))], "")
    elif agrees and not _is_anothers(services, held, identity, key):
        return _succeed(services, held, key, external_id)
    elif found and identity.aim is Aim.CREATED:
        return _park(services, held, _found_another(external_id or key))
    return _absent(services, held, client)


def _absent(services: Services, held: _Held, client: IntacctClient) -> EffectState:
    """Look again later, then send the same bytes once more, then ask a person."""
    if held.row.check_kind == reconcile_first.UNSENT:
        return _decide(services, held, EffectState.PLANNED, {})
    looks = held.looks
    if services.patience.look_delay_ms(looks) is not None:
        return _later(services, held, looks)
    if held.row.resends >= MOST_RESENDS:
        return _park(services, held, _absent_after_resend())
    if held.row.check_kind:
        note = reconcile_first.note
        services.database.write(lambda c: note(c, held.row, reconcile_first.ABSENT, ACTOR, ""))
    return _resend(held, client)


def _later_or_parked(services: Services, held: _Held, error: ConnectorError) -> EffectState:
    if services.patience.look_delay_ms(held.looks) is not None:
        return _later(services, held, held.looks)
    return _park(services, held, _cannot_look(error))


def _is_anothers(services: Services, held: _Held, identity: Identity, key: str) -> bool:
    """Say whether a created record is known to be another write's: one record, one intent."""
    if identity.aim is not Aim.CREATED:
        return False
    # Keys are unique within an object only, and either API may have made the record.
    function = effect.c.function
    others = sa.select(sa.func.count()).where(
        effect.c.connection_id == held.row.connection_id,
        effect.c.object_name == held.row.object_name,
        function.startswith("create") | function.startswith("POST /objects/"),
        effect.c.key == key,
        effect.c.state == EffectState.SUCCEEDED,
        effect.c.op_key != held.row.op_key,
    )
    return services.database.read(lambda c: int(c.execute(others).scalar_one())) > 0


def _client(services: Services, held: _Held) -> tuple[IntacctClient, StepMeter]:
    source = services.connections.by_id(held.row.connection_id)
    meter = StepMeter()
    intent = Intent(held.row.connection_id, scope="settle", once=held.row.op_key)
    ledger = SqlEffects(
        services.database, intent, services.patience, actor=ACTOR, held_epoch=held.epoch
    )
    return services.open_context(source, ledger, meter).intacct, meter


def _resend(held: _Held, client: IntacctClient) -> EffectState:
    """Send the same bytes under the same control id; the ledger records what comes back."""
    client.resend(held.operation)
    return EffectState.SUCCEEDED


def _succeed(services: Services, held: _Held, key: str, external_id: str) -> EffectState:
    evidence = {"foundBy": dict(held.identity.match) if held.identity else {}}
    values = {"key": key, "external_id": external_id, "evidence": to_json(evidence)}
    return _decide(services, held, EffectState.SUCCEEDED, values)


def _park(services: Services, held: _Held, error: ConnectorError) -> EffectState:
    values = {"evidence": to_json({"error": error.describe()})}
    return _decide(services, held, EffectState.PARKED, values)


def _decide(
    services: Services, held: _Held, state: EffectState, values: dict[str, Any]
) -> EffectState:
    def write(connection: sa.Connection) -> None:
        now = clock.now_ms(connection)
        cleared = {"cleared_at": now} if state is EffectState.PLANNED else {}
        changed = connection.execute(
            effect.update()
            .where(effect.c.op_key == held.row.op_key, effect.c.epoch == held.epoch)
            .values(
                state=state,
                look_at=None,
                check_kind=None,
                changed_at=now,
                **cleared,
                **values,
            )
        )
        if changed.rowcount == 1:
            audit_effect(connection, held.row.op_key, ACTOR)
            make_settled_due(connection, held.row.run_id)
            if held.row.check_kind:
                line = reconcile_first.LINES[state]
                reconcile_first.note(connection, held.row, line, ACTOR, values.get("key", ""))

    services.database.write(write)
    return state


def _later(services: Services, held: _Held, looks: int) -> EffectState:
    delays = services.patience.look_up_delays_ms
    delay = delays[min(looks, len(delays) - 1)]

    def write(connection: sa.Connection) -> None:
        now = clock.now_ms(connection)
        connection.execute(
            effect.update()
            .where(
                effect.c.op_key == held.row.op_key,
                effect.c.epoch == held.epoch,
                effect.c.state == EffectState.UNCERTAIN,
            )
            .values(looks=looks, look_at=now + delay, changed_at=now)
        )

    services.database.write(write)
    services.bells.ring(SETTLE_EFFECT, held.row.op_key, EFFECTS, in_seconds=delay / 1000)
    return EffectState.UNCERTAIN


def _wake(services: Services, run_id: str | None) -> None:
    if run_id is not None:
        services.bells.ring(ADVANCE_RUN, run_id, EFFECTS)


def _no_way_to_look(row: sa.Row[Any]) -> Parked:
    if row.connection_id == OTHER_SERVICES:
        return Parked(
            f"No clear answer came to {row.function}, and there is no way to look.",
            advice="Ask that service whether it was carried out, then choose: it is there, or send "
            "again.",
        )
    return Parked(
        "Intacct did not answer, and nothing in this record tells it apart from others.",
        advice="Look in Intacct whether it was created, then choose: it is there, or send again. "
        "A document number or id in the step lets the connector look by itself.",
    )


def _cannot_look(error: ConnectorError) -> Parked:
    return Parked(
        f"Intacct did not answer, and it cannot be looked up what became of it: {error.title}",
        advice="Look in Intacct whether it was done, then choose: it is there, or send again.",
    )


def _unknown_since() -> Parked:
    return Parked(
        "A backup was restored that may be older than this write, and nothing in the record tells "
        "it apart from others.",
        advice="Look in Intacct whether it was done, then choose: it is there, or send again.",
    )


def _found_another(name: str) -> Parked:
    return Parked(
        f"Intacct did not answer; {name} stands there under the same number, with other content.",
        advice="Compare the two, then choose which one is right.",
    )


def _absent_after_resend() -> Parked:
    return Parked(
        "Intacct did not answer twice, and what was to be written cannot be found.",
        advice="Look in Intacct whether it was done, then choose: it is there, or send again.",
    )

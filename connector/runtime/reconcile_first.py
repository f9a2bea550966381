"""After a backup was restored: every write is looked up in Intacct before it is first sent.

The restored ledger is older than the books. What it holds as planned may have been sent since, and
writes it never heard of may have been made. So until an operator or the clock ends it, a write
that has not left this ledger waits as *uncertain*, and ``settle`` looks: found is done, absent is
sent as usual, and what cannot be looked up waits for a person.

The check is each write's own. One company that does not answer holds up its own writes only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError, Uncertain
from connector.intacct.ports import EffectState
from connector.store import audit, clock
from connector.store.tables import audit as audit_rows
from connector.store.tables import effect, heartbeat, inbox, restore, run

UNSENT = "unsent"  # as far as this ledger knows, no bytes of it ever left
DOUBTFUL = "doubtful"  # was being sent, or being looked up, when the backup was made

FOUND = "restore.found"
ABSENT = "restore.absent"
PARKED = "restore.parked"
# The report's line on a write that was looked up and became this.
LINES = {
    EffectState.SUCCEEDED: FOUND,
    EffectState.PLANNED: ABSENT,
    EffectState.PARKED: PARKED,
}

_IN_FORCE = sa.select(sa.func.max(restore.c.restored_at)).where(restore.c.until > clock.NOW)
_MOMENT = sa.select(clock.NOW.label("now"), _IN_FORCE.scalar_subquery())


@dataclass(frozen=True)
class Line:
    """What became of one write that was looked up because of a restore.

    Args:
        outcome: ``found``, ``absent`` or ``parked``.
        at: When, in milliseconds.
        object: The object's name.
        key: The record number, where it was found.
        run_id: The run it belongs to, if there is one.
    """

    outcome: str
    at: int
    object: str
    key: str
    run_id: str
    op_key: str


@dataclass(frozen=True)
class Report:
    """Where the checks after the newest restore stand.

    Args:
        backup_at: The last sign of life in the backup; what came later is not in this ledger.
        restored_at: When it was restored.
        until: When writes are no longer looked up beforehand.
        is_on: Whether they still are.
        waiting: How many writes are yet to be looked up.
        lines: What was found so far, oldest first.
    """

    backup_at: int
    restored_at: int
    until: int
    is_on: bool
    waiting: int
    lines: Sequence[Line]


def moment(connection: sa.Connection) -> tuple[int, int | None]:
    """Return the time, and since when writes are looked up first; None when they are not."""
    row = connection.execute(_MOMENT).one()
    return int(row[0]), row[1]


def is_due(row: sa.Row[Any], restored_at: int | None) -> bool:
    """Say whether a planned effect has to be looked up before it may be sent."""
    if restored_at is None or row.state != EffectState.PLANNED:
        return False
    return row.cleared_at is None or row.cleared_at < restored_at


def held_values(now: int, restored_at: int, settle_after_ms: int) -> dict[str, Any]:
    """Return what makes a planned effect wait for its look-up.

    A call that was under way when the backup was put in place has ended by then.
    """
    return {
        "state": EffectState.UNCERTAIN,
        "check_kind": UNSENT,
        "looks": 0,
        "look_at": max(now, restored_at + settle_after_ms),
    }


def waits_first(op_key: str) -> Uncertain:
    """Return the error of a write that waits for its look-up."""
    return Uncertain(
        "This installation was restored from a backup, so the write is looked up before it is "
        "sent.",
        advice="It goes on by itself as soon as Intacct has been asked.",
        op_key=op_key,
    )


def begin(connection: sa.Connection, *, window_ms: int, settle_after_ms: int, actor: str) -> int:
    """Note that this database was restored, and let every unfinished write be looked up.

    Args:
        window_ms: How long writes are looked up before they are first sent.
        settle_after_ms: How long a call that was under way elsewhere may still take.
        actor: Who restored it.

    Returns:
        How many writes the restored ledger does not know as finished.
    """
    now = clock.now_ms(connection)
    backup_at = _last_sign_of_life(connection)
    after = {"backupAt": backup_at, "until": now + window_ms}
    seq = audit.append(connection, audit.Entry(actor, "database.restored", "database", after=after))
    connection.execute(
        restore.insert().values(
            backup_at=backup_at,
            restored_at=now,
            until=now + window_ms,
            actor=actor,
            audit_seq=seq,
        )
    )
    connection.execute(heartbeat.delete())  # nobody of that time is alive
    changed = {"epoch": effect.c.epoch + 1, "changed_at": now, "looks": 0}
    changed["look_at"] = now + settle_after_ms
    kinds = {
        DOUBTFUL: (EffectState.SENDING, EffectState.UNCERTAIN),
        UNSENT: (EffectState.PLANNED,),
    }
    count = 0
    for kind, states in kinds.items():
        count += connection.execute(
            effect.update()
            .where(effect.c.state.in_(states), effect.c.check_kind.is_(None))
            .values(state=EffectState.UNCERTAIN, check_kind=kind, **changed)
        ).rowcount
    return count


def end(connection: sa.Connection, *, actor: str) -> None:
    """End the looking beforehand; writes that wait for their look-up already are still looked up.

    Raises:
        InputError: It has ended, or nothing was restored.
    """
    now, restored_at = moment(connection)
    if restored_at is None:
        raise InputError(
            "No restored backup is being checked.", advice="'intacct db report' tells more."
        )
    connection.execute(restore.update().where(restore.c.until > now).values(until=now))
    audit.append(connection, audit.Entry(actor, "database.check-ended", "database"))


def note(connection: sa.Connection, row: sa.Row[Any], action: str, actor: str, key: str) -> None:
    """Write the report's line on an effect that was looked up because of a restore."""
    entry = audit.Entry(
        actor=actor,
        action=action,
        object=row.object_name or row.function,
        external_ref=key or None,
        run_id=row.run_id,
        op_key=row.op_key,
    )
    audit.append(connection, entry)


def report(connection: sa.Connection) -> Report | None:
    """Return where the checks after the newest restore stand, None where nothing was restored."""
    newest = connection.execute(
        sa.select(restore).order_by(restore.c.id.desc()).limit(1)
    ).one_or_none()
    if newest is None:
        return None
    lines = connection.execute(
        sa.select(audit_rows)
        .where(
            audit_rows.c.seq > newest.audit_seq, audit_rows.c.action.in_((FOUND, ABSENT, PARKED))
        )
        .order_by(audit_rows.c.seq)
    )
    waiting = sa.select(sa.func.count()).where(
        effect.c.check_kind.is_not(None), effect.c.state == EffectState.UNCERTAIN
    )
    return Report(
        backup_at=newest.backup_at,
        restored_at=newest.restored_at,
        until=newest.until,
        is_on=newest.until > clock.now_ms(connection),
        waiting=connection.execute(waiting).scalar_one(),
        lines=[_line(row) for row in lines],
    )


def _line(row: sa.Row[Any]) -> Line:
    return Line(
        outcome=row.action.rpartition(".")[2],
        at=row.at,
        object=row.object,
        key=row.external_ref or "",
        run_id=row.run_id or "",
        op_key=row.op_key or "",
    )


def _last_sign_of_life(connection: sa.Connection) -> int:
    columns = (audit_rows.c.at, effect.c.changed_at, inbox.c.received_at, run.c.created_at)
    times = [connection.execute(sa.select(sa.func.max(column))).scalar() for column in columns]
    return max((time for time in times if time is not None), default=0)

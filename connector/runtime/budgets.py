"""What a connection may use of Intacct's API in a month: a warning on the way, a stop at the end.

Used is what the table of usage holds and what the asking step has counted since; calls of other
steps that are under way are seen once those steps have kept theirs, so that a month may go over
by what is in flight and no more.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from connector.connections.store import ConnectionRow
from connector.errors import BudgetReached, InputError
from connector.runtime.meter import SIGN_INS, StepMeter
from connector.store import audit, clock
from connector.store.database import Database
from connector.store.insert import insert_into
from connector.store.tables import budget, usage

LOG = logging.getLogger(__name__)

MOST = 1_000_000_000
FRESH_SECONDS = 10.0
_WARN_SHARE = 0.8


@dataclass(frozen=True)
class Budget:
    """The API transactions of a month.

    Args:
        warn_at: From how many on it is told; 0 for never.
        stop_at: How many the month may see; 0 for no limit.
    """

    warn_at: int
    stop_at: int


@dataclass(frozen=True)
class Standing:
    """A connection's month against its budget."""

    name: str
    month: str
    used: int
    budget: Budget

    @property
    def warning(self) -> str:
        """What somebody should know, as a sentence; empty where there is nothing."""
        if self.budget.stop_at and self.used >= self.budget.stop_at:
            return (
                f"{_of(self.name, self.budget.stop_at)} is used up: {self.used:,} in {self.month}."
            )
        if self.budget.warn_at and self.used >= self.budget.warn_at:
            stop = self.budget.stop_at
            end = f"; at {stop:,} nothing more is sent" if stop else ""
            return f"{self.name} has used {self.used:,} API transactions in {self.month}{end}."
        return ""


def checked(warn_at: int | None, stop_at: int | None) -> Budget:
    """Return a budget; without a word about the warning, it comes at four fifths.

    Raises:
        InputError: It says nothing, or would warn after it has stopped.
    """
    stop = stop_at or 0
    warn = warn_at if warn_at is not None else int(stop * _WARN_SHARE)
    if not warn and not stop:
        raise InputError("A budget says when to warn, when to stop, or both.", field="stopAt")
    if min(warn, stop) < 0 or max(warn, stop) > MOST:
        raise InputError(f"A budget is a number from 1 to {MOST:,}.", field="stopAt")
    if stop and warn > stop:
        raise InputError(
            f"A warning at {warn:,} would come after the stop at {stop:,}.", field="warnAt"
        )
    return Budget(warn, stop)


def keep(connection: sa.Connection, source: ConnectionRow, wanted: Budget, actor: str) -> None:
    """Give a connection its budget, in place of one it has; audited."""
    before = budget_of(connection, source.id)
    values = {"warn_at": wanted.warn_at, "stop_at": wanted.stop_at, "warned_month": ""}
    now = clock.now_ms(connection)
    statement = insert_into(connection.dialect.name, budget).values(
        connection_id=source.id, changed_at=now, **values
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[budget.c.connection_id], set_={**values, "changed_at": now}
        )
    )
    _audit(connection, source.id, "budget.set", actor, before, wanted)


def remove(connection: sa.Connection, source: ConnectionRow, actor: str) -> bool:
    """Take a connection's budget away; return whether there was one. Audited."""
    before = budget_of(connection, source.id)
    if before is None:
        return False
    connection.execute(budget.delete().where(budget.c.connection_id == source.id))
    _audit(connection, source.id, "budget.remove", actor, before, None)
    return True


def this_month(connection: sa.Connection) -> str:
    """Return the month of the database's clock, as YYYY-MM."""
    return str(connection.execute(sa.select(clock.MONTH)).scalar_one())


def budget_of(connection: sa.Connection, connection_id: str) -> Budget | None:
    """Return a connection's budget, None where it has none."""
    row = connection.execute(
        sa.select(budget).where(budget.c.connection_id == connection_id)
    ).one_or_none()
    return None if row is None else Budget(int(row.warn_at), int(row.stop_at))


def used(connection: sa.Connection, connection_id: str, month: str) -> int:
    """Return how many transactions a connection has used in a month (``YYYY-MM``)."""
    total = sa.select(sa.func.coalesce(sa.func.sum(usage.c.calls), 0)).where(
        usage.c.connection_id == connection_id,
        usage.c.month == month,
        usage.c.kind.not_in(SIGN_INS),
    )
    return int(connection.execute(total).scalar_one())


def standing(connection: sa.Connection, source: ConnectionRow) -> Standing | None:
    """Return how a connection's month stands against its budget, None where it has none."""
    found = budget_of(connection, source.id)
    if found is None:
        return None
    month = this_month(connection)
    return Standing(source.name, month, used(connection, source.id, month), found)


class ConnectionAllowance:
    """Asked before every call of one step over one connection.

    Args:
        database: Where usage and budget are kept.
        source: The connection.
        meter: What the step has counted and not yet kept.
    """

    def __init__(self, database: Database, source: ConnectionRow, meter: StepMeter) -> None:
        self._database = database
        self._source = source
        self._meter = meter

    def ask(self, count: int) -> None:
        """Let so many transactions go, and tell once a month that the warning is reached.

        Raises:
            BudgetReached: They are more than the month may see; nothing was sent.
        """
        found = self._database.read(lambda connection: standing(connection, self._source))
        if found is None:
            return
        wanted = found.used + self._meter.waiting + count
        limit = found.budget
        if limit.warn_at and wanted >= limit.warn_at:
            self._warn(found, wanted)
        if limit.stop_at and wanted > limit.stop_at:
            raise BudgetReached(
                f"{_of(self._source.name, limit.stop_at)} is reached: {wanted - count:,} are used, "
                f"and the next request takes {count:,}. Nothing was sent.",
                advice="Raise it with 'intacct usage budget set', or go on next month; then retry.",
            )

    def _warn(self, found: Standing, wanted: int) -> None:
        def note(connection: sa.Connection) -> bool:
            changed = connection.execute(
                budget.update()
                .where(
                    budget.c.connection_id == self._source.id,
                    budget.c.warned_month != found.month,
                )
                .values(warned_month=found.month)
            )
            if changed.rowcount == 1:
                after = {"month": found.month, "used": wanted, "warnAt": found.budget.warn_at}
                entry = audit.Entry(
                    "system", "budget.warn", f"connection/{self._source.id}", after=after
                )
                audit.append(connection, entry)
            return bool(changed.rowcount)

        is_news = not self._database.read(
            lambda c: c.execute(_WARNED, {"of": self._source.id}).scalar() == found.month
        )
        if is_news and self._database.write(note):
            LOG.warning(
                "%s has used %d API transactions in %s and stops at %d",
                self._source.name,
                wanted,
                found.month,
                found.budget.stop_at,
            )


_WARNED = sa.select(budget.c.warned_month).where(budget.c.connection_id == sa.bindparam("of"))


class Budgets:
    """Which connections have a budget, as one process knows it; threads share it.

    Nearly every step runs over one that has none, so that is not asked for each: a budget that is
    set holds in every process ``FRESH_SECONDS`` later.

    Args:
        database: Where they are kept.
        now: Seconds of a clock that only goes on.
    """

    def __init__(self, database: Database, now: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._now = now
        self._known: tuple[float, frozenset[str]] | None = None

    def allowance(self, source: ConnectionRow, meter: StepMeter) -> ConnectionAllowance | None:
        """Return what a connection's budget leaves, None where it has none: nothing is asked."""
        known = self._known
        if known is None or self._now() - known[0] > FRESH_SECONDS:
            query = sa.select(budget.c.connection_id)
            found = self._database.read(lambda c: frozenset(c.execute(query).scalars()))
            known = self._known = (self._now(), found)
        has_one = source.id in known[1]
        return ConnectionAllowance(self._database, source, meter) if has_one else None


def _of(name: str, stop_at: int) -> str:
    return f"{name}'s budget of {stop_at:,} API transactions a month"


def _audit(
    connection: sa.Connection,
    connection_id: str,
    action: str,
    actor: str,
    before: Budget | None,
    after: Budget | None,
) -> None:
    entry = audit.Entry(
        actor,
        action,
        f"connection/{connection_id}",
        before=None if before is None else {"warnAt": before.warn_at, "stopAt": before.stop_at},
        after=None if after is None else {"warnAt": after.warn_at, "stopAt": after.stop_at},
    )
    audit.append(connection, entry)

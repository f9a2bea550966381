"""The figures of a day: events that came, runs that began, and what these wrote to Intacct.

A day is one of UTC. Writes belong to the day on which their run began, so that events, runs and
writes of one day are the same business; writes that people made by hand belong to the day on which
they were made. Syncs tell of each row in a file of their own and are left out here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import orjson
import sqlalchemy as sa

from connector.intacct.ports import EffectState
from connector.operations import overview
from connector.operations.amounts import money_of
from connector.store import clock
from connector.store.tables import effect, inbox, run

MOST_ADDED = 10_000  # writes whose amounts a page adds up without being asked to


@dataclass(frozen=True)
class Line:
    """One day in a list of days."""

    day: date
    events: int
    runs: Mapping[str, int]


@dataclass(frozen=True)
class Sum:
    """What one kind of record comes to.

    Args:
        object_name: Our name of it.
        currency: Three letters; empty for the company's own.
        count: How many records.
        total: Their amounts; None where they have none.
    """

    object_name: str
    currency: str
    count: int
    total: Decimal | None


@dataclass(frozen=True)
class Figures:
    """One day.

    Args:
        day: Which.
        events: Deliveries and findings by what became of them.
        runs: Outermost runs by state.
        writes: Writes by object and state.
        sums: What was created, by object and currency; None where it is too much to add up unasked.
    """

    day: date
    events: Mapping[str, int]
    runs: Mapping[str, int]
    writes: Mapping[str, Mapping[str, int]]
    sums: list[Sum] | None

    @property
    def write_count(self) -> int:
        """All writes."""
        return sum(count for states in self.writes.values() for count in states.values())


def today(connection: sa.Connection) -> date:
    """Return the present day of the database's clock."""
    return datetime.fromtimestamp(clock.now_ms(connection) / 1000, UTC).date()


def days(connection: sa.Connection, last: date, count: int) -> list[Line]:
    """Return so many days, the last one at the end."""
    return [_line(connection, last - timedelta(days=ago)) for ago in reversed(range(count))]


def _line(connection: sa.Connection, day: date) -> Line:
    since, until = span(day)
    came = sa.select(sa.func.count()).where(
        inbox.c.received_at >= since, inbox.c.received_at < until
    )
    events = int(connection.execute(came).scalar_one())
    return Line(day, events, overview.runs_by_state(connection, since, until))


def figures(connection: sa.Connection, day: date, *, most: int | None = None) -> Figures:
    """Return the figures of a day.

    Args:
        connection: To read with.
        day: Which, in UTC.
        most: Add up the amounts of so many writes and no more; None for all there are.
    """
    since, until = span(day)
    events = (
        sa.select(inbox.c.state, sa.func.count())
        .where(inbox.c.received_at >= since, inbox.c.received_at < until)
        .group_by(inbox.c.state)
    )
    writes: dict[str, dict[str, int]] = defaultdict(dict)
    counted = (
        sa.select(effect.c.object_name, effect.c.state, sa.func.count())
        .where(written_on(day))
        .group_by(effect.c.object_name, effect.c.state)
    )
    for name, state, count in connection.execute(counted):
        writes[name][state] = int(count)
    done = sum(states.get(EffectState.SUCCEEDED, 0) for states in writes.values())
    return Figures(
        day=day,
        events={state: int(count) for state, count in connection.execute(events)},
        runs=overview.runs_by_state(connection, since, until),
        writes=dict(sorted(writes.items())),
        sums=_sums(connection, day) if most is None or done <= most else None,
    )


def span(day: date) -> tuple[int, int]:
    """Return a day's first millisecond since 1970, and the first one after it."""
    begin = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
    return begin, begin + overview.DAY_MS


def written_on(day: date) -> sa.ColumnElement[bool]:
    """Return the condition for a day's writes: those of its runs, and those made by hand."""
    since, until = span(day)
    outer = sa.select(run.c.id).where(
        run.c.parent_id.is_(None), run.c.created_at >= since, run.c.created_at < until
    )
    inside = sa.select(run.c.id).where(run.c.root_id.in_(outer))
    by_hand = effect.c.run_id.is_(None) & (effect.c.created_at >= since)
    return effect.c.run_id.in_(outer.union_all(inside)) | (by_hand & (effect.c.created_at < until))


def _sums(connection: sa.Connection, day: date) -> list[Sum]:
    # The state is looked at here: named in the question, it would mislead SQLite to read all
    # writes that ever succeeded.
    written = sa.select(
        effect.c.state, effect.c.object_name, effect.c.natural_key, effect.c.payload
    ).where(written_on(day), is_new())
    counts: dict[tuple[str, str], int] = defaultdict(int)
    totals: dict[tuple[str, str], Decimal] = {}
    for row in connection.execute(written):
        if row.state != EffectState.SUCCEEDED:
            continue
        # Texts alone stand in there, so that the quick reader of JSON rounds nothing.
        agree = orjson.loads(row.natural_key)["agree"] if row.natural_key else {}
        money = money_of(row.object_name, agree, row.payload)
        key = (row.object_name, money.currency if money else "")
        counts[key] += 1
        if money is not None:
            totals[key] = totals.get(key, Decimal()) + money.amount
    return [Sum(*key, count, totals.get(key)) for key, count in sorted(counts.items())]


def is_new() -> sa.ColumnElement[bool]:
    """Return the condition for writes that create a record."""
    function = effect.c.function
    return sa.or_(function.startswith("create"), function.startswith("POST /objects/"))

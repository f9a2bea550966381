"""The audit trail for people: found by who, what and when, and walked from end to end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from connector.errors import InputError
from connector.store import audit as trail
from connector.store.database import Database
from connector.store.json_text import from_json
from connector.store.tables import audit

PAGE = 50
VERIFIED = "audit.verify"
TRAIL = "audit"
COLUMNS = (
    "number",
    "time",
    "actor",
    "action",
    "object",
    "before",
    "after",
    "record",
    "run",
    "write",
    "address",
    "seal",
)
# So many rows are looked through for one page: what is rare is found in several steps, not slowly.
WINDOW = 10_000
_MOST_TEXT = 200
_AT_ONCE = 1_000
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """Which rows are meant; what is empty excludes none.

    Args:
        actor: A part of who did it.
        action: How the action begins, such as ``connection.``.
        about: A part of the thing, the record, the run or the write.
        since: From when on, in milliseconds since 1970.
        until: Before when.
    """

    actor: str = ""
    action: str = ""
    about: str = ""
    since: int | None = None
    until: int | None = None

    @classmethod
    def of(cls, actor: str, action: str, about: str, since: str, until: str) -> Wanted:
        """Return what a form asks for; days are whole ones of UTC, both ends included.

        Raises:
            InputError: A day is none, or the last lies before the first.
        """
        first, last = _day(since, "since"), _day(until, "until")
        if first and last and last < first:
            raise InputError(
                "The last day lies before the first one.", advice="Swap them.", field="until"
            )
        return cls(
            actor=actor.strip()[:_MOST_TEXT],
            action=action.strip()[:_MOST_TEXT],
            about=about.strip()[:_MOST_TEXT],
            since=_ms(first),
            until=_ms(last + _A_DAY) if last else None,
        )


@dataclass(frozen=True)
class Row:
    """One row of the trail; ``number`` counts from 1 without gaps, ``at`` is milliseconds."""

    number: int
    at: int
    actor: str
    action: str
    about: str
    before: Any
    after: Any
    record: str
    run: str
    write: str
    address: str
    seal: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON data under the names of the export."""
        values = (self.number, _iso(self.at), self.actor, self.action, self.about, self.before)
        more = (self.after, self.record, self.run, self.write, self.address, self.seal)
        return dict(zip(COLUMNS, (*values, *more), strict=True))


@dataclass(frozen=True)
class Page:
    """Some rows, the newest first.

    Args:
        rows: At most fifty.
        older: The number before which to look further; None where there is nothing older.
    """

    rows: list[Row]
    older: int | None


@dataclass(frozen=True)
class Verification:
    """What a walk through the whole trail found.

    Args:
        broken: The number of the first row that is missing or was changed; None for none.
        rows: How many rows there are.
        seal: That of the last one.
    """

    broken: int | None
    rows: int
    seal: str


def page(connection: sa.Connection, wanted: Wanted, before: int | None = None) -> Page:
    """Return the newest rows that fit, older than a number where one is given."""
    end = min(before or next_number(connection), _number_at(connection, wanted.until))
    start = _number_at(connection, wanted.since) if wanted.since is not None else 1
    first = max(start, end - WINDOW)
    inside = (audit.c.seq >= first, audit.c.seq < end)
    query = sa.select(audit).where(*inside, *conditions(wanted))
    found = connection.execute(query.order_by(audit.c.seq.desc()).limit(PAGE)).all()
    if len(found) == PAGE:
        last = int(found[-1].seq)
        return Page([row_of(one) for one in found], last if last > start else None)
    return Page([row_of(one) for one in found], first if first > start else None)


def verify(database: Database, *, actor: str) -> Verification:
    """Walk the whole trail, and leave a row that says who did and what was found."""
    broken = database.read(trail.verify)
    newest = database.read(trail.newest)
    rows, seal = newest or (0, "")
    found = Verification(broken, rows, seal)
    after = {"broken": broken, "rows": rows, "seal": seal}
    entry = trail.Entry(actor, VERIFIED, TRAIL, after=after)
    database.write(lambda connection: trail.append(connection, entry))
    return found


def last_verified(connection: sa.Connection) -> Row | None:
    """Return the row of the last walk among the newest rows, None where none is near."""
    recent = next_number(connection) - 2 * WINDOW
    is_it = (audit.c.seq >= recent, audit.c.action == VERIFIED)
    query = sa.select(audit).where(*is_it).order_by(audit.c.seq.desc()).limit(1)
    found = connection.execute(query).one_or_none()
    return None if found is None else row_of(found)


def recent_of(connection: sa.Connection, thing: str, *actions: str) -> list[Row]:
    """Return the rows of these actions on one thing among the newest rows, the newest first."""
    recent = next_number(connection) - 2 * WINDOW
    is_it = (audit.c.seq >= recent, audit.c.object == thing, audit.c.action.in_(actions))
    query = sa.select(audit).where(*is_it).order_by(audit.c.seq.desc()).limit(_AT_ONCE)
    return [row_of(one) for one in connection.execute(query)]


def next_number(connection: sa.Connection) -> int:
    """Return the number that the next row will have."""
    newest = trail.newest(connection)
    return 1 if newest is None else newest[0] + 1


def conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    """Return what a row must be to be meant."""
    found: list[sa.ColumnElement[bool]] = []
    if wanted.actor:
        found.append(audit.c.actor.contains(wanted.actor, autoescape=True))
    if wanted.action:
        found.append(audit.c.action.startswith(wanted.action, autoescape=True))
    if wanted.about:
        places = (audit.c.object, audit.c.external_ref, audit.c.run_id, audit.c.op_key)
        found.append(sa.or_(*(one.contains(wanted.about, autoescape=True) for one in places)))
    if wanted.since is not None:
        found.append(audit.c.at >= wanted.since)
    if wanted.until is not None:
        found.append(audit.c.at < wanted.until)
    return found


def _number_at(connection: sa.Connection, moment: int | None) -> int:
    """Return the number of the first row that is not older; rows are numbered as time goes."""
    low, high = 1, next_number(connection)
    if moment is None:
        return high
    while low < high:
        middle = (low + high) // 2
        query = sa.select(audit.c.at).where(audit.c.seq >= middle).order_by(audit.c.seq).limit(1)
        at = connection.execute(query).scalar_one_or_none()
        if at is not None and at < moment:
            low = middle + 1
        else:
            high = middle
    return low


def row_of(row: sa.Row[Any]) -> Row:
    """Return a row of the table as people see it."""
    return Row(
        number=int(row.seq),
        at=int(row.at),
        actor=row.actor,
        action=row.action,
        about=row.object,
        before=from_json(row.before) if row.before else None,
        after=from_json(row.after) if row.after else None,
        record=row.external_ref or "",
        run=row.run_id or "",
        write=row.op_key or "",
        address=row.ip or "",
        seal=row.hash,
    )


def _iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")


def _day(text: str, field: str) -> date | None:
    text = text.strip()
    if not text:
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
            found = date.fromisoformat(text)
            if date(1970, 1, 1) <= found < date(9999, 12, 31):
                return found
    except ValueError:
        pass
    raise InputError("A day is written like 2026-03-31.", field=field)


def _ms(day: date | None) -> int | None:
    if day is None:
        return None
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)

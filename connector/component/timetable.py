"""When a schedule fires: cron lines and intervals, by the clock of a named zone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connector.errors import InputError

MINUTE_MS = 60_000
_MINUTES_A_DAY = 1440
_DAYS_AHEAD = 366 * 8 + 3  # the 29th of February may be eight years away
_SUNDAY = 7
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_DAYS = {
    name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))
}
_RANGE = re.compile(r"(?P<from>[0-9]{1,2}|\*)(?:-(?P<to>[0-9]{1,2}))?(?:/(?P<step>[0-9]{1,2}))?")
_SHORTHANDS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


@dataclass(frozen=True)
class Cron:
    """A cron line as sets of numbers.

    Args:
        minutes: 0 to 59.
        hours: 0 to 23.
        days: Of the month, 1 to 31.
        months: 1 to 12.
        weekdays: 0 to 6, Sunday is 0.
        is_any_day: The days of the month are not restricted.
        is_any_weekday: Nor those of the week.
        is_every_hour: It fires in each hour, so it follows time that passes, not the clock's face.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    is_any_day: bool
    is_any_weekday: bool
    is_every_hour: bool

    @classmethod
    def parse(cls, line: str) -> Cron:
        """Return the cron line of five fields, or one of the words such as ``@daily``.

        Raises:
            InputError: It is not such a line; the field that is wrong is named.
        """
        parts = _SHORTHANDS.get(line.strip().lower(), line).lower().split()
        if len(parts) != 5:  # noqa: PLR2004 - that many fields has a cron line
            raise _wrong(f"'{line[:80]}' has {len(parts)} fields instead of five.")
        minute, hour, day, month, weekday = parts
        weekdays = _numbers(weekday, 0, _SUNDAY, "day of the week", _DAYS)
        found = cls(
            tuple(sorted(_numbers(minute, 0, 59, "minute"))),
            tuple(sorted(_numbers(hour, 0, 23, "hour"))),
            frozenset(_numbers(day, 1, 31, "day of the month")),
            frozenset(_numbers(month, 1, 12, "month", _MONTHS)),
            frozenset(number % _SUNDAY for number in weekdays),
            is_any_day=day.startswith("*"),
            is_any_weekday=weekday.startswith("*"),
            is_every_hour=hour == "*",
        )
        if next(found.days_from(date(2024, 1, 1)), None) is None:
            raise _wrong(f"'{line[:80]}' names a day that no year has.")
        return found

    def days_from(self, first: date) -> Iterator[date]:
        """Yield the days it fires on; with both kinds of days restricted, either will do."""
        for count in range(_DAYS_AHEAD):
            day = first + timedelta(days=count)
            if day.month in self.months and self._is_wanted(day):
                yield day

    def _is_wanted(self, day: date) -> bool:
        by_month, by_week = day.day in self.days, day.isoweekday() % _SUNDAY in self.weekdays
        if self.is_any_day or self.is_any_weekday:
            return by_month and by_week
        return by_month or by_week


@dataclass(frozen=True)
class Timetable:
    """When a schedule fires.

    Args:
        zone: Whose clock it goes by.
        cron: The cron line; None for an interval.
        every_minutes: The interval, counted from midnight of 1970-01-01 UTC; 0 for a cron line.
    """

    zone: ZoneInfo
    cron: Cron | None = None
    every_minutes: int = 0

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Timetable:
        """Return the timetable that a trigger's checked settings describe.

        Raises:
            InputError: The zone is unknown, the cron line is none, or both or neither are given.
        """
        line, minutes = config.get("cron"), config.get("everyMinutes")
        if (line is None) == (minutes is None):
            raise InputError(
                "A schedule needs either a cron line or a number of minutes.",
                advice="Give cron, such as 0 7 * * MON-FRI, or everyMinutes, such as 15.",
                field="cron",
            )
        zone = zone_named(str(config.get("timeZone") or "UTC"))
        return cls(zone, Cron.parse(line) if line is not None else None, int(minutes or 0))

    def firings(self, after_ms: int) -> Iterator[int]:
        """Yield the moments it fires, in milliseconds since 1970, each later than ``after_ms``.

        A time that the clock skips fires when the clock has gone on; one that comes twice fires
        the first time. A cron line for every hour goes by hours that pass instead: none of them
        is made up, and none left out.
        """
        if self.cron is None:
            step = self.every_minutes * MINUTE_MS
            moment = (after_ms // step + 1) * step
            while True:
                yield moment
                moment += step
        last = after_ms
        first = datetime.fromtimestamp(after_ms / 1000, self.zone).date()
        # The day before, too: what a change of the clock moves may land beyond midnight.
        for day in self.cron.days_from(first - timedelta(days=1)):
            for moment in self._moments(self.cron, day):
                if moment > last:
                    yield moment
                    last = moment

    def next_firings(self, after_ms: int, count: int = 5) -> list[str]:
        """Return the next moments as ISO text in the schedule's own zone."""
        return [self.local(moment) for moment in islice(self.firings(after_ms), count)]

    def local(self, moment: int) -> str:
        """Return a moment as ISO text in the schedule's own zone."""
        return datetime.fromtimestamp(moment // 1000, self.zone).isoformat(timespec="seconds")

    def _moments(self, cron: Cron, day: date) -> list[int]:
        faces = [
            datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 - a clock's face
            for hour in cron.hours
            for minute in cron.minutes
        ]
        if cron.is_every_hour:
            both = ((self._moment(face, fold=0), self._moment(face, fold=1)) for face in faces)
            return sorted({moment for pair in both for moment in pair if self._shows(moment, cron)})
        return sorted({self._first(face) for face in faces})

    def _moment(self, face: datetime, *, fold: int) -> int:
        return int(face.replace(tzinfo=self.zone, fold=fold).timestamp()) * 1000

    def _shows(self, moment: int, cron: Cron) -> bool:
        return datetime.fromtimestamp(moment // 1000, self.zone).minute in cron.minutes

    def _first(self, face: datetime) -> int:
        """Return when the clock first shows this time, or the end of the gap it falls into."""
        moment = self._moment(face, fold=0)
        shown = datetime.fromtimestamp(moment // 1000, self.zone).replace(tzinfo=None)
        if shown == face:
            return moment
        # In a gap, fold 0 counts by the offset before it: the clock shows so much more.
        before = self._moment(face, fold=1) // 1000
        zone_before = datetime.fromtimestamp(before, self.zone).utcoffset() or timedelta()
        return self._end_of_gap(before, moment // 1000, zone_before) * 1000

    def _end_of_gap(self, low: int, high: int, offset: timedelta) -> int:
        """Return the first second of another offset between two moments."""
        while low < high:
            middle = (low + high) // 2
            if datetime.fromtimestamp(middle, self.zone).utcoffset() == offset:
                low = middle + 1
            else:
                high = middle
        return low


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone by its name, such as ``Europe/Berlin``.

    Raises:
        InputError: There is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(
            f"There is no time zone named {name[:80]}.",
            advice="Write it like America/New_York, Europe/Berlin or UTC.",
            field="timeZone",
        ) from error


def _numbers(
    text: str, low: int, high: int, what: str, names: Mapping[str, int] | None = None
) -> set[int]:
    found: set[int] = set()
    for part in text.split(","):
        plain = part
        for name, number in (names or {}).items():
            plain = plain.replace(name, str(number))
        match = _RANGE.fullmatch(plain)
        if match is None:
            raise _wrong(f"'{part[:40]}' is not a {what}.")
        found |= _range(match, low, high, what)
    return found


def _range(match: re.Match[str], low: int, high: int, what: str) -> set[int]:
    step = int(match["step"] or 1)
    is_all = match["from"] == "*"
    first = low if is_all else int(match["from"])
    last = int(match["to"]) if match["to"] else high if is_all or match["step"] else first
    if not (low <= first <= last <= high) or step == 0 or (is_all and match["to"]):
        raise _wrong(f"'{match[0]}' is not a {what}: it goes from {low} to {high}.")
    return set(range(first, last + 1, step))


def _wrong(title: str) -> InputError:
    return InputError(
        title,
        advice="Write minute, hour, day of the month, month and day of the week, such as"
        " 30 7 * * MON-FRI for half past seven on working days.",
        field="cron",
    )

"""Dates from text to text, one parser per written form; what is ambiguous is refused."""

from __future__ import annotations

import re
import zoneinfo
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from connector.errors import InputError
from connector.workflow.wording import shown

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})"
)
_MILLISECONDS = re.compile(r"[0-9]{13}")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_ADVICE = "Write it as year-month-day, such as 2026-03-02."


def read_date(value: Any, zone: str = "") -> str:
    """Return the day as `2026-03-02`.

    It takes such a day, a moment with its offset (`2026-03-02T23:30:00-08:00`) or milliseconds
    since 1970 (13 digits). With a zone, such as `America/New_York`, it is the day in that zone;
    without one, the day as the moment was written, and for milliseconds the day in UTC.
    """
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    place = _zone(zone) if zone else None
    if _DAY.fullmatch(text):
        return _day(text).isoformat()
    if _MOMENT.fullmatch(text):
        moment = _moment(text)
        return (_shifted(moment, place) if place else moment).date().isoformat()
    if _MILLISECONDS.fullmatch(text):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(text))
        return (_shifted(moment, place) if place else moment).date().isoformat()
    raise InputError(f"{shown(value)} is not a date.", advice=_why_not(text))


def date_us(value: str) -> str:
    """Return a day written month first, such as `03/02/2026`, as `2026-03-02`."""
    match = _SLASHED.fullmatch(value)
    if match is None:
        raise InputError(f"{shown(value)} is not a date.", advice="Write it as 03/02/2026.")
    month, day, year = match.groups()
    return _day(f"{year}-{month:0>2}-{day:0>2}").isoformat()


def add_days(day: str, days: Any) -> str:
    """Return the day so many days later, or earlier where the number is negative."""
    if isinstance(days, bool) or re.fullmatch(r"-?[0-9]{1,6}", str(days)) is None:
        raise InputError(f"{shown(days)} is not a number of days.", advice="Use a whole number.")
    try:
        return (_known(day) + timedelta(days=int(days))).isoformat()
    except OverflowError as error:
        raise InputError(f"{days} days from {day} is no day in the calendar.") from error


def first_of_month(day: str) -> str:
    """Return the first day of the month the day is in."""
    return _known(day).replace(day=1).isoformat()


def last_of_month(day: str) -> str:
    """Return the last day of the month the day is in."""
    known = _known(day)
    return known.replace(day=monthrange(known.year, known.month)[1]).isoformat()


def _known(value: str) -> date:
    if _DAY.fullmatch(value) is None:
        raise InputError(
            f"{shown(value)} is not a date.", advice="Turn it into one first, with date(...)."
        )
    return _day(value)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"'{text}' is no day in the calendar.", advice=_ADVICE) from error


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"'{text}' is no moment in the calendar.", advice=_ADVICE) from error


def _shifted(moment: datetime, place: zoneinfo.ZoneInfo) -> datetime:
    try:
        return moment.astimezone(place)
    except OverflowError as error:
        raise InputError(f"{moment.isoformat()} has no day in that zone.") from error


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _zone(name: str) -> zoneinfo.ZoneInfo:
    if name not in _zone_names():
        raise InputError(
            f"{shown(name)} is not a time zone.", advice="Use a name such as America/New_York."
        )
    return zoneinfo.ZoneInfo(name)


def _why_not(text: str) -> str:
    if "/" in text or re.fullmatch(r"[0-9]{1,2}[.-][0-9]{1,2}[.-][0-9]{4}", text):
        return f"Day or month first? {_ADVICE} For month/day/year use date_us(...)."
    if "T" in text and text[:4].isdigit():
        return "A moment needs its offset, such as 2026-03-02T10:00:00Z."
    return _ADVICE

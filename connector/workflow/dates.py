"""Dates from text to text, one parser per written form; what is ambiguous is refused."""

from __future__ import annotations

import re
import zoneinfo
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
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
# How a person may say a date is written; every letter stands for one digit.
FORMATS = (
    "YYYY-MM-DD",
    "MM/DD/YYYY",
    "DD/MM/YYYY",
    "DD.MM.YYYY",
    "DD-MM-YYYY",
    "YYYY/MM/DD",
    "YYYYMMDD",
)
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


def parse_date(value: str, format: str) -> str:  # noqa: A002 - the name people see
    """Return a day written in a named format, such as `DD.MM.YYYY`, as `2026-03-02`.

    The formats are YYYY-MM-DD, MM/DD/YYYY, DD/MM/YYYY, DD.MM.YYYY, DD-MM-YYYY, YYYY/MM/DD and
    YYYYMMDD; every digit must be there.
    """
    _check_format(format)
    match = _pattern(format).fullmatch(value)
    if match is None:
        raise InputError(f"{shown(value)} is not a date.", advice=f"Write it as {format}.")
    return _day(f"{match['YYYY']}-{match['MM']}-{match['DD']}").isoformat()


def format_date(day: str, format: str) -> str:  # noqa: A002 - the name people see
    """Return the day in a named format; the formats are those of `parse_date`."""
    _check_format(format)
    known = _known(day)
    parts = (
        ("YYYY", f"{known.year:04}"),
        ("MM", f"{known.month:02}"),
        ("DD", f"{known.day:02}"),
    )
    written = format
    for name, digits in parts:
        written = written.replace(name, digits)
    return written


def add_months(day: str, months: Any) -> str:
    """Return the day so many months later or earlier; the last of a month where it has no such."""
    if isinstance(months, bool) or re.fullmatch(r"-?[0-9]{1,5}", str(months)) is None:
        raise InputError(
            f"{shown(months)} is not a number of months.", advice="Use a whole number."
        )
    known = _known(day)
    year, month = divmod(known.year * 12 + known.month - 1 + int(months), 12)
    if not 1 <= year <= date.max.year:
        raise InputError(f"{months} months from {day} is no day in the calendar.")
    return date(year, month + 1, min(known.day, monthrange(year, month + 1)[1])).isoformat()


def days_between(first: str, second: str) -> int:
    """Return how many days the second day is after the first; negative where it is before."""
    return (_known(second) - _known(first)).days


def moment_ms(value: str, zone: str) -> int:
    """Return a moment, or the beginning of a day in the zone, in milliseconds since 1970 (UTC).

    Raises:
        InputError: It is neither, or there is no such zone.
    """
    place = _zone(zone) if zone else UTC
    if _MOMENT.fullmatch(value):
        moment = _moment(value)
    else:
        moment = datetime.combine(_known(value), time.min, place)
    try:
        return int(moment.astimezone(UTC).timestamp() * 1000)
    except OverflowError as error:
        raise InputError(f"{shown(value)} is no moment in the calendar.") from error


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


def _check_format(name: str) -> None:
    if name not in FORMATS:
        raise InputError(
            f"{shown(name)} is not a format of dates.", advice=f"Use one of {', '.join(FORMATS)}."
        )


@cache
def _pattern(name: str) -> re.Pattern[str]:
    pattern = re.escape(name)
    for part in ("YYYY", "MM", "DD"):
        pattern = pattern.replace(part, f"(?P<{part}>[0-9]{{{len(part)}}})")
    return re.compile(pattern)


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

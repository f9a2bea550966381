"""What the headers of a reply say about the company's limits; the spellings are Sage's own.

Names and meanings: rest-api 5. Concurrency is counted per application and per company
(``TENANT``); the smaller one binds. The minute's limit is soft, the hour's is hard.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_IN_FLIGHT = ("x-ia-throttle-limit", "x-ia-tenant-throttle-limit")
_MINUTE = "x-ia-minute-rate-limit"
_HOUR = "x-ia-hour-rate-limit"
_NUMBER = re.compile(r"-?[0-9]{1,9}")
# Retry-After is what clients read first; then any of Sage's own, spelled either way.
_RETRY_AFTER = re.compile(r"x-ia-[a-z-]*-retry-?after")
_USED_UP_SECONDS = 60.0  # where no header says how long to wait


@dataclass(frozen=True)
class LimitReport:
    """What one reply said; None for what it did not say.

    Args:
        in_flight: Calls at once that Intacct allows.
        in_flight_left: How many more could be under way right now; negative when over the limit.
        calls_a_minute: Calls within a minute that Intacct allows.
        pause_seconds: How long nothing should leave, since the minute or the hour is used up.
    """

    in_flight: int | None = None
    in_flight_left: int | None = None
    calls_a_minute: int | None = None
    pause_seconds: float | None = None


NOTHING_SAID = LimitReport()


def read_limits(headers: Mapping[str, str]) -> LimitReport:
    """Return what a reply's headers say about limits.

    Args:
        headers: Names in lower case, as ``HttpReply`` has them.
    """
    return LimitReport(
        in_flight=_least(headers, *_IN_FLIGHT, above=0),
        in_flight_left=_least(headers, *(f"{name}-remaining" for name in _IN_FLIGHT)),
        calls_a_minute=_least(headers, _MINUTE, above=0),
        pause_seconds=_pause(headers),
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a refusal asks to wait, or None where it does not say."""
    asked = _number(headers.get("retry-after"))
    if asked is None:
        own = [_number(text) for name, text in headers.items() if _RETRY_AFTER.fullmatch(name)]
        asked = max((seconds for seconds in own if seconds is not None), default=None)
    return None if asked is None or asked < 0 else float(asked)


def _pause(headers: Mapping[str, str]) -> float | None:
    used_up = [name for name in (_MINUTE, _HOUR) if _is_used_up(headers, name)]
    return max((_wait(headers, name) for name in used_up), default=None)


def _is_used_up(headers: Mapping[str, str], name: str) -> bool:
    left = _number(headers.get(f"{name}-remaining"))
    return left is not None and left <= 0 and bool(_least(headers, name, above=0))


def _wait(headers: Mapping[str, str], name: str) -> float:
    for spelling in ("retry-after", "retryafter"):
        asked = _number(headers.get(f"{name}-{spelling}"))
        if asked is not None and asked > 0:
            return float(asked)
    return _USED_UP_SECONDS


def _least(headers: Mapping[str, str], *names: str, above: int | None = None) -> int | None:
    found = [_number(headers.get(name)) for name in names]
    said = [number for number in found if number is not None]
    return min((number for number in said if above is None or number > above), default=None)


def _number(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if _NUMBER.fullmatch(text) else None

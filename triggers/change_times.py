"""When records were changed, as Intacct says it: whose clock that is, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from connector.component import Context
from connector.errors import InputError, Refused
from connector.intacct.dialects import raw_json
from connector.intacct.raw_retries import RawRetries

XML, REST = "xml", "rest"
_SECONDS = 60.0
_ISO = "%Y-%m-%dT%H:%M:%S"
_USUAL = "/mdY"  # how Intacct writes dates for a user who never chose otherwise
_PARTS = {"d": "%d", "m": "%m", "Y": "%Y", "y": "%y", "M": "%b"}
# Times carry no zone and differ by field (xml-api 8.8): without a known one a day is re-read.
_UNKNOWN_ZONE_MINUTES = 26 * 60
_SUMMER_MINUTES = 60
_FRACTION = re.compile(r"(:[0-9]{2})\.[0-9]+")


@dataclass(frozen=True)
class Clock:
    """How the connection's user is shown dates and times; read once when a workflow starts.

    Args:
        api: The API the times come from.
        form: Intacct's word for the form of dates: what parts them, then their order.
        offset: Of the user's zone, such as ``-07:00``; empty where it is not known.
    """

    api: str
    form: str = _USUAL
    offset: str = ""

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Clock:
        """Return the clock that was kept in a poll's state."""
        return cls(state["api"], state["form"], state["offset"])

    def to_state(self) -> dict[str, str]:
        """Return what ``of`` reads."""
        return {"api": self.api, "form": self.form, "offset": self.offset}

    def moment(self, text: Any) -> str:
        """Return a time as sortable text without a zone; empty text where there is none."""
        plain = _FRACTION.sub(r"\1", str(text or "")).removesuffix("Z")
        for form in (_ISO, f"{self._date} %H:%M:%S", "%Y-%m-%d", self._date):
            try:
                return datetime.strptime(plain, form).strftime(_ISO)  # noqa: DTZ007 - has no zone
            except ValueError:
                continue
        return plain

    def literal(self, moment: str) -> str:
        """Return a moment in the form that filters of the API take."""
        if self.api == REST:
            return f"{moment}Z"
        return datetime.fromisoformat(moment).strftime(f"{self._date} %H:%M:%S")

    def overlap(self, minutes: int) -> timedelta:
        """Return how far back to look again: filters and times may go by different clocks."""
        if self.api == REST:
            return timedelta(minutes=minutes)
        if not self.offset:
            return timedelta(minutes=max(minutes, _UNKNOWN_ZONE_MINUTES))
        away = self._away()
        return timedelta(minutes=minutes + (away + _SUMMER_MINUTES if away else 0))

    def _away(self) -> int:
        found = datetime.strptime(self.offset, "%z").utcoffset() or timedelta()
        return abs(int(found.total_seconds())) // 60

    @property
    def _date(self) -> str:
        return self.form[0].join(_PARTS[letter] for letter in self.form[1:])


def read_clock(ctx: Context, user_id: str) -> Clock:
    """Ask how the user is shown times; without an answer the usual form, and no zone.

    Times of the REST API need no asking: they are ISO text in UTC (rest-api).
    """
    try:
        client = ctx.asking_for(XML).intacct
        body = f"<readUserFormatting><userId>{escape(user_id)}</userId></readUserFormatting>"
        reply = client.raw(body, seconds=_SECONDS, retries=RawRetries()).reply
    except InputError:
        return Clock(REST)
    except Refused:
        return Clock(XML)
    found = _first(raw_json.to_json(reply, always_lists=False), "userformatting")
    form, offset = str(found.get("dateformat") or ""), str(found.get("gmtoffset") or "")
    is_form = len(form) == len(_USUAL) and not form[0].isalnum() and set(form[1:]) <= set(_PARTS)
    return Clock(XML, form if is_form else _USUAL, offset if _is_offset(offset) else "")


def earlier(moment: str, by: timedelta) -> str:
    """Return the moment so much earlier, as the same kind of text; empty stays empty."""
    if not moment:
        return ""
    try:
        return (datetime.fromisoformat(moment) - by).strftime(_ISO)
    except (ValueError, OverflowError):
        return ""


def milliseconds(moment: str, offset: str) -> int | None:
    """Return a moment since 1970, by the user's zone where that is known, else as if in UTC."""
    try:
        found = datetime.fromisoformat(f"{moment}{offset}")
    except ValueError:
        return None
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


def _is_offset(text: str) -> bool:
    try:
        datetime.strptime(text, "%z")
    except ValueError:
        return False
    return True


def _first(value: Any, name: str) -> Mapping[str, Any]:
    """Return the first element of that name, wherever it stands; empty where there is none."""
    if isinstance(value, list):
        return next((found for item in value if (found := _first(item, name))), {})
    if not isinstance(value, dict):
        return {}
    own = value.get(name)
    if isinstance(own, dict):
        return own
    return next((found for item in value.values() if (found := _first(item, name))), {})

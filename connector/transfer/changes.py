"""What has changed since the last export: a cursor with an overlap, and what was told already.

Times are compared as Intacct gives them: over XML they are in the API user's own zone and form, in
filters and in answers alike, so no clock of ours is mixed in. The cursor never lies behind the
newest change that was there when an export began: what changes while it runs comes next time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connector.errors import InputError
from connector.intacct.client import IntacctClient
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import AllOf, Condition, Filter
from connector.intacct.router import REST

OVERLAP = timedelta(minutes=5)
# Beyond this many changes within the overlap some records are exported once more.
MOST_REMEMBERED = 200_000
_US = "%m/%d/%Y %H:%M:%S"
_REST_NAME = "audit.modifiedDateTime"
_WHEN = "WHENMODIFIED"


@dataclass
class Changes:
    """The change cursor of one export.

    Args:
        column: What the time of the last change is called over the connection's API.
        is_rest: Whether times are written as the REST API wants them.
        since: The newest change that is told; None before the first export.
        seen: Records told already within the overlap, with the time of their change.
    """

    column: str
    is_rest: bool
    since: datetime | None = None
    seen: dict[str, str] = field(default_factory=dict)
    _newest: datetime | None = None
    _seen_now: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, schema: ObjectSchema, api: str) -> Changes:
        """Return the cursor of an object over one API, before the first export."""
        found = schema.fields.columns.get(_WHEN)
        is_rest = api == REST
        if is_rest:
            column = found.name if found and found.rest else _REST_NAME
        else:
            column = found.name if found else _WHEN
        return cls(column, is_rest)

    def load(self, document: Mapping[str, Any]) -> None:
        """Take over what was kept."""
        if document.get("since"):
            self.since = datetime.fromisoformat(document["since"])
        self.seen = dict(document.get("seen", {}))

    def kept(self) -> dict[str, Any]:
        """Return what the next export has to know once this one is complete."""
        since = self._newest or self.since
        edge = since - OVERLAP if since else None
        recent = {
            key: text
            for key, text in {**self.seen, **self._seen_now}.items()
            if edge and (read_moment(text) or edge) >= edge
        }
        return {"since": since.isoformat() if since else "", "seen": recent}

    def begin(self, client: IntacctClient, schema: ObjectSchema) -> None:
        """Ask for the newest change there is, where the cursor will stand afterwards.

        Raises:
            InputError: Records of this object do not say when they changed.
        """
        rows = client.query(
            schema.name, select=[schema.key, self.column], order_by=[f"-{self.column}"], limit=1
        )
        self._newest = read_moment(self._text(rows[0])) if rows else None
        if rows and self._newest is None:
            raise InputError(
                f"Intacct does not say when a {schema.name} was changed.",
                advice="Export it in full, without --incremental.",
                field="incremental",
            )

    def filter(self, where: Filter | None) -> Filter | None:
        """Return the filter for what has changed, some minutes of overlap included."""
        if self.since is None:
            return where
        moment = self.since - OVERLAP
        text = moment.strftime("%Y-%m-%dT%H:%M:%SZ" if self.is_rest else _US)
        changed = Condition(self.column, "greaterThanOrEqualTo", (text,))
        return AllOf((where, changed)) if where else changed

    def is_new(self, record: Mapping[str, Any]) -> bool:
        """Say whether a record has not been told in this state, and remember that it is now."""
        key, text = str(record["key"]), self._text(record)
        moment = read_moment(text)
        edge = (self._newest or self.since or moment or datetime.now(UTC)) - OVERLAP
        if moment and moment >= edge and len(self._seen_now) < MOST_REMEMBERED:
            self._seen_now[key] = text
        return self.seen.get(key) != text or not text

    def _text(self, record: Mapping[str, Any]) -> str:
        value = record.get(self.column)
        if value is None:  # nested where the reply nests
            parts: Any = record
            for part in self.column.split("."):
                parts = parts.get(part) if isinstance(parts, Mapping) else None
            value = parts
        return str(value or "")


def read_moment(text: str) -> datetime | None:
    """Return a moment as Intacct writes it, in either API; None where it is none."""
    try:
        found = datetime.strptime(text, _US).replace(tzinfo=UTC)
    except ValueError:
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)

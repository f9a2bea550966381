"""The portal's records, kept in one SQLite database behind one lock."""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from connector.sandbox.hubspot.kinds import ASSOCIATION_TYPES, KINDS, PRIMARY_COMPANY
from connector.sandbox.hubspot.seed import example_data

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TABLES = """
CREATE TABLE IF NOT EXISTS objects (
    kind TEXT, id TEXT, properties TEXT, created_at TEXT, updated_at TEXT,
    PRIMARY KEY (kind, id)
);
CREATE TABLE IF NOT EXISTS associations (
    start_id TEXT, type_id INTEGER, end_id TEXT,
    PRIMARY KEY (start_id, type_id, end_id)
);
CREATE TABLE IF NOT EXISTS custom_properties (
    kind TEXT, name TEXT, definition TEXT,
    PRIMARY KEY (kind, name)
);
"""


@dataclass(frozen=True)
class Record:
    """One object: ids and property values are texts, times ISO 8601 in UTC."""

    kind: str
    id: str
    properties: dict[str, str | None]
    created_at: str
    updated_at: str


def now_text() -> str:
    """Return the present moment as HubSpot writes it, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Store:
    """Records, associations and custom properties; safe to use from many threads.

    Args:
        path: The SQLite file, or None for memory. A file that holds a portal is kept as it is.
        seed: Chooses the example data of a new or reset portal.
    """

    def __init__(self, path: str | None, seed: int) -> None:
        self._lock = threading.RLock()
        self._seed = seed
        self._database = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None
        )
        # Nobody tells a blueprint that its app has gone; the file closes with the store.
        weakref.finalize(self, self._database.close)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(_TABLES)
        if self._database.execute("SELECT 1 FROM objects").fetchone() is None:
            self.reset()

    def reset(self) -> None:
        """Throw everything away and start again with the example data."""
        data = example_data(self._seed)
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            for table in ("objects", "associations", "custom_properties"):
                self._database.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            for kind, record_id, properties, created_at in data.objects:
                self._insert(Record(kind, record_id, properties, created_at, created_at))
            for start_id, type_id, end_id in data.associations:
                self.associate(start_id, type_id, end_id)

    def find(self, kind: str, record_id: str) -> Record | None:
        """Return the record, or None when there is none of that id."""
        with self._lock:
            row = self._database.execute(
                "SELECT properties, created_at, updated_at FROM objects WHERE kind = ? AND id = ?",
                (kind, record_id),
            ).fetchone()
        return Record(kind, record_id, json.loads(row[0]), row[1], row[2]) if row else None

    def create(self, kind: str, properties: Mapping[str, str | None]) -> Record:
        """Store a new record under the next free id of the whole portal and return it."""
        now = now_text()
        with self._lock:
            (last,) = self._database.execute(
                "SELECT max(CAST(id AS INTEGER)) FROM objects"
            ).fetchone()
            record = Record(kind, str(last + 1), dict(properties), now, now)
            self._insert(record)
        return record

    def update(
        self, kind: str, record_id: str, properties: Mapping[str, str | None]
    ) -> Record | None:
        """Change the given properties, leave the others; None when there is no such record."""
        with self._lock:
            found = self.find(kind, record_id)
            if found is None:
                return None
            changed = {**found.properties, **properties}
            record = Record(kind, record_id, changed, found.created_at, now_text())
            self._database.execute(
                "UPDATE objects SET properties = ?, updated_at = ? WHERE kind = ? AND id = ?",
                (json.dumps(changed), record.updated_at, kind, record_id),
            )
        return record

    def associate(self, start_id: str, type_id: int, end_id: str) -> None:
        """Join two records in both directions; ids are unique over all kinds.

        A labelled association brings the plain one along, and a deal has one primary company:
        the new one takes the place of the old.
        """
        entry = ASSOCIATION_TYPES[type_id]
        with self._lock:
            if PRIMARY_COMPANY in {type_id, entry.inverse}:
                deal_id = start_id if entry.start == "deals" else end_id
                self._drop_primary(deal_id)
            self._join(start_id, type_id, end_id)
            if entry.implies:
                self.associate(start_id, entry.implies, end_id)

    def associations(self, start_id: str, end_kind: str) -> dict[str, list[int]]:
        """Return the ids the record leads to with their association types, lowest id first."""
        types = [entry.type_id for entry in ASSOCIATION_TYPES.values() if entry.end == end_kind]
        found: dict[str, list[int]] = {}
        with self._lock:
            rows = self._database.execute(
                "SELECT end_id, type_id FROM associations WHERE start_id = ?"
                " ORDER BY CAST(end_id AS INTEGER), type_id",
                (start_id,),
            ).fetchall()
        for end_id, type_id in rows:
            if type_id in types:
                found.setdefault(end_id, []).append(type_id)
        return found

    def property_names(self, kind: str) -> set[str]:
        """Return the names of all properties of the kind, built in and custom."""
        with self._lock:
            rows = self._database.execute(
                "SELECT name FROM custom_properties WHERE kind = ?", (kind,)
            ).fetchall()
        return {*KINDS[kind].properties, *(name for (name,) in rows)}

    def add_property(self, kind: str, name: str, definition: Mapping[str, object]) -> bool:
        """Add a custom property; False when the kind has a property of that name already."""
        with self._lock:
            if name in self.property_names(kind):
                return False
            self._database.execute(
                "INSERT INTO custom_properties VALUES (?, ?, ?)",
                (kind, name, json.dumps(definition)),
            )
        return True

    def _insert(self, record: Record) -> None:
        self._database.execute(
            "INSERT INTO objects VALUES (?, ?, ?, ?, ?)",
            (
                record.kind,
                record.id,
                json.dumps(record.properties),
                record.created_at,
                record.updated_at,
            ),
        )

    def _join(self, start_id: str, type_id: int, end_id: str) -> None:
        for row in _both_ways(start_id, type_id, end_id):
            self._database.execute("INSERT OR IGNORE INTO associations VALUES (?, ?, ?)", row)

    def _drop_primary(self, deal_id: str) -> None:
        inverse = ASSOCIATION_TYPES[PRIMARY_COMPANY].inverse
        self._database.execute(
            "DELETE FROM associations WHERE (start_id = ? AND type_id = ?)"
            " OR (end_id = ? AND type_id = ?)",
            (deal_id, PRIMARY_COMPANY, deal_id, inverse),
        )


def _both_ways(start_id: str, type_id: int, end_id: str) -> Iterator[tuple[str, int, str]]:
    yield start_id, type_id, end_id
    inverse = ASSOCIATION_TYPES[type_id].inverse
    if inverse:
        yield end_id, inverse, start_id

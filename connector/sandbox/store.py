"""The sandbox's own SQLite database: records, counters, sessions, control ids, and the ledger.

One connection and one lock: whoever holds the lock sees and changes a consistent company.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Body = dict[str, str]
LONGEST_NUMBER = 18  # digits that surely fit SQLite's integers

_TABLES = """
CREATE TABLE IF NOT EXISTS record (
    object TEXT NOT NULL, recordno INTEGER NOT NULL, id TEXT NOT NULL, entity TEXT NOT NULL,
    parent INTEGER, body TEXT NOT NULL, PRIMARY KEY (object, recordno)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS record_by_id ON record (object, id);
CREATE INDEX IF NOT EXISTS record_by_parent ON record (object, parent);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS session (
    id TEXT PRIMARY KEY, company TEXT NOT NULL, user TEXT NOT NULL, entity TEXT NOT NULL,
    endpoint TEXT NOT NULL, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS completed (
    sender TEXT NOT NULL, controlid TEXT NOT NULL, at REAL NOT NULL, result TEXT NOT NULL,
    PRIMARY KEY (sender, controlid));
CREATE TABLE IF NOT EXISTS ledger (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, function TEXT NOT NULL,
    control_id TEXT NOT NULL, object TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL,
    id TEXT NOT NULL, entity TEXT NOT NULL, company TEXT NOT NULL);
"""


@dataclass
class Record:
    """One stored record; `body` holds its own fields by name, empty ones left out."""

    object: str
    recordno: int
    id: str
    entity: str
    parent: int | None = None
    body: Body = field(default_factory=dict)


class Store:
    """Everything the company remembers."""

    def __init__(self, path: str | None) -> None:
        """Open the file, or a database in memory without one."""
        self.lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None
        )
        self._db.execute("PRAGMA journal_mode=WAL")
        # A killed process loses nothing that way; only a power cut could, which a sandbox may.
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_TABLES)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all changes inside, or none when an exception leaves the block. May be nested."""
        with self.lock:
            name = f"level{self._depth}"
            self._db.execute(f"SAVEPOINT {name}" if self._depth else "BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                self._db.execute(f"ROLLBACK TO {name}" if self._depth else "ROLLBACK")
                if self._depth:
                    self._db.execute(f"RELEASE {name}")
                raise
            self._depth -= 1
            self._db.execute(f"RELEASE {name}" if self._depth else "COMMIT")

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""
        with self.lock:
            return self._db.execute(sql, values).fetchall()

    def next_number(self, name: str, start: int = 1) -> int:
        """Return the next value of a counter."""
        rows = self.execute(
            "INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + 1"
            " RETURNING value",
            (name, start),
        )
        return int(rows[0][0])

    def put(self, record: Record) -> None:
        """Write a record, new or changed."""
        body = json.dumps({name: value for name, value in record.body.items() if value})
        self.execute(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?)",
            (record.object, record.recordno, record.id, record.entity, record.parent, body),
        )

    def remove(self, record: Record) -> None:
        """Forget a record."""
        self.execute(
            "DELETE FROM record WHERE object = ? AND recordno = ?", (record.object, record.recordno)
        )

    def get(self, object_name: str, recordno: str | int) -> Record | None:
        """Return the record with that number."""
        if not str(recordno).isdecimal() or len(str(recordno)) > LONGEST_NUMBER:
            return None
        found = self.select(object_name, "recordno = ?", (int(recordno),))
        return found[0] if found else None

    def by_id(self, object_name: str, identifier: str) -> list[Record]:
        """Return the records with that business id, of every entity."""
        return self.select(object_name, "id = ?", (identifier,), "record_by_id")

    def owned(self, object_name: str, parent: int) -> list[Record]:
        """Return the lines of a record in their order."""
        return self.select(object_name, "parent = ?", (parent,), "record_by_parent")

    def where(self, object_name: str, name: str, value: str) -> list[Record]:
        """Return the records whose own field has exactly that value."""
        return self.select(object_name, "json_extract(body, ?) = ?", (f'$."{name}"', value))

    def select(
        self,
        object_name: str,
        condition: str = "1",
        values: Sequence[Any] = (),
        index: str | None = None,
    ) -> list[Record]:
        """Return the records that meet an SQL condition, by number.

        The index is named because SQLite would rather read every record of the object in order.
        """
        found_by = f"INDEXED BY {index}" if index else ""
        rows = self.execute(
            "SELECT object, recordno, id, entity, parent, body"  # noqa: S608 # own text
            f" FROM record {found_by} WHERE object = ? AND {condition} ORDER BY recordno",
            (object_name, *values),
        )
        return [
            Record(name, number, identifier, entity, parent, json.loads(body))
            for name, number, identifier, entity, parent, body in rows
        ]

    def clear(self) -> None:
        """Forget everything, sessions and ledger included."""
        with self.transaction():
            for table in ("record", "counter", "session", "completed", "ledger"):
                self.execute(f"DELETE FROM {table}")  # noqa: S608 # names from the line above
            self.execute("DELETE FROM sqlite_sequence")

    def is_empty(self) -> bool:
        """Return whether there is no record yet."""
        return not self.execute("SELECT 1 FROM record LIMIT 1")

    def close(self) -> None:
        """Close the database."""
        with self.lock:
            self._db.close()

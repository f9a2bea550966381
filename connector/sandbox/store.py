"""The sandbox's own SQLite database: records, counters, sessions, control ids, and the ledger.

One connection and one lock: whoever holds the lock sees and changes a consistent company.
"""

import json
import sqlite3
import threading
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from connector.sandbox.generated import GeneratedVendors
from connector.sandbox.objects.details import VIEWS
from connector.sandbox.record import Body, Record

__all__ = ["Body", "Record", "Store"]

LONGEST_NUMBER = 18  # digits that surely fit SQLite's integers
AT_ONCE = 500  # records per statement
# What posts to the general ledger, and what its readers read.
POSTING = frozenset(
    "ARINVOICE ARADJUSTMENT ARADVANCE ARPYMT APBILL APADJUSTMENT APADVANCE APPYMT".split()  # noqa: SIM905 # shorter
)
_BOOKS = frozenset({"GLBATCH", "GLENTRY"})
_CLEARED = (
    "record", "counter", "session", "completed", "removed", "unposted", "posting", "usage",
    "ledger",
)  # fmt: skip

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
CREATE TABLE IF NOT EXISTS unposted (
    seq INTEGER PRIMARY KEY, object TEXT NOT NULL, recordno INTEGER NOT NULL,
    UNIQUE (object, recordno));
CREATE TABLE IF NOT EXISTS posting (
    object TEXT NOT NULL, recordno INTEGER NOT NULL, part TEXT NOT NULL, batch INTEGER NOT NULL,
    digest TEXT NOT NULL, PRIMARY KEY (object, recordno, part));
CREATE TABLE IF NOT EXISTS removed (recordno INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS usage (
    month TEXT NOT NULL, sender TEXT NOT NULL, function TEXT NOT NULL,
    transactions INTEGER NOT NULL, PRIMARY KEY (month, sender, function));
CREATE TABLE IF NOT EXISTS ledger (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, function TEXT NOT NULL,
    control_id TEXT NOT NULL, object TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL,
    id TEXT NOT NULL, entity TEXT NOT NULL, company TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ledger_user (seq INTEGER PRIMARY KEY, user TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS ledger_row_gone AFTER DELETE ON ledger BEGIN
    DELETE FROM ledger_user WHERE seq = old.seq;
END;
"""


def _kept(object_name: str) -> tuple[str, str]:
    """Return under which name the records of an object are kept, and which of those are its own.

    A view shows the lines of another object whose owner is neither a draft nor waits for anybody.
    """
    kept, owner = VIEWS.get(object_name, (object_name, ""))
    if not owner:
        return kept, ""
    states = "'Draft', 'Submitted', 'Partially Approved', 'Declined'"
    return kept, (
        f" AND parent IN (SELECT recordno FROM record WHERE object = '{owner}'"  # noqa: S608 # own
        f" AND json_extract(body, '$.STATE') NOT IN ({states}))"
    )


class Store:
    """Everything the company remembers.

    `version` changes whenever records may have changed; what was found at one version still holds
    while it stays the same.
    """

    def __init__(self, path: str | None, generated: GeneratedVendors | None = None) -> None:
        """Open the file, or a database in memory without one."""
        self.lock = threading.RLock()
        self.generated = generated or GeneratedVendors(0)
        self.version = 0
        # Brings the batches of the general ledger up to date; called before they are read.
        self.keep_books: Callable[[], None] | None = None
        self._is_posting = False
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
                self.version += 1
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

    def _see_books(self, object_name: str) -> None:
        if object_name not in _BOOKS or self.keep_books is None or self._is_posting:
            return
        with self.transaction():
            self._is_posting = True
            try:
                self.keep_books()
            finally:
                self._is_posting = False

    def _has_changed(self, record: Record) -> None:
        self.version += 1
        if record.object in POSTING:
            self.execute(
                "INSERT OR IGNORE INTO unposted (object, recordno) VALUES (?, ?)",
                (record.object, record.recordno),
            )

    def put(self, record: Record) -> None:
        """Write a record, new or changed."""
        body = json.dumps({name: value for name, value in record.body.items() if value})
        self._has_changed(record)
        self.execute(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?)",
            (record.object, record.recordno, record.id, record.entity, record.parent, body),
        )

    def remove(self, record: Record) -> None:
        """Forget a record."""
        self._has_changed(record)
        self.execute(
            "DELETE FROM record WHERE object = ? AND recordno = ?", (record.object, record.recordno)
        )
        if self.generated.has(record.object, record.recordno):
            self.execute("INSERT OR IGNORE INTO removed VALUES (?)", (record.recordno,))

    def get(self, object_name: str, recordno: str | int) -> Record | None:
        """Return the record with that number."""
        if not str(recordno).isdecimal() or len(str(recordno)) > LONGEST_NUMBER:
            return None
        found = self.some(object_name, [int(recordno)])
        return found[0] if found else None

    def some(self, object_name: str, numbers: Sequence[int]) -> list[Record]:
        """Return the records with these numbers, in their order; what is gone is left out."""
        found: dict[int, Record] = {}
        for first in range(0, len(numbers), AT_ONCE):
            part = numbers[first : first + AT_ONCE]
            marks = ",".join("?" * len(part))
            stored = self.select(object_name, f"recordno IN ({marks})", tuple(part))
            found.update((record.recordno, record) for record in stored)
        if any(self.generated.has(object_name, n) for n in numbers if n not in found):
            gone = self._removed()
            found.update(
                (n, self.generated.make(n))
                for n in numbers
                if n not in found and n not in gone and self.generated.has(object_name, n)
            )
        return [found[number] for number in numbers if number in found]

    def by_id(self, object_name: str, identifier: str) -> list[Record]:
        """Return the records with that business id, of every entity."""
        found = self.select(object_name, "id = ?", (identifier,), "record_by_id")
        number = self.generated.number_of(object_name, identifier)
        if number is not None and all(record.recordno != number for record in found):
            found += self.some(object_name, [number])
        return found

    def numbers(self, object_name: str, entity: str | None = None) -> "array[int]":
        """Return the number of every record of an object, in ascending order.

        With an entity, only of those that are shared or its own.
        """
        kept, posted = _kept(object_name)
        self._see_books(kept)
        sql = f"SELECT recordno FROM record WHERE object = ?{posted}"  # noqa: S608 # own text
        shown = "" if entity is None else " AND entity IN ('', ?)"
        values = [kept] if entity is None else [kept, entity]
        rows = self.execute(f"{sql}{shown} ORDER BY recordno", values)
        found = array("q", (number for (number,) in rows))
        made = self.generated.numbers(object_name)
        if not made:
            return found
        without = self._removed().union(found)
        if without.isdisjoint(made):
            found.extend(made)
        else:
            found.extend(number for number in made if number not in without)
        return found if not rows or rows[-1][0] < made.start else array("q", sorted(found))

    def stream(self, object_name: str, numbers: Sequence[int] | None = None) -> Iterator[Record]:
        """Yield the records with these numbers, or every one of an object, a few at a time."""
        wanted = self.numbers(object_name) if numbers is None else numbers
        for first in range(0, len(wanted), AT_ONCE):
            yield from self.some(object_name, wanted[first : first + AT_ONCE])

    def _removed(self) -> set[int]:
        """Return the numbers of generated records that were deleted."""
        return {number for (number,) in self.execute("SELECT recordno FROM removed")}

    def owned(self, object_name: str, parent: int) -> list[Record]:
        """Return the lines of a record in their order."""
        return self.select(object_name, "parent = ?", (parent,), "record_by_parent")

    def where(self, object_name: str, name: str, value: str) -> list[Record]:
        """Return the stored records whose own field has exactly that value."""
        return self.select(object_name, "json_extract(body, ?) = ?", (f'$."{name}"', value))

    def select(
        self,
        object_name: str,
        condition: str = "1",
        values: Sequence[Any] = (),
        index: str | None = None,
    ) -> list[Record]:
        """Return the stored records that meet an SQL condition, by number.

        The index is named because SQLite would rather read every record of the object in order.
        """
        kept, posted = _kept(object_name)
        self._see_books(kept)
        found_by = f"INDEXED BY {index}" if index else ""
        rows = self.execute(
            "SELECT object, recordno, id, entity, parent, body"  # noqa: S608 # own text
            f" FROM record {found_by} WHERE object = ?{posted} AND {condition} ORDER BY recordno",
            (kept, *values),
        )
        return [
            Record(name, number, identifier, entity, parent, json.loads(body))
            for name, number, identifier, entity, parent, body in rows
        ]

    def clear(self) -> None:
        """Forget everything, sessions and ledger included."""
        self.version += 1
        with self.transaction():
            for table in _CLEARED:
                self.execute(f"DELETE FROM {table}")  # noqa: S608 # own names
            self.execute("DELETE FROM sqlite_sequence")

    def copy(self) -> sqlite3.Connection:
        """Return a copy of everything, in memory."""
        copied = sqlite3.connect(":memory:", check_same_thread=False)
        with self.lock:
            self._db.backup(copied)
        return copied

    def become(self, copied: sqlite3.Connection) -> None:
        """Replace everything by an earlier copy."""
        with self.lock:
            copied.backup(self._db)
            self.version += 1

    def is_empty(self) -> bool:
        """Return whether there is no record yet."""
        return not self.execute("SELECT 1 FROM record LIMIT 1")

    def close(self) -> None:
        """Close the database."""
        with self.lock:
            self._db.close()

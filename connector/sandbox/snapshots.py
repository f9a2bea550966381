"""Named copies of the company, kept in memory as long as the sandbox runs."""

import re
import sqlite3
import threading

MOST = 20
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,60}")


class Snapshots:
    """The copies by name, safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[sqlite3.Connection, dict[str, str]]] = {}

    def keep(self, name: str, copied: sqlite3.Connection, policies: dict[str, str]) -> None:
        """Remember a copy; one of the same name is replaced. Raises ValueError for a bad name."""
        if not _NAME.fullmatch(name):
            raise ValueError("A snapshot is named with letters, digits, dots, dashes, underscores.")
        with self._lock:
            if name not in self._kept and len(self._kept) >= MOST:
                raise ValueError(f"There are {MOST} snapshots already. Delete one first.")
            self._kept[name] = (copied, policies)

    def get(self, name: str) -> tuple[sqlite3.Connection, dict[str, str]]:
        """Return a copy and the policies of its time; raises ValueError for an unknown name."""
        with self._lock:
            if name not in self._kept:
                raise ValueError(f"There is no snapshot named {name}.")
            return self._kept[name]

    def forget(self, name: str) -> None:
        """Drop a copy; an unknown one is dropped already."""
        with self._lock:
            self._kept.pop(name, None)

    def names(self) -> list[str]:
        """Return the names, oldest first."""
        with self._lock:
            return list(self._kept)

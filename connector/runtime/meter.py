"""Counts API calls while a step runs, and keeps the sums with its result."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime

import sqlalchemy as sa

from connector.store import clock
from connector.store.insert import insert_once
from connector.store.tables import usage

SIGN_IN = "getAPISession"


class StepMeter:
    """The calls of one step, by wire function."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()

    def count(self, function: str) -> None:
        """Count one call."""
        with self._lock:
            self._calls[function] += 1

    def take(self) -> Counter[str]:
        """Return what was counted since the last time, and start again."""
        with self._lock:
            taken, self._calls = self._calls, Counter()
        return taken


def transactions(calls: Counter[str]) -> int:
    """Return how many API transactions Sage would bill for these calls.

    Every write and every page of a query is one (xml-api 6); whether a read by key counts is
    not documented, so it is counted, and signing in is not.
    """
    return sum(count for function, count in calls.items() if function != SIGN_IN)


def keep(connection: sa.Connection, connection_id: str, calls: Counter[str]) -> None:
    """Add the calls to the connection's month, inside the caller's transaction."""
    if not calls:
        return
    now = datetime.fromtimestamp(clock.now_ms(connection) / 1000, UTC)
    month = now.strftime("%Y-%m")
    # Always in one order: rows locked crosswise would make one of two steps fail.
    for function, count in sorted(calls.items()):
        key = {"connection_id": connection_id, "month": month, "kind": function}
        if not insert_once(connection, usage, {**key, "calls": count}):
            connection.execute(
                usage.update()
                .where(*(usage.c[name] == value for name, value in key.items()))
                .values(calls=usage.c.calls + count)
            )

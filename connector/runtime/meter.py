"""Counts API calls while a step runs, and keeps the sums with its result."""

from __future__ import annotations

import threading
from collections import Counter
from functools import cache

import sqlalchemy as sa

from connector.store import clock
from connector.store.insert import Insert, insert_into
from connector.store.tables import usage

# What fetches sessions and tokens, in either API.
SIGN_INS = frozenset({"getAPISession", "POST /oauth2/token"})


class StepMeter:
    """The calls of one step, by wire function."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()

    def count(self, function: str) -> None:
        """Count one call."""
        with self._lock:
            self._calls[function] += 1

    @property
    def waiting(self) -> int:
        """API transactions that were counted and not yet taken."""
        with self._lock:
            return transactions(self._calls)

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
    return sum(count for function, count in calls.items() if function not in SIGN_INS)


def keep(connection: sa.Connection, connection_id: str, calls: Counter[str]) -> None:
    """Add the calls to the connection's month, inside the caller's transaction."""
    if not calls:
        return
    statement = _adding(connection.dialect.name)
    # Always in one order: rows locked crosswise would make one of two steps fail.
    for function, count in sorted(calls.items()):
        connection.execute(
            statement, {"connection_id": connection_id, "kind": function, "calls": count}
        )


@cache
def _adding(dialect_name: str) -> Insert:
    """Return what inserts a month's row or adds to it."""
    statement = insert_into(dialect_name, usage).values(month=clock.MONTH)
    return statement.on_conflict_do_update(
        index_elements=[usage.c.connection_id, usage.c.month, usage.c.kind],
        set_={"calls": usage.c.calls + statement.excluded.calls},
    )

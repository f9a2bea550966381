"""The count of calls, when many steps end at once."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from connector.runtime import meter
from connector.store import Database
from connector.store.tables import usage

WORKERS = 6
ROUNDS = 15
FUNCTIONS = ("create", "create_invoice", "query", "read", "readByQuery", "readMore")


def test_steps_that_end_at_once_all_count_whatever_they_called_first(database: Database) -> None:
    """Rows locked in different orders would lock out one another, and one step would be undone."""
    start = threading.Barrier(WORKERS, timeout=30)

    def count(number: int) -> None:
        order = FUNCTIONS if number % 2 else FUNCTIONS[::-1]
        for _round in range(ROUNDS):
            start.wait()
            calls = Counter(dict.fromkeys(order, 1))
            database.write(lambda c, calls=calls: meter.keep(c, "books", calls))  # type: ignore[misc] # a default binds the loop's value

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(count, range(WORKERS)))
    kept = sa.select(usage.c.kind, usage.c.calls)
    found = database.read(lambda c: {row.kind: row.calls for row in c.execute(kept)})
    assert found == dict.fromkeys(FUNCTIONS, WORKERS * ROUNDS)

"""Claims on both databases: one worker at a time, and the last one's word counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from connector.runtime import runs
from connector.store import Database, clock, tables

LEASE_MS = 60_000


@pytest.fixture
def run_id(database: Database) -> str:
    """Return a queued run of a published workflow."""

    def insert(connection: sa.Connection) -> None:
        now = clock.now_ms(connection)
        connection.execute(tables.workflow.insert().values(id="w", name="w", created_at=now))
        connection.execute(
            tables.workflow_version.insert().values(
                workflow_id="w", version=1, document="{}", fingerprint="f", created_at=now
            )
        )
        connection.execute(
            tables.run.insert().values(
                id="r", workflow_id="w", version=1, state="queued", not_before=now, created_at=now
            )
        )

    database.write(insert)
    return "r"


def row(database: Database) -> Any:
    return database.read(lambda c: c.execute(sa.select(tables.run)).one())


def let_lease_end(database: Database) -> None:
    """Do what time would: the holder showed no sign of life."""
    database.write(lambda c: c.execute(tables.run.update().values(lease_until=1)).rowcount)


def test_of_many_workers_one_claims_a_run(database: Database, run_id: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        claims = list(
            pool.map(lambda n: runs.claim(database, run_id, f"w{n}", LEASE_MS), range(16))
        )
    assert len([claim for claim in claims if claim]) == 1
    assert (row(database).epoch, row(database).attempts) == (1, 1)


def test_a_run_that_is_not_due_is_left_alone(database: Database, run_id: str) -> None:
    later = tables.run.update().values(not_before=2**53)
    database.write(lambda c: c.execute(later).rowcount)
    assert runs.claim(database, run_id, "w", LEASE_MS) is None


def test_a_silent_workers_run_is_claimed_and_its_words_no_longer_count(
    database: Database, run_id: str
) -> None:
    """F05: the zombie writes 0 rows."""
    zombie = runs.claim(database, run_id, "zombie", LEASE_MS)
    assert zombie is not None
    assert runs.claim(database, run_id, "heir", LEASE_MS) is None
    let_lease_end(database)
    heir = runs.claim(database, run_id, "heir", LEASE_MS)
    assert heir is not None
    with pytest.raises(runs.LostRun):
        database.write(lambda c: runs.check(c, zombie, once="zombie"))
    database.write(lambda c: runs.check(c, heir, once="heir"))
    assert (row(database).once, row(database).attempts) == ("heir", 2)


def test_an_attempt_with_an_outcome_is_no_death(database: Database, run_id: str) -> None:
    claim = runs.claim(database, run_id, "w", LEASE_MS)
    assert claim is not None
    database.write(lambda c: runs.finish(c, claim, runs.WAITING, error={"title": "later"}))
    assert (row(database).state, row(database).attempts) == ("waiting", 0)
    assert runs.claim(database, run_id, "w", LEASE_MS) is not None


def test_a_finished_run_is_never_claimed_again(database: Database, run_id: str) -> None:
    claim = runs.claim(database, run_id, "w", LEASE_MS)
    assert claim is not None
    database.write(lambda c: runs.finish(c, claim, runs.SUCCEEDED, output={}))
    assert runs.claim(database, run_id, "w", LEASE_MS) is None
    let_lease_end(database)
    assert runs.claim(database, run_id, "w", LEASE_MS) is None

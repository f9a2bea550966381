"""A machine whose clock is wrong takes no work, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
import redis
import sqlalchemy as sa
from cryptography.fernet import Fernet

from connector.runtime import clock_skew
from connector.runtime.bells import ADVANCE_RUN, ROUTE_EVENT, SETTLE_EFFECT
from connector.runtime.clock_skew import ClockGuard, WallClock
from connector.runtime.redis_client import open_redis
from connector.settings import Settings
from connector.store import clock, tables
from connector.store.database import Database
from connector.worker import make_worker
from tests.support.valkey import client, server, until

__all__ = ["client", "server"]

HOUR_MS = 3_600_000


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'intacct.db'}")
    yield database
    database.close()


def test_a_clock_like_the_servers_may_work(database: Database, client: redis.Redis) -> None:
    guard = ClockGuard("here", WallClock(), database, client)
    assert guard.allows_work()
    assert abs(guard.skew_ms()) < clock_skew.MOST_MS
    assert clock_skew.wrong_clocks(client) == {}


@pytest.mark.accepts("F36")
@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_is_an_hour_off_refuses_work_and_is_named(
    database: Database, client: redis.Redis, hours: int
) -> None:
    guard = ClockGuard("host:7", WallClock(hours * 3600.0), database, client)
    assert not guard.allows_work()
    assert guard.skew_ms() == pytest.approx(hours * HOUR_MS, abs=2000)
    assert clock_skew.wrong_clocks(client) == {"host:7": pytest.approx(hours * 3600, abs=2)}


@pytest.mark.accepts("F36")
def test_a_clock_that_is_set_while_working_is_noticed_at_the_next_piece_of_work(
    books: Database, client: redis.Redis
) -> None:
    """The minute between two checks is long enough for the broker to hand out work twice."""
    wall = WallClock()
    guard = ClockGuard("here", wall, books, client)
    assert guard.allows_work()
    wall._offset_ms = -HOUR_MS
    assert not guard.allows_work()
    wall._offset_ms = 0
    assert guard.allows_work()
    assert clock_skew.wrong_clocks(client) == {}


def test_redis_alone_convicts_a_clock(books: Database, client: redis.Redis) -> None:
    """On a machine with SQLite the database's clock is wrong together with ours."""
    here, there = WallClock(), SimpleNamespace()
    ahead = client.time()[0] + 60
    there.time = lambda: (ahead, 0)
    there.hset = there.pexpire = lambda *_: 1
    guard = ClockGuard("here", here, books, there)  # type: ignore[arg-type] # what it uses of one
    assert not guard.allows_work()
    assert guard.skew_ms() == pytest.approx(-60_000, abs=2000)


def test_servers_that_are_away_convict_nobody(tmp_path: Path) -> None:
    nowhere = Database(f"postgresql://nobody@/nothing?host={tmp_path}")
    gone = open_redis(f"redis+socket://{tmp_path / 'gone.sock'}")
    assert ClockGuard("here", WallClock(3600), nowhere, gone).allows_work()
    assert clock_skew.wrong_clocks(gone) == {}


def test_a_clock_is_checked_even_where_there_is_no_work(
    books: Database, client: redis.Redis
) -> None:
    ClockGuard("idle", WallClock(60), books, client).watch()
    assert until(lambda: clock_skew.wrong_clocks(client)) == {"idle": pytest.approx(60, abs=2)}


@pytest.mark.accepts("F36")
def test_a_worker_with_a_wrong_clock_leaves_everything_to_others(
    server: str, client: redis.Redis, tmp_path: Path
) -> None:
    shared = {
        "INTACCT_DATA_DIR": str(tmp_path),
        "INTACCT_REDIS_URL": server,
        "INTACCT_MASTER_KEY": Fernet.generate_key().decode(),
    }
    right = Settings.read(shared)
    wrong = Settings.read({**shared, "INTACCT_CLOCK_OFFSET_SECONDS": "-3600"})
    database = Database(right.database_url)
    database.upgrade()
    database.write(insert_due_rows)
    assert work(wrong, database) == ("received", "queued", "uncertain")
    assert work(right, database) == ("ignored", "failed", "parked")
    database.close()


def insert_due_rows(connection: sa.Connection) -> None:
    """One event, one run and one effect that any worker would take at once."""
    now = clock.now_ms(connection)
    connection.execute(tables.workflow.insert().values(id="w", name="w", created_at=now))
    version = {"document": "{}", "fingerprint": "f", "created_at": now}
    connection.execute(
        tables.workflow_version.insert().values(workflow_id="w", version=1, **version)
    )
    connection.execute(
        tables.inbox.insert().values(
            id=1,
            connection_id="c",
            trigger_key="t",
            dedupe_key="e",
            type="t",
            data="{}",
            received_at=now,
            state="received",
        )
    )
    connection.execute(
        tables.run.insert().values(
            id="r",
            workflow_id="w",
            version=1,
            inbox_id=1,
            state="queued",
            not_before=now,
            created_at=now,
        )
    )
    connection.execute(
        tables.effect.insert().values(
            op_key="e",
            control_id="c",
            connection_id="c",
            call="main",
            object_name="vendor",
            api="xml",
            function="create",
            payload="<create/>",
            payload_hash="h",
            state="uncertain",
            look_at=now,
            created_at=now,
            changed_at=now,
        )
    )


def work(settings: Settings, database: Database) -> tuple[str, ...]:
    """Hand every task to a worker with these settings, and return what became of the rows."""
    tasks = make_worker(settings).tasks
    for name, row_id in ((ROUTE_EVENT, 1), (ADVANCE_RUN, "r"), (SETTLE_EFFECT, "e")):
        with suppress(Exception):  # that the rows hang in the air is found out by who works on them
            tasks[name](row_id)
    states = [sa.select(table.c.state) for table in (tables.inbox, tables.run, tables.effect)]
    return tuple(database.read(lambda c: [c.execute(state).scalar_one() for state in states]))

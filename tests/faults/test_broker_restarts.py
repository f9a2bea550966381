"""A broker that forgets, fills up or is replaced: the database still knows what is to be done."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis

from connector.cli import embedded_redis
from connector.runtime.redis_client import open_redis
from tests.support import checker
from tests.support.commands import intacct
from tests.support.far_company import change_books
from tests.support.installation import (
    PATIENCE_SECONDS,
    Installation,
    free_port,
    start_installation,
)

QUEUED = 60
WORKERS = ("worker", "quarantine")
EVERY_THREAD = 16


def delivered(installation: Installation, count: int) -> list[str]:
    """Win some deals and deliver them."""
    deals = [installation.new_deal() for _ in range(count)]
    for deal in deals:
        installation.move(deal, deliver=False)
    installation.events_of(deals)
    return deals


def all_succeed(installation: Installation, deals: list[str]) -> None:
    installation.until(
        lambda: installation.states_of(deals) == {"succeeded": len(deals)}, "all runs are done"
    )
    for deal in deals:
        assert len(installation.invoices(deal)) == 1


def broker_of(installation: Installation) -> redis.Redis:
    return open_redis(installation.machine.environment["INTACCT_REDIS_URL"])


@pytest.mark.accepts("F23")
def test_a_broker_that_lost_everything_costs_no_run(installation: Installation) -> None:
    """Its messages are gone with its files; the sweeper rings for each row again."""
    for name in WORKERS:
        installation.kill(name)
    deals = delivered(installation, QUEUED)
    broker = broker_of(installation)
    # The web rings off the request's path, so the bell may come a moment after the answer.
    installation.until(lambda: broker.llen("aic:triggers") > 0, "the bells are in the broker")
    installation.kill("valkey")
    shutil.rmtree(installation.machine.settings.data_dir / "valkey" / "appendonlydir")
    all_succeed(installation, deals)


@pytest.mark.slow
@pytest.mark.accepts("F24")
def test_a_broker_that_restarts_during_a_call_costs_no_run(installation: Installation) -> None:
    """The acknowledgement of the task fails; the run has ended all the same, and once."""
    held = installation.new_deal()
    installation.fault("commit_then_hold", "create_invoice", seconds=3)
    installation.move(held)
    installation.until(lambda: installation.invoices(held), "the invoice is committed")
    installation.kill("valkey")
    others = delivered(installation, 5)
    all_succeed(installation, [held, *others])
    (run,) = installation.runs_for(held)
    assert [effect.attempts for effect in run.effects][-1] == 1


@pytest.mark.accepts("F24")
def test_a_worker_whose_every_thread_was_in_a_call_hears_the_new_broker(
    installation: Installation,
) -> None:
    """None of its acknowledgements is heard; counted as in hand for ever, they would deafen it."""
    change_books(installation, concurrency=2 * EVERY_THREAD)
    deals = [installation.new_deal() for _ in range(EVERY_THREAD)]
    installation.fault("commit_then_hold", "create_invoice", seconds=3, times=EVERY_THREAD)
    for deal in deals:
        installation.move(deal)
    installation.until(
        lambda: all(installation.invoices(deal) for deal in deals), "every invoice is committed"
    )
    worker = installation.machine.supervisor.pid("worker")
    broker = psutil.Process(installation.machine.supervisor.pid("valkey"))
    for member in [*broker.children(recursive=True), broker]:
        member.kill()
    # Brought back only when every call has ended, so that no acknowledgement finds it.
    deadline = time.monotonic() + PATIENCE_SECONDS
    while installation.states_of(deals)["running"]:
        assert time.monotonic() < deadline, installation.states_of(deals)
        time.sleep(0.1)
    all_succeed(installation, [*deals, *delivered(installation, 5)])
    assert installation.machine.supervisor.pid("worker") == worker


@pytest.mark.accepts("F26")
def test_a_full_broker_refuses_bells_and_loses_no_delivery(installation: Installation) -> None:
    """The sender hears yes, since the row is safe; bells ring again when there is room."""
    broker = broker_of(installation)
    broker.config_set("maxmemory", 1)
    try:
        with pytest.raises(redis.ResponseError):
            broker.set("aic:probe", "1")
        deals = delivered(installation, 5)
    finally:
        broker.config_set("maxmemory", 0)
    all_succeed(installation, deals)


@contextlib.contextmanager
def server(folder: Path, port: int, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a broker on a port, as an administrator would."""
    argv = list(embedded_redis.prepare(folder).argv)
    argv[argv.index("--port") + 1] = str(port)
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*argv, "--bind", "127.0.0.1", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(PATIENCE_SECONDS)


def until_it_answers(client: redis.Redis, said: str = "") -> None:
    """Wait until a broker answers, and says something about its replication."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with contextlib.suppress(redis.RedisError):
            if said in str(client.info("replication")):
                return
        assert time.monotonic() < deadline, f"the broker never said: {said}"
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.accepts("F26")
@pytest.mark.parametrize("process", ["web", "worker", "beat"])
def test_no_process_starts_on_a_broker_that_throws_things_away(
    tmp_path: Path, process: str
) -> None:
    """Full, it would drop a lock or a slot without a word."""
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    environment = {"INTACCT_DATA_DIR": str(tmp_path / "data"), "INTACCT_REDIS_URL": url}
    with server(tmp_path / "broker", port, "--maxmemory-policy", "allkeys-lru"):
        until_it_answers(open_redis(url))
        refused = intacct(environment, process)
    assert refused.returncode == 2
    assert "noeviction" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.slow
@pytest.mark.accepts("F27")
def test_a_failover_that_forgets_slots_and_bells_doubles_nothing(tmp_path: Path) -> None:
    """The replica takes over without what it had not heard of: slots, locks and messages."""
    port, spare = free_port(), free_port()
    url = f"redis://127.0.0.1:{port}/0"
    first, second = open_redis(url), open_redis(f"redis://127.0.0.1:{spare}/0")
    with (
        server(tmp_path / "first", port) as primary,
        server(tmp_path / "second", spare, "--replicaof", "127.0.0.1", str(port)),
    ):
        until_it_answers(first)
        until_it_answers(second, "'master_link_status': 'up'")
        installation = start_installation(tmp_path / "data", INTACCT_REDIS_URL=url)
        try:
            second.slaveof()  # it hears nothing from here on
            installation.fault("commit_then_hold", "create_invoice", seconds=2, times=2)
            deals = delivered(installation, 20)
            installation.until(
                lambda: any(installation.invoices(deal) for deal in deals), "a call is held"
            )
            assert primary.stdin is not None
            primary.stdin.close()
            primary.wait(PATIENCE_SECONDS)
            second.config_set("port", port)
            all_succeed(installation, deals)
            checker.check(installation)
        finally:
            installation.close()

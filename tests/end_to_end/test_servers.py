"""The same work on servers: PostgreSQL and a Redis-protocol server given by address."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from connector.cli import embedded_redis
from connector.runtime.redis_client import open_redis
from connector.store import audit
from tests.support.installation import (
    PATIENCE_SECONDS,
    Installation,
    free_port,
    start_installation,
)


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A server on a port, which the installation neither starts nor ends."""
    port = free_port()
    argv = list(embedded_redis.prepare(tmp_path / "elsewhere").argv)
    argv[argv.index("--port") + 1] = str(port)
    server = subprocess.Popen(  # noqa: S603 - our own command
        [*argv, "--bind", "127.0.0.1"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    url = f"redis://127.0.0.1:{port}/0"
    client = open_redis(url)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            client.ping()
            break
        except redis.RedisError:
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)
    yield url
    assert server.stdin is not None
    server.stdin.close()
    server.wait(PATIENCE_SECONDS)


@pytest.fixture
def on_servers(url: str, redis_url: str, tmp_path: Path) -> Iterator[Installation]:
    found = start_installation(
        tmp_path / "data", INTACCT_DATABASE_URL=url, INTACCT_REDIS_URL=redis_url
    )
    yield found
    found.close()


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_postgresql_and_a_given_redis_carry_the_main_job(on_servers: Installation) -> None:
    first, second = on_servers.new_deal(), on_servers.new_deal(("0.30",))
    on_servers.move(first)
    on_servers.run_in(first, "succeeded")
    assert len(on_servers.invoices(first)) == 1
    on_servers.fault("commit_then_hold", "create_invoice")
    on_servers.move(second)
    on_servers.until(lambda: on_servers.invoices(second), "the invoice is committed")
    on_servers.kill("worker")
    on_servers.run_in(second, "succeeded")
    assert len(on_servers.invoices(second)) == 1
    assert on_servers.machine.database.read(audit.verify) is None
    assert not list(on_servers.machine.settings.data_dir.glob("intacct.db"))

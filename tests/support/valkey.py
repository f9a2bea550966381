"""The Redis-protocol server that comes along, for tests that need a real one."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from connector.cli import embedded_redis
from connector.runtime.redis_client import open_redis

PATIENCE_SECONDS = 30.0


def until(condition: Callable[[], Any]) -> Any:
    """Return the first true answer of the condition."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.01)
    return pytest.fail("waited in vain")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server that comes along, started as 'intacct run' starts it."""
    embedded = embedded_redis.prepare(Path(tmp_path_factory.mktemp("valkey")))
    process = subprocess.Popen(  # noqa: S603 - our own command
        embedded.argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    until(embedded.socket.exists)
    yield embedded.url
    assert process.stdin is not None
    process.stdin.close()
    process.wait(PATIENCE_SECONDS)
    embedded_redis.forget(embedded)


@pytest.fixture
def client(server: str) -> Iterator[redis.Redis]:
    """A client of that server, with nothing in it."""
    found = open_redis(server)
    found.flushdb()
    yield found
    found.close()

"""What the sandbox leaves behind when its main process dies without a word."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import psutil
import pytest

from tests.support.installation import PATIENCE_SECONDS, free_port

HELD_SECONDS = 10 * PATIENCE_SECONDS


class Sandbox:
    """A sandbox started as people start it, on a port of this machine."""

    def __init__(self, port: int) -> None:
        command = [sys.executable, "-m", "connector.cli", "sandbox", "--port", str(port)]
        self.process = subprocess.Popen(command)  # noqa: S603 - our own command
        address = f"http://127.0.0.1:{port}"
        self.client = httpx.Client(base_url=address, trust_env=False, timeout=PATIENCE_SECONDS)

    def is_serving(self) -> bool:
        try:
            return self.client.get("/_sandbox/health").status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def is_holding(self) -> bool:
        """Return whether the armed fault has met its request."""
        return not self.client.get("/_sandbox/faults").json()

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)


def is_gone(process: psutil.Process) -> bool:
    """Return whether it has ended; one that nobody has fetched yet has ended, too."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def start() -> Iterator[Callable[[int], Sandbox]]:
    started: list[Sandbox] = []
    children: list[psutil.Process] = []

    def begin(port: int) -> Sandbox:
        sandbox = Sandbox(port)
        started.append(sandbox)
        until(sandbox.is_serving, "the sandbox serves")
        children.extend(sandbox.children())
        return sandbox

    yield begin
    for sandbox in started:
        sandbox.client.close()
        sandbox.process.kill()
        sandbox.process.wait()
    for child in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()


def send_one_that_is_held(sandbox: Sandbox) -> None:
    """Leave a thread of the sandbox waiting inside a reply."""
    fault = {"fault": "commit_then_hold", "seconds": HELD_SECONDS}
    sandbox.client.post("/_sandbox/faults", json=fault).raise_for_status()

    def post() -> None:
        try:
            httpx.post(sandbox.client.base_url.join("/ia/xml/xmlgw.phtml"), timeout=HELD_SECONDS)
        except httpx.HTTPError:
            return

    threading.Thread(target=post, daemon=True).start()
    until(sandbox.is_holding, "a reply is held back")


def test_no_process_of_the_sandbox_outlives_its_main_process(
    start: Callable[[int], Sandbox],
) -> None:
    """It would keep the port, and the next sandbox would share it with yesterday's company."""
    port = free_port()
    sandbox = start(port)
    children = sandbox.children()
    assert children
    send_one_that_is_held(sandbox)
    sandbox.process.kill()
    sandbox.process.wait(PATIENCE_SECONDS)
    until(lambda: all(is_gone(child) for child in children), "its other processes have ended")
    assert not sandbox.is_serving()
    assert start(port).is_serving()

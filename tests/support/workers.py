"""Workers besides the supervised ones, to be killed, frozen and started anew at will."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from connector.cli.machine import INTACCT
from connector.cli.supervisor import Program, Supervisor
from tests.support.installation import PATIENCE_SECONDS, Installation


class Worker:
    """One worker process of an installation; its log carries its name.

    It ends with the process that made it, as a supervised one does.

    Args:
        installation: Whose work it does.
        name: Names its log.
        settings: What it is told differently from the others.
    """

    def __init__(self, installation: Installation, name: str, **settings: str) -> None:
        self.name = name
        self._installation = installation
        self._settings = settings
        self._program = Program(name, (*INTACCT, "worker"))
        self._supervisor = self._started()

    @property
    def pid(self) -> int:
        """The process it is now."""
        return self._supervisor.pid(self.name)

    @property
    def is_alive(self) -> bool:
        """Whether its process runs, frozen or not."""
        return self._supervisor.is_alive(self.name)

    def kill(self) -> None:
        """End it without a word of warning."""
        self.signal(signal.SIGKILL)
        until(lambda: not self.is_alive, f"{self.name} is gone")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal; one that has ended already gets none."""
        if self.is_alive:
            os.kill(self.pid, number)

    def start(self) -> None:
        """Start another process in the place of one that has ended."""
        self._supervisor.stop()
        self._supervisor = self._started()

    def until_it_says(self, words: str) -> None:
        """Wait until its log holds some words; nothing that died is started anew meanwhile."""
        until(lambda: words in self._installation.log(self.name), f"{self.name} says {words}")

    def stop(self) -> None:
        """End it for good, gently if it still listens."""
        self.signal(signal.SIGCONT)
        self._supervisor.stop()

    def _started(self) -> Supervisor:
        # One supervisor a start: it waits longer after every death, and these die often.
        machine = self._installation.machine
        logs = machine.settings.data_dir / "logs"
        environment = {**machine.environment, **self._settings}
        supervisor = Supervisor([self._program], environment, logs)
        supervisor.start()
        return supervisor


@contextmanager
def workers(installation: Installation, count: int) -> Iterator[list[Worker]]:
    """Give further workers to an installation; they end with the block."""
    crew = [Worker(installation, f"worker-{number}") for number in range(2, count + 2)]
    try:
        yield crew
    finally:
        for worker in crew:
            worker.stop()


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until a condition holds, without restarting anything meanwhile."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)

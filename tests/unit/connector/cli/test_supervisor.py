"""How soon a process that died is started again."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from connector.cli.supervisor import STEADY_SECONDS, Program, Supervisor


class Clock:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _dies(supervisor: Supervisor) -> None:
    deadline = time.monotonic() + 60
    while supervisor.is_alive("brief"):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _pause(supervisor: Supervisor, clock: Clock) -> float:
    """Let the process die and return after how many seconds it is started again."""
    _dies(supervisor)
    assert supervisor.revive() == ["brief"]
    before, start = supervisor.pid("brief"), clock.now
    while supervisor.pid("brief") == before:
        clock.now += 0.5
        supervisor.revive()
    return clock.now - start


def test_who_dies_in_a_row_waits_longer_and_who_lived_long_does_not(tmp_path: Path) -> None:
    """A process that dies once a week must not wait as if it died all the time."""
    clock = Clock()
    brief = Program("brief", (sys.executable, "-c", "pass"))
    supervisor = Supervisor([brief], {}, tmp_path / "logs", clock)
    supervisor.start()
    try:
        assert [_pause(supervisor, clock) for _ in range(3)] == [1.0, 2.0, 4.0]
        clock.now += STEADY_SECONDS
        assert _pause(supervisor, clock) == 1.0
    finally:
        supervisor.stop()

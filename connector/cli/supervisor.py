"""Starts the processes of one machine, restarts what dies, and ends them all."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from connector.cli.parent import SUPERVISED
from connector.errors import SetupError

LOG = logging.getLogger(__name__)

READY_SECONDS = 60.0
STOP_SECONDS = 20.0
POLL_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 600.0  # who lived that long is not dying in a row: its next pause is short again
MOST_LOG_BYTES = 10_000_000  # of each process; four times that with what is kept of it
KEPT_LOGS = 3


@dataclass(frozen=True)
class Program:
    """One process.

    Args:
        name: What people call it; its log carries the name too.
        argv: The command.
        is_ready: Says whether it does its work; None when nobody waits for it.
    """

    name: str
    argv: tuple[str, ...]
    is_ready: Callable[[], bool] | None = None


class Supervisor:
    """The children of this process, in the order they are started; ended in reverse.

    Args:
        programs: What to run.
        environment: What the children get.
        logs: Where each child's output goes.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        programs: list[Program],
        environment: Mapping[str, str],
        logs: Path,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._programs = programs
        self._clock = clock
        self._environment = {**environment, SUPERVISED: "1"}
        self._logs = logs
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._deaths: dict[str, int] = {}
        self._due: dict[str, float] = {}
        self._born: dict[str, float] = {}

    def start(self) -> None:
        """Start everything and wait until each says it is ready.

        Raises:
            SetupError: One ended at once, or was not ready in time.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        for program in self._programs:
            self._launch(program)
        deadline = time.monotonic() + READY_SECONDS
        for program in self._programs:
            while program.is_ready and not program.is_ready():
                if self._children[program.name].poll() is not None:
                    raise self._failure(program, "ended while it was starting")
                if time.monotonic() > deadline:
                    raise self._failure(program, "was not ready in time")
                time.sleep(POLL_SECONDS)

    def pid(self, name: str) -> int:
        """Return the process id of a child."""
        return self._children[name].pid

    def is_alive(self, name: str) -> bool:
        """Say whether a child runs."""
        return self._children[name].poll() is None

    def revive(self) -> list[str]:
        """Restart what has died, later each time, and return the names of the newly dead.

        Logs that have grown too long are put aside on the way.
        """
        for program in self._programs:
            put_aside(self._log(program))
        now = self._clock()
        died: list[str] = []
        for program in self._programs:
            if self._children[program.name].poll() is None:
                continue
            if program.name not in self._due:
                is_steady = now - self._born[program.name] >= STEADY_SECONDS
                deaths = 1 if is_steady else self._deaths.get(program.name, 0) + 1
                self._deaths[program.name] = deaths
                self._due[program.name] = now + min(LONGEST_PAUSE_SECONDS, 2.0 ** (deaths - 1))
                died.append(program.name)
            elif now >= self._due[program.name]:
                del self._due[program.name]
                self._launch(program)
        return died

    def stop(self) -> None:
        """End every child, gently first; returns when none is left.

        A child ends itself when its pipe closes. One that is told twice may hurry and drop work,
        so the second word is the last.
        """
        children = list(reversed(self._children.values()))
        for child in children:
            if child.stdin:
                child.stdin.close()
        deadline = time.monotonic() + STOP_SECONDS
        for child in children:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._children.clear()

    def _launch(self, program: Program) -> None:
        former = self._children.get(program.name)
        if former and former.stdin:
            former.stdin.close()  # whatever the dead one left behind waits for this
        log_file = self._log(program)
        put_aside(log_file)
        self._born[program.name] = self._clock()
        with log_file.open("ab") as log:
            self._children[program.name] = _spawn(program, self._environment, log)

    def _log(self, program: Program) -> Path:
        return self._logs / f"{program.name}.log"

    def _failure(self, program: Program, what: str) -> SetupError:
        lines = self._log(program).read_text(errors="replace").strip().splitlines()
        last = f" It said last: {lines[-1][:200]}" if lines else ""
        return SetupError(
            f"The {program.name} process {what}.{last}",
            advice=f"Its log is {self._log(program)}.",
        )


def put_aside(log: Path, most_bytes: int = MOST_LOG_BYTES, kept: int = KEPT_LOGS) -> None:
    """Move the content of a log that is too long to ``.1``, what was there to ``.2``, and so on.

    The file itself stays, since its process writes on: what it writes between the copy and the
    cut, some lines at most, is lost.
    """
    try:
        if not log.exists() or log.stat().st_size <= most_bytes:
            return
        for number in range(kept, 1, -1):
            older = _aside(log, number - 1)
            if older.exists():
                older.replace(_aside(log, number))
        shutil.copyfile(log, _aside(log, 1))
        os.truncate(log, 0)  # it is written in append mode, so the next line stands at the start
    except OSError as error:
        # A full disk: the log itself is cut, so that it does not keep the disk full.
        LOG.warning("The log %s could not be put aside: %s", log.name, error)
        with contextlib.suppress(OSError):
            os.truncate(log, 0)


def _aside(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")


def _spawn(
    program: Program, environment: Mapping[str, str], log: IO[bytes]
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - our own commands, no shell text from outside
            program.argv,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which ends the others
        )
    except OSError as error:
        raise SetupError(
            f"The {program.name} process cannot be started: {program.argv[0]} is missing."
        ) from error

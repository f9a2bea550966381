"""Whether this process's clock agrees with the servers', and refuses work where it does not.

Runs, leases and slots live by the clocks of the database and of Redis, so a wrong clock here breaks
none of them; but the broker's client counts by ours, and hands live work to others when it is off
(reliability notes, section 2). Such a process works on nothing until its clock is right.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import redis

from connector.store import clock
from connector.store.database import Database
from connector.store.problems import StoreUnavailable
from connector.store.tables import TENANT

LOG = logging.getLogger(__name__)

MOST_MS = 2_000
CHECK_SECONDS = 60.0
# A clock that went this much faster or slower than time since the last look was set anew.
STEP_MS = 1_000
_WRONG = f"aic:{{{TENANT}}}:wrong-clocks"
_WRONG_KEPT_MS = 150_000  # longer than until the next check


class WallClock:
    """The time of day of this process; the one place that asks for it.

    Args:
        offset_seconds: Added to the machine's clock, to rehearse what a wrong one does.
    """

    def __init__(self, offset_seconds: float = 0.0) -> None:
        self._offset_ms = int(offset_seconds * 1000)

    def now_ms(self) -> int:
        """Return the milliseconds since 1970, UTC, as far as this process knows."""
        return time.time_ns() // 1_000_000 + self._offset_ms


class ClockGuard:
    """Compares this process's clock with the servers', once a minute and when it was set.

    Args:
        owner: Who this process is.
        wall: Its clock.
        database: The clock that runs live by.
        server: The clock that slots live by; None where there is no such server.
    """

    def __init__(
        self, owner: str, wall: WallClock, database: Database, server: redis.Redis | None
    ) -> None:
        self._owner = owner
        self._wall = wall
        self._database = database
        self._server = server
        self._lock = threading.Lock()
        self._skew_ms = 0
        self._is_right = True
        self._checked_at: float | None = None
        self._drift_then_ms = 0.0

    def watch(self) -> None:
        """Check once a minute from a thread of its own, work or no work."""
        threading.Thread(target=self._watch, name="clock", daemon=True).start()

    def _watch(self) -> None:
        pause = threading.Event()
        while True:
            self._check_if_due()
            pause.wait(CHECK_SECONDS)

    def skew_ms(self) -> int:
        """Return how far this clock is ahead of the server's that it differs most from."""
        self._check_if_due()
        return self._skew_ms

    def allows_work(self) -> bool:
        """Say whether this clock is right by at most two seconds; the log says when it is not."""
        self._check_if_due()
        return self._is_right

    def _check_if_due(self) -> None:
        with self._lock:
            if self._is_due():
                self._check()

    def _is_due(self) -> bool:
        if self._checked_at is None or time.monotonic() - self._checked_at >= CHECK_SECONDS:
            return True
        return abs(self._drift_ms() - self._drift_then_ms) > STEP_MS

    def _drift_ms(self) -> float:
        return self._wall.now_ms() - time.monotonic() * 1000

    def _check(self) -> None:
        self._checked_at = time.monotonic()
        self._drift_then_ms = self._drift_ms()
        skews: list[int] = []
        with suppress(StoreUnavailable):  # whoever works on will meet that by itself
            before = self._wall.now_ms()
            skews.append(_skew(before, self._database.read(clock.now_ms), self._wall.now_ms()))
        if self._server is not None:
            with suppress(redis.RedisError):
                before = self._wall.now_ms()
                seconds, microseconds = _time_of(self._server)
                there = seconds * 1000 + microseconds // 1000
                skews.append(_skew(before, there, self._wall.now_ms()))
        if skews:
            self._judge(max(skews, key=abs))

    def _judge(self, skew_ms: int) -> None:
        was_right, self._is_right = self._is_right, abs(skew_ms) <= MOST_MS
        self._skew_ms = skew_ms
        if not self._is_right:
            LOG.error(
                "This machine's clock is off by %.1f seconds. Until it is right its workers take "
                "no work, and signed deliveries to it look stale. Set it by a time server (NTP).",
                skew_ms / 1000,
            )
        elif not was_right:
            LOG.warning("This machine's clock is right again.")
        if self._server is not None and not (was_right and self._is_right):
            with suppress(redis.RedisError):
                self._publish(self._server)

    def _publish(self, server: redis.Redis) -> None:
        if self._is_right:
            server.hdel(_WRONG, self._owner)
            return
        server.hset(_WRONG, self._owner, str(self._skew_ms))
        server.pexpire(_WRONG, _WRONG_KEPT_MS)


def wrong_clocks(server: redis.Redis | None) -> Mapping[str, float]:
    """Return the processes whose clocks are wrong, with the seconds each one is ahead.

    Empty where the server that they tell does not answer.
    """
    if server is None:
        return {}
    try:
        found: Any = server.hgetall(_WRONG)
    except redis.RedisError:
        return {}
    return {owner.decode(): int(skew_ms) / 1000 for owner, skew_ms in found.items()}


def _skew(before_ms: int, there_ms: int, after_ms: int) -> int:
    """Return by how much our clock is surely ahead: a slow answer is no proof of a wrong clock."""
    if before_ms <= there_ms <= after_ms:
        return 0
    return before_ms - there_ms if there_ms < before_ms else after_ms - there_ms


def _time_of(server: redis.Redis) -> tuple[int, int]:
    answer: Any = server.time()
    return int(answer[0]), int(answer[1])

"""Slots of a company's limit of calls in flight, shared by all workers through Redis.

A lease protects Sage's limit, not correctness: a broker that forgets it costs politeness, never a
second invoice. Time is the server's, so that a worker with a wrong clock cannot hold a slot for
ever. Rules: ``engine.md``, "Order of one call"; reliability notes, section 4.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import redis

from connector.intacct.limit_headers import LimitReport
from connector.intacct.operation import Operation
from connector.runtime.lease_scripts import ACQUIRE, LEARN, LOWER, RELEASE, RENEW, VIEW
from connector.runtime.limits import Caller, CompanyKeys, Limits
from connector.runtime.live_view import MOST_WAITERS_SHOWN, LiveView, member_head, read_view

TTL_MS = 30_000  # renewed three times in that time, by one thread for all calls of a process
RAISE_MS = 60_000  # a lowered limit rises by one for each such time without a refusal
# How long lesser callers leave a slot to somebody who asked for it, or whose bell is under way.
COURTESY_MS = 2_000
LONGEST_PAUSE_SECONDS = 3600.0


class Leases:
    """The slots of all companies, as one process sees them.

    Args:
        client: The Redis-protocol server all workers share.
        ring: Called with a waiter when a slot becomes free.
        ttl_ms: How long a slot outlives a holder that died.
        raise_ms: How long until a lowered limit rises by one.
        courtesy_ms: How long lesser callers leave a slot to a better one.
    """

    def __init__(
        self,
        client: redis.Redis,
        ring: Callable[[str], None],
        *,
        ttl_ms: int = TTL_MS,
        raise_ms: int = RAISE_MS,
        courtesy_ms: int = COURTESY_MS,
    ) -> None:
        self._client = client
        self._ring = ring
        self._ttl_ms = ttl_ms
        self._raise_ms = raise_ms
        self._courtesy_ms = courtesy_ms
        self._acquire = client.register_script(ACQUIRE)
        self._release = client.register_script(RELEASE)
        self._renew = client.register_script(RENEW)
        self._lower = client.register_script(LOWER)
        self._learn = client.register_script(LEARN)
        self._view = client.register_script(VIEW)
        self._lock = threading.Lock()
        self._held: dict[str, _Held] = {}
        self._doors: dict[tuple[str, int, int], threading.BoundedSemaphore] = {}
        self._in_force: dict[str, int] = {}
        self._thread: threading.Thread | None = None

    @contextmanager
    def door(
        self, company: str, limits: Limits, caller: Caller, operation: Operation, seconds: float
    ) -> Iterator[None]:
        """Let as many threads of this process near the slots as could hold one.

        The others wait here, where waiting costs nothing; after the given time they go in anyway,
        to stand in line with everybody.
        """
        most = self._in_force.get(company, limits.in_flight)
        if not operation.is_write:
            most = max(1, most - 1)  # reads leave a slot to writes, where there are two
        with self._lock:
            key = (company, most, caller.priority.value)
            door = self._doors.setdefault(key, threading.BoundedSemaphore(most))
        is_inside = door.acquire(timeout=seconds)
        try:
            yield
        finally:
            if is_inside:
                door.release()

    def live_view(self, company: str, limits: Limits) -> LiveView:
        """Return who holds the company's slots and who waits for one, for people to see.

        Raises:
            redis.RedisError: The server does not answer.
        """
        keys = CompanyKeys.of(company)
        return read_view(
            self._view(
                keys=[keys.leases, keys.waiters, keys.limits, keys.minute],
                args=[*self._range(limits), MOST_WAITERS_SHOWN - 1],
            )
        )

    def is_waiting(self, company: str, waiter: str) -> bool:
        """Say whether a waiter still stands in line; one that does not was rung already."""
        try:
            return self._client.zscore(CompanyKeys.of(company).waiters, waiter) is not None
        except redis.RedisError:
            return False

    def acquire(
        self,
        company: str,
        limits: Limits,
        caller: Caller,
        operation: Operation,
        *,
        stands_in_line: bool = True,
        name: str = "",
    ) -> tuple[str, float]:
        """Return a token, or an empty one and the seconds after which to ask again.

        A caller that is refused, has a waiter and stands in line is rung when a slot is free.

        Args:
            name: Tells this caller from others while it asks again and again.
        """
        keys = CompanyKeys.of(company)
        kind = "w" if operation.is_write else "r"
        priority = caller.priority.value
        token = uuid.uuid4().hex
        granted, wait_ms, in_force, member = self._acquire(
            keys=[keys.leases, keys.waiters, keys.limits, keys.minute, keys.present],
            args=[
                *self._range(limits),
                limits.calls_a_minute,
                limits.ceiling_a_minute,
                int(not operation.is_write),
                priority,
                f"{priority}{kind}/{name or caller.waiter or token}",
                caller.waiter,
                caller.since_ms,
                int(stands_in_line),
                member_head(kind, caller.connection_id, caller.waiter, caller.priority, token),
                operation.frozen.function if operation.frozen else operation.verb.value,
                self._ttl_ms,
                self._courtesy_ms,
            ],
        )
        self._in_force[company] = in_force
        if not granted:
            return "", wait_ms / 1000
        held: str = member.decode()
        self._hold(held, _Held(keys, limits, time.monotonic() + operation.seconds))
        return held, 0.0

    def release(self, token: str) -> None:
        """Give a slot back and ring as many waiters as there are slots now.

        The slot is not kept for them: of equals, whoever comes first has it, so that no slot
        stands idle while the bell of a waiter travels through a long queue.
        """
        with self._lock:
            held = self._held.pop(token, None)
        if held is None:
            return
        keys = held.keys
        try:
            waiters = self._release(
                keys=[keys.leases, keys.waiters, keys.limits, keys.present],
                args=[token, *self._range(held.limits), self._courtesy_ms],
            )
        except redis.RedisError:
            return  # it ends by itself
        for waiter in waiters:
            self._ring(waiter.decode())

    def lower(self, company: str, limits: Limits) -> None:
        """Halve the company's limit: Sage said that it is too much. It rises again by itself."""
        with suppress(redis.RedisError):
            self._lower(keys=[CompanyKeys.of(company).limits], args=self._range(limits))

    def learn(self, company: str, report: LimitReport) -> None:
        """Keep what a reply said about the company's limits, for all workers."""
        pause = report.pause_seconds
        pause_ms = None if pause is None else int(min(pause, LONGEST_PAUSE_SECONDS) * 1000)
        said = (report.in_flight, report.in_flight_left, report.calls_a_minute, pause_ms)
        with suppress(redis.RedisError):
            self._learn(
                keys=[CompanyKeys.of(company).limits],
                args=["" if number is None else number for number in said] + [self._raise_ms],
            )

    def _range(self, limits: Limits) -> list[int]:
        return [limits.in_flight, limits.ceiling, self._raise_ms]

    def _hold(self, token: str, held: _Held) -> None:
        with self._lock:
            self._held[token] = held
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._beat, name="leases", daemon=True)
                self._thread.start()

    def _beat(self) -> None:
        pause = threading.Event()
        while not pause.wait(self._ttl_ms / 3000):
            with self._lock:
                held = dict(self._held)
            now = time.monotonic()
            for token, lease in held.items():
                left_ms = int((lease.ends_at - now) * 1000)
                if left_ms > 0:
                    self._renew_one(token, lease.keys.leases, min(self._ttl_ms, left_ms))

    def _renew_one(self, token: str, key: str, milliseconds: int) -> None:
        with suppress(redis.RedisError):  # the next beat tries again
            self._renew(keys=[key], args=[token, milliseconds])


@dataclass(frozen=True)
class _Held:
    keys: CompanyKeys
    limits: Limits
    ends_at: float

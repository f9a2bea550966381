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
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import redis

from connector.errors import Busy, RateLimited
from connector.intacct.operation import Operation
from connector.runtime.lease_scripts import ACQUIRE, LOWER, RELEASE, RENEW
from connector.store.tables import TENANT

TTL_MS = 30_000  # renewed three times in that time, by one thread for all calls of a process
# Inside an action of several calls a thread waits this long; then its run goes back to the timer.
LONGEST_WAIT_SECONDS = 5.0
POLL_SECONDS = 0.05
LOWERED_MS = 60_000


class Priority(IntEnum):
    """Who goes first when a slot becomes free."""

    INTERACTIVE = 0
    AUTOMATION = 1
    BACKFILL = 2


@dataclass(frozen=True)
class Caller:
    """Who asks for slots.

    Args:
        connection_id: The connection the call goes over.
        waiter: What is rung when a slot becomes free, a run's id; empty for a caller that waits.
        priority: Its place in the queue.
    """

    connection_id: str
    waiter: str = ""
    priority: Priority = Priority.AUTOMATION


@dataclass(frozen=True)
class Limits:
    """What a company allows.

    Args:
        in_flight: Calls at once; a refusal by Sage lowers it for a minute.
        calls_a_minute: Calls within any 60 seconds; 0 for no such limit.
    """

    in_flight: int
    calls_a_minute: int = 300  # xml-api 6, acceptance A43


@dataclass(frozen=True)
class Occupancy:
    """Who holds slots of a company and who waits, first in line first."""

    limit: int
    holders: tuple[str, ...]
    waiters: tuple[str, ...]


class Leases:
    """The slots of all companies, as one process sees them.

    Args:
        client: The Redis-protocol server all workers share.
        ring: Called with a waiter when a slot becomes free.
        ttl_ms: How long a slot outlives a holder that died.
        lowered_ms: How long a limit stays lowered.
    """

    def __init__(
        self,
        client: redis.Redis,
        ring: Callable[[str], None],
        *,
        ttl_ms: int = TTL_MS,
        lowered_ms: int = LOWERED_MS,
    ) -> None:
        self._client = client
        self._ring = ring
        self._ttl_ms = ttl_ms
        self._lowered_ms = lowered_ms
        self._acquire = client.register_script(ACQUIRE)
        self._release = client.register_script(RELEASE)
        self._renew = client.register_script(RENEW)
        self._lower = client.register_script(LOWER)
        self._lock = threading.Lock()
        self._held: dict[str, _Held] = {}
        self._thread: threading.Thread | None = None

    def of_company(self, company: str, limits: Limits, caller: Caller) -> CompanyLeases:
        """Return the slots of one company, by its id at Sage, for one step."""
        return CompanyLeases(self, company, limits, caller)

    def occupancy(self, company: str, limit: int) -> Occupancy:
        """Return who holds the company's slots and who waits for one."""
        keys = _keys(company)
        lowered: Any = self._client.get(keys.lowered)
        return Occupancy(
            min(limit, int(lowered)) if lowered else limit,
            _names(self._client.zrange(keys.leases, 0, -1)),
            _names(self._client.zrange(keys.waiters, 0, -1)),
        )

    def is_waiting(self, company: str, waiter: str) -> bool:
        """Say whether a waiter still stands in line; one that does not was rung already."""
        try:
            return self._client.zscore(_keys(company).waiters, waiter) is not None
        except redis.RedisError:
            return False

    def acquire(
        self, company: str, limits: Limits, caller: Caller, operation: Operation
    ) -> tuple[str, float]:
        """Return a token, or an empty one and the seconds after which to ask again."""
        keys = _keys(company)
        token = f"{caller.connection_id}/{caller.waiter}/{uuid.uuid4().hex}"
        # Reads leave a slot for writes, where there is more than one.
        most = limits.in_flight if operation.is_write else max(1, limits.in_flight - 1)
        granted, wait_ms = self._acquire(
            keys=[keys.leases, keys.waiters, keys.lowered, keys.minute],
            args=[
                most,
                int(not operation.is_write),
                token,
                self._ttl_ms,
                limits.calls_a_minute,
                caller.waiter,
                caller.priority.value,
            ],
        )
        if granted:
            self._hold(token, keys.leases, operation.seconds)
            return token, 0.0
        return "", wait_ms / 1000

    def release(self, company: str, token: str) -> None:
        """Give a slot back and ring the first waiter.

        The slot is not kept for it: whoever comes first has it, so that no slot stands idle while
        the bell of a waiter travels through a long queue.
        """
        with self._lock:
            self._held.pop(token, None)
        keys = _keys(company)
        try:
            waiter: Any = self._release(keys=[keys.leases, keys.waiters], args=[token])
        except redis.RedisError:
            return  # it ends by itself
        if waiter is not None:
            self._ring(waiter.decode())

    def lower(self, company: str, limit: int) -> None:
        """Halve the company's limit for a minute: Sage said that it is too much."""
        keys = _keys(company)
        try:
            self._lower(keys=[keys.lowered], args=[limit, self._lowered_ms])
        except redis.RedisError:
            return

    def _hold(self, token: str, key: str, seconds: float) -> None:
        with self._lock:
            self._held[token] = _Held(key, time.monotonic() + seconds)
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
                    self._renew_one(token, lease.key, min(self._ttl_ms, left_ms))

    def _renew_one(self, token: str, key: str, milliseconds: int) -> None:
        try:
            self._renew(keys=[key], args=[token, milliseconds])
        except redis.RedisError:
            return  # the next beat tries again


class CompanyLeases:
    """The slots of one company, for one step."""

    def __init__(self, leases: Leases, company: str, limits: Limits, caller: Caller) -> None:
        self._leases = leases
        self._company = company
        self._limits = limits
        self._caller = caller
        self._has_called = False

    @contextmanager
    def slot(self, operation: Operation) -> Iterator[None]:
        """Hold a slot while the block runs.

        A step's first call never waits: the step joins the queue and is rung. Later calls of the
        same step wait a few seconds, since what was done before would be done again.

        Raises:
            Busy: There is no slot; nothing was sent.
        """
        token = self._token(operation)
        self._has_called = True
        try:
            yield
        except RateLimited:
            self._leases.lower(self._company, self._limits.in_flight)
            raise
        finally:
            self._leases.release(self._company, token)

    def _token(self, operation: Operation) -> str:
        may_wait = self._has_called or not self._caller.waiter
        deadline = time.monotonic() + (LONGEST_WAIT_SECONDS if may_wait else 0.0)
        while True:
            try:
                token, again = self._leases.acquire(
                    self._company, self._limits, self._caller, operation
                )
            except redis.RedisError as error:
                raise Busy(
                    "The place where workers agree on Intacct's limit does not answer.",
                    retry_after=LONGEST_WAIT_SECONDS,
                ) from error
            if token:
                return token
            if time.monotonic() + again > deadline:
                raise Busy(
                    "All of this company's connections are in use by other steps.",
                    retry_after=again or None,
                    queue="" if again else self._company,
                )
            time.sleep(max(again, POLL_SECONDS))


class OneAtATime:
    """The slots of a single command without workers: its calls follow one another anyway."""

    @contextmanager
    def slot(self, operation: Operation) -> Iterator[None]:  # noqa: ARG002 - the port's form
        """Run the block."""
        yield


def _names(members: Any) -> tuple[str, ...]:
    return tuple(member.decode() for member in members)


@dataclass(frozen=True)
class _Held:
    key: str
    ends_at: float


@dataclass(frozen=True)
class _Keys:
    leases: str
    waiters: str
    lowered: str
    minute: str


def _keys(company: str) -> _Keys:
    # Braces keep a company's keys on one node of a cluster.
    base = f"aic:{{{TENANT}/{company}}}"
    return _Keys(f"{base}:leases", f"{base}:waiters", f"{base}:limit", f"{base}:minute")

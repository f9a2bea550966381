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
from typing import Any

import redis

from connector.errors import Busy, RateLimited
from connector.intacct.operation import Operation
from connector.runtime.lease_scripts import ACQUIRE, LOWER, RELEASE, RENEW
from connector.runtime.limits import Caller, Limits, Occupancy
from connector.store.tables import TENANT

TTL_MS = 30_000  # renewed three times in that time, by one thread for all calls of a process
# Inside an action of several calls a thread waits this long; then its run goes back to the timer.
LONGEST_WAIT_SECONDS = 5.0
# A step's first call waits this long: giving way costs two commits and a message.
GIVE_WAY_SECONDS = 0.1
POLL_SECONDS = 0.01
LOWERED_MS = 60_000


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
        self._doors: dict[tuple[str, int], threading.BoundedSemaphore] = {}
        self._thread: threading.Thread | None = None

    def of_company(self, company: str, limits: Limits, caller: Caller) -> CompanyLeases:
        """Return the slots of one company, by its id at Sage, for one step."""
        return CompanyLeases(self, company, limits, caller)

    @contextmanager
    def door(self, company: str, most: int, seconds: float) -> Iterator[None]:
        """Let as many threads of this process near the slots as could hold one.

        The others wait here, where waiting costs nothing; after the given time they go in anyway,
        to stand in line with everybody.
        """
        with self._lock:
            door = self._doors.setdefault((company, most), threading.BoundedSemaphore(most))
        is_inside = door.acquire(timeout=seconds)
        try:
            yield
        finally:
            if is_inside:
                door.release()

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
        self,
        company: str,
        limits: Limits,
        caller: Caller,
        operation: Operation,
        *,
        stands_in_line: bool = True,
    ) -> tuple[str, float]:
        """Return a token, or an empty one and the seconds after which to ask again.

        A caller that is refused, has a waiter and stands in line is rung when a slot is free.
        """
        keys = _keys(company)
        kind = "w" if operation.is_write else "r"
        token = f"{kind}/{caller.connection_id}/{caller.waiter}/{uuid.uuid4().hex}"
        granted, wait_ms = self._acquire(
            keys=[keys.leases, keys.waiters, keys.lowered, keys.minute],
            args=[
                limits.in_flight,
                int(not operation.is_write),
                token,
                self._ttl_ms,
                limits.calls_a_minute,
                caller.waiter if stands_in_line else "",
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

        A step's first call waits a moment only, then the step joins the queue and is rung. Later
        calls of the same step wait a few seconds, since what was done before would be done again.

        Raises:
            Busy: There is no slot; nothing was sent.
        """
        patience = GIVE_WAY_SECONDS
        if self._has_called or not self._caller.waiter:
            patience = LONGEST_WAIT_SECONDS
        deadline = time.monotonic() + patience
        with self._leases.door(self._company, self._limits.most(operation), patience):
            token = self._token(operation, deadline)
            self._has_called = True
            try:
                yield
            except RateLimited:
                self._leases.lower(self._company, self._limits.in_flight)
                raise
            finally:
                self._leases.release(self._company, token)

    def _token(self, operation: Operation, deadline: float) -> str:
        while time.monotonic() < deadline:
            # Only who leaves stands in line: a bell for a thread that waits rings for nobody.
            token, again = self._ask(operation, stands_in_line=False)
            if token:
                return token
            if again:
                break  # a limit a minute: no slot helps before then
            time.sleep(POLL_SECONDS)
        token, again = self._ask(operation, stands_in_line=True)
        if token:
            return token
        raise Busy(
            "All of this company's connections are in use by other steps.",
            retry_after=again or None,
            queue="" if again or not self._caller.waiter else self._company,
        )

    def _ask(self, operation: Operation, *, stands_in_line: bool) -> tuple[str, float]:
        try:
            return self._leases.acquire(
                self._company,
                self._limits,
                self._caller,
                operation,
                stands_in_line=stands_in_line,
            )
        except redis.RedisError as error:
            raise Busy(
                "The place where workers agree on Intacct's limit does not answer.",
                retry_after=LONGEST_WAIT_SECONDS,
            ) from error


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

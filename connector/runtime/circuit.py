"""The circuit of a company: when Intacct answers nobody, one call looks and the others wait.

It opens after five failures in a row, over all workers, and lets one call through every 30 seconds
until one is answered (reliability notes, section 7). All of it lives in Redis by the server's
clock; without Redis the circuit is closed. It only ever holds back what has not been sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import redis

from connector.errors import (
    Busy,
    ConnectorError,
    InputError,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unavailable,
    Uncertain,
)
from connector.runtime.circuit_scripts import ADMIT, ANSWERED, FAILED, GIVE_BACK, STATE
from connector.runtime.limits import Caller, CompanyKeys

LOG = logging.getLogger(__name__)

MOST_FAILURES = 5
PROBE_MS = 30_000
LONGEST_WAIT_MS = 900_000
# Failures that lie further apart than this say nothing together; at least some probes long.
KEEP_MS = 600_000
_PRIORITY_STEP = 10**13


@dataclass(frozen=True)
class CircuitView:
    """A company's circuit at one moment, as people see it.

    Args:
        is_open: Whether calls are held back.
        open_ms: For how long already.
        probe_in_ms: When the next call may look.
        waiting: How many runs wait for Intacct.
    """

    is_open: bool
    open_ms: int
    probe_in_ms: int
    waiting: int


class Circuits:
    """The circuits of all companies, as one process sees them.

    Args:
        client: The Redis-protocol server all workers share.
        wake: Called with those who waited, in order, once Intacct answers again.
        probe_ms: How often one call may look while the circuit is open.
    """

    def __init__(
        self,
        client: redis.Redis,
        wake: Callable[[Sequence[str]], None],
        *,
        probe_ms: int = PROBE_MS,
    ) -> None:
        self._client = client
        self._wake = wake
        self._probe_ms = probe_ms
        self._admit = client.register_script(ADMIT)
        self._give_back = client.register_script(GIVE_BACK)
        self._failed = client.register_script(FAILED)
        self._answered = client.register_script(ANSWERED)
        self._state = client.register_script(STATE)

    def is_waiting(self, company: str, waiter: str) -> bool:
        """Say whether a waiter still stands in line; one that does not was woken already."""
        try:
            return self._client.zscore(CompanyKeys.of(company).outage_line, waiter) is not None
        except redis.RedisError:
            return True  # its own timer brings it back

    def view(self, company: str) -> CircuitView:
        """Return whether the company's calls are held back, for people to see.

        Raises:
            redis.RedisError: The server does not answer.
        """
        keys = CompanyKeys.of(company)
        now, opened_at, probe_at, waiting = self._state(keys=[keys.circuit, keys.outage_line])
        if not opened_at:
            return CircuitView(is_open=False, open_ms=0, probe_in_ms=0, waiting=0)
        return CircuitView(
            is_open=True,
            open_ms=now - opened_at,
            probe_in_ms=max(0, probe_at - now),
            waiting=waiting,
        )

    def admit(self, company: str, caller: Caller, *, may_look: bool = True) -> tuple[bool, int]:
        """Return whether this call is the one that looks, and how long to wait: 0 to go.

        Args:
            may_look: False for a caller whose call has just failed, and who asks for its place.
        """
        keys = CompanyKeys.of(company)
        score = caller.priority.value * _PRIORITY_STEP + caller.since_ms
        verdict, wait_ms = self._admit(
            keys=[keys.circuit, keys.outage_line],
            args=[caller.waiter, score, self._probe_ms, int(may_look)],
        )
        is_probe = verdict == 2  # noqa: PLR2004 - as the script says
        return is_probe, 0 if verdict else max(1, min(wait_ms, LONGEST_WAIT_MS))

    def give_back(self, company: str) -> None:
        """Say that the probe did not leave, so that the next caller may look."""
        self._give_back(keys=[CompanyKeys.of(company).circuit])

    def failed(self, company: str) -> None:
        """Note that a call found nobody home."""
        keep_ms = max(KEEP_MS, 3 * self._probe_ms)
        keys = [CompanyKeys.of(company).circuit]
        if self._failed(keys=keys, args=[MOST_FAILURES, self._probe_ms, keep_ms]):
            LOG.warning("Intacct does not answer the company %s: its calls wait.", company)

    def answered(self, company: str, waiter: str = "") -> None:
        """Note that Intacct answered this waiter, and wake the others who waited for that."""
        keys = CompanyKeys.of(company)
        waited = self._answered(keys=[keys.circuit, keys.outage_line])
        if waited:
            LOG.warning("Intacct answers the company %s again.", company)
            self._wake([name.decode() for name in waited if name.decode() != waiter])


class CompanyCircuit:
    """The circuit of one company, for one step.

    Args:
        circuits: Those of all companies.
        company: Its id at Sage.
        caller: Who asks.
    """

    def __init__(self, circuits: Circuits, company: str, caller: Caller) -> None:
        self._circuits = circuits
        self._company = company
        self._caller = caller

    @contextmanager
    def passage(self) -> Iterator[None]:
        """Let a call through, and learn from how it ends.

        Raises:
            Busy: Intacct does not answer, and nothing was carried out. The run stands in line and
                is woken. A write whose outcome is unknown stays that.
        """
        is_probe = self._admitted()
        try:
            yield
        except ConnectorError as error:
            wait_ms = self._learn(error, is_probe=is_probe)
            if wait_ms and not isinstance(error, Uncertain):
                raise self._away(wait_ms) from error
            raise
        with suppress(redis.RedisError):
            self._circuits.answered(self._company, self._caller.waiter)

    def _admitted(self) -> bool:
        try:
            is_probe, wait_ms = self._circuits.admit(self._company, self._caller)
        except redis.RedisError:
            return False
        if wait_ms:
            raise self._away(wait_ms)
        return is_probe

    def _away(self, wait_ms: int) -> Busy:
        return Busy(
            "Waiting for Intacct, which does not answer right now.",
            advice="Nothing was carried out. The step goes on by itself once Intacct answers.",
            retry_after=wait_ms / 1000,
            queue=self._company if self._caller.waiter else "",
        )

    def _learn(self, error: ConnectorError, *, is_probe: bool) -> int:
        """Note what an error says about Intacct; return how long to wait for it, 0 if it is there.

        Errors that are raised before or after a call say nothing.
        """
        cause = error.__cause__ if isinstance(error, Uncertain) else error
        with suppress(redis.RedisError):
            if isinstance(cause, Refused | InputError | RateLimited):
                self._circuits.answered(self._company, self._caller.waiter)
            elif isinstance(cause, Busy):
                if is_probe:
                    self._circuits.give_back(self._company)
            elif isinstance(cause, Unavailable | OutcomeUnknown):
                self._circuits.failed(self._company)
                return self._circuits.admit(self._company, self._caller, may_look=False)[1]
        return 0

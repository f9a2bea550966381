"""The slots of one company as one step sees them: how long it asks, and when it gives way."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from connector.errors import Busy, RateLimited
from connector.intacct.limit_headers import NOTHING_SAID, LimitReport
from connector.intacct.operation import Operation
from connector.runtime.leases import Leases
from connector.runtime.limits import Caller, Limits

# Inside an action of several calls a thread waits this long; then its run goes back to the timer.
LONGEST_WAIT_SECONDS = 5.0
# A step's first call waits this long: giving way costs two commits and a message.
GIVE_WAY_SECONDS = 0.1
POLL_SECONDS = 0.01


class CompanyLeases:
    """The slots of one company, for one step.

    Args:
        leases: The slots of all companies.
        company: Its id at Sage.
        limits: What its connection allows.
        caller: Who asks.
    """

    def __init__(self, leases: Leases, company: str, limits: Limits, caller: Caller) -> None:
        self._leases = leases
        self._company = company
        self._limits = limits
        self._caller = caller
        self._name = uuid.uuid4().hex
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
        with self._leases.door(self._company, self._limits, self._caller, operation, patience):
            token = self._token(operation, deadline)
            self._has_called = True
            try:
                yield
            except RateLimited:
                self._leases.lower(self._company, self._limits)
                raise
            finally:
                self._leases.release(token)

    def learn(self, report: LimitReport) -> None:
        """Take over what a reply said about the company's limits."""
        if report != NOTHING_SAID:
            self._leases.learn(self._company, report)

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
                name=self._name,
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

    def learn(self, report: LimitReport) -> None:
        """Have no use for it."""

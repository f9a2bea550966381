"""Repeats a read that found nobody home; a write is repeated by its run, never here."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from connector.errors import Busy, OutcomeUnknown, RateLimited, Unavailable
from connector.intacct.operation import Operation, Result
from connector.intacct.ports import RetryBudget, Send

ATTEMPTS = 3
FIRST_WAIT_SECONDS = 0.2
# A worker thread is held while it waits; longer waits belong to the run's own timer.
LONGEST_WAIT_SECONDS = 2.0


class Retry:
    """Tries a read up to three times within a few seconds.

    Args:
        following: The next layer.
        budget: How many repeats the company has left; None for no such limit.
        sleep: Waits the given seconds.
        jitter: Returns a number between its two arguments.
    """

    def __init__(
        self,
        following: Send,
        budget: RetryBudget | None = None,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._following = following
        self._budget = budget
        self._sleep = sleep
        self._jitter = jitter

    def __call__(self, operation: Operation) -> Result:
        """Return the result of the first attempt that is answered.

        Once the company's budget of repeats is spent, the first failure rises: its run tries
        again later, when that does not add to what made the calls fail.
        """
        for attempt in range(1, ATTEMPTS):
            try:
                return self._following(operation)
            except (OutcomeUnknown, Unavailable) as error:
                if operation.is_write or isinstance(error, Busy | RateLimited):
                    raise
                if self._budget is not None and not self._budget.take():
                    raise
                longest = FIRST_WAIT_SECONDS * 2**attempt
                self._sleep(min(LONGEST_WAIT_SECONDS, self._jitter(0, longest)))
        return self._following(operation)

"""How many API transactions a month may see: a warning before the end, and a stop at it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from connector.errors import BudgetReached

WARN_AT = 0.8


class Budget:
    """What is left of a connection's month; threads share it.

    Args:
        most: The transactions of the month; 0 for no limit.
        used: Those the month has seen already.
        warn: Called once with a sentence when four fifths are used.
    """

    def __init__(self, most: int, used: int, warn: Callable[[str], None]) -> None:
        self._most = most
        self._used = used
        self._warn = warn
        self._has_warned = False
        self._lock = threading.Lock()

    def spend(self, count: int) -> None:
        """Take so many transactions, or none.

        Raises:
            BudgetReached: They would be more than the month may see.
        """
        with self._lock:
            if self._most and self._used + count > self._most:
                raise BudgetReached(
                    f"The budget of {self._most:,} API transactions a month is reached: "
                    f"{self._used:,} are used, and the next request takes {count:,}."
                )
            self._used += count
            is_news = self._most and not self._has_warned and self._used >= WARN_AT * self._most
            self._has_warned = self._has_warned or bool(is_news)
        if is_news:
            self._warn(f"{self._used:,} of this month's {self._most:,} API transactions are used.")

    def give_back(self, count: int) -> None:
        """Return transactions of a request that was not executed."""
        with self._lock:
            self._used -= count

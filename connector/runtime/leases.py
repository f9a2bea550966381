"""Slots of a company's limit of calls in flight, for the threads of one process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from connector.errors import Busy
from connector.intacct.operation import Operation

# A worker thread waits this long for a slot; then its run goes back to the timer.
LONGEST_WAIT_SECONDS = 5.0


class ProcessLeases:
    """Lets at most so many calls of one company leave this process at once.

    The port is final; a limit shared by all workers takes its place behind it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slots: dict[str, threading.BoundedSemaphore] = {}

    def of_company(self, company: str, limit: int) -> CompanyLeases:
        """Return the slots of one company; the first caller's limit holds for the process."""
        with self._lock:
            slots = self._slots.setdefault(company, threading.BoundedSemaphore(limit))
        return CompanyLeases(slots)


class CompanyLeases:
    """The slots of one company."""

    def __init__(self, slots: threading.BoundedSemaphore) -> None:
        self._slots = slots

    @contextmanager
    def slot(self, operation: Operation) -> Iterator[None]:
        """Hold a slot while the block runs.

        Raises:
            Busy: None became free within five seconds; nothing was sent.
        """
        if not self._slots.acquire(timeout=min(LONGEST_WAIT_SECONDS, operation.seconds)):
            raise Busy("All of this company's connections are in use by other steps.")
        try:
            yield
        finally:
            self._slots.release()

"""How many requests the company takes at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Counts the requests inside; safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0

    @property
    def inside(self) -> int:
        """How many requests run now."""
        with self._lock:
            return self._inside

    @contextmanager
    def entered(self, limit: int) -> Iterator[bool]:
        """Yield whether one more may run; a limit of 0 lets everybody in. Nobody waits."""
        with self._lock:
            is_in = not limit or self._inside < limit
            self._inside += is_in
        try:
            yield is_in
        finally:
            with self._lock:
                self._inside -= is_in

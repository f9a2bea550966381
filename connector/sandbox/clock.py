"""The clock of the company: the real one, one that is some time off, or one that stands still."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any


class Clock:
    """A clock that can be set; safe for several threads."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Run on another clock."""
        self._real = now
        self._lock = threading.Lock()
        self._offset = timedelta()
        self._fixed: datetime | None = None

    def now(self) -> datetime:
        """Return the time of the company."""
        with self._lock:
            return self._fixed or self._real() + self._offset

    def shift(self, seconds: float) -> None:
        """Run that many seconds ahead of the real time, behind it when negative."""
        try:
            offset = timedelta(seconds=seconds)
            self._real().replace(tzinfo=UTC) + offset + timedelta(days=1)
        except (OverflowError, ValueError):
            raise ValueError(f"A shift of {seconds} seconds leaves the calendar.") from None
        with self._lock:
            self._offset, self._fixed = offset, None

    def stop(self, moment: str) -> None:
        """Stand still at an ISO moment with an offset; raises ValueError for anything else."""
        fixed = datetime.fromisoformat(moment)
        if fixed.tzinfo is None:
            raise ValueError("Give the moment with its offset, as in 2026-03-01T09:00:00+00:00.")
        with self._lock:
            self._offset, self._fixed = timedelta(), fixed.astimezone(UTC)

    def run(self) -> None:
        """Go back to the real time."""
        with self._lock:
            self._offset, self._fixed = timedelta(), None

    def state(self) -> dict[str, Any]:
        """Return how the clock runs."""
        with self._lock:
            offset, fixed = self._offset, self._fixed
        return {
            "now": self.now().isoformat(),
            "offset_seconds": offset.total_seconds(),
            "fixed": fixed.isoformat() if fixed else None,
        }

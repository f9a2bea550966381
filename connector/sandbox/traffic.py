"""The last requests: what was asked and how it ended, never a password or a session id."""

import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

KEPT = 200


@dataclass(frozen=True)
class Seen:
    """One request to the gateway."""

    at: str
    functions: list[str]
    control_ids: list[str]
    status: int
    fault: str
    milliseconds: float


class Traffic:
    """A short memory of requests, safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: deque[Seen] = deque(maxlen=KEPT)

    def note(self, seen: Seen) -> None:
        """Remember a request and forget the oldest beyond the last 200."""
        with self._lock:
            self._seen.append(seen)

    def all(self) -> list[dict[str, Any]]:
        """Return the requests, oldest first."""
        with self._lock:
            return [asdict(seen) for seen in self._seen]

    def clear(self) -> None:
        """Forget them."""
        with self._lock:
            self._seen.clear()

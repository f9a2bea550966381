"""What a running REST API remembers outside the company's records."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

# Posts the body with the headers and returns the status.
Post = Callable[[str, bytes, dict[str, str]], int]


@dataclass
class RestState:
    """Requests in progress by idempotency key, the times of the last ones, and how to post."""

    post: Post | None = None
    running: set[str] = field(default_factory=set)
    moments: deque[float] = field(default_factory=deque)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, key: str) -> bool:
        """Return whether nobody runs a request with that key; it runs until `end`."""
        with self.lock:
            is_free = key not in self.running
            self.running.add(key)
            return is_free

    def end(self, key: str) -> None:
        """Let the next request with that key run."""
        with self.lock:
            self.running.discard(key)

    def counted(self, now: float, seconds: float) -> int:
        """Note one request and return how many there were in the last seconds, this one too."""
        with self.lock:
            self.moments.append(now)
            while self.moments and self.moments[0] <= now - seconds:
                self.moments.popleft()
            return len(self.moments)

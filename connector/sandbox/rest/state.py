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

    def clear(self) -> None:
        """Forget the requests of the last hour."""
        with self.lock:
            self.moments.clear()

    def counted(self, now: float, seconds: float) -> int:
        """Note one request and return how many there were in the last seconds, this one too."""
        with self.lock:
            self.moments.append(now)
            while self.moments and self.moments[0] <= now - seconds:
                self.moments.popleft()
            return len(self.moments)

    def within(self, now: float, seconds: float) -> int:
        """Return how many requests there were in the last seconds."""
        with self.lock:
            return sum(moment > now - seconds for moment in self.moments)

    def freed_in(self, now: float, seconds: float) -> int:
        """Return after how many seconds the oldest request of a window no longer counts."""
        with self.lock:
            oldest = next((m for m in self.moments if m > now - seconds), now)
        return max(round(oldest + seconds - now), 0)

"""How often a function that the user wrote is sent again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RawRetries:
    """How often a raw request is repeated; read functions only (``engine.md``).

    Args:
        count: How many more attempts after the first.
        on_all_errors: Also after refusals by the front door, 429 among them.
        delay_ms: The pause between two attempts.
        use_backoff: Double the pause from one second on, and ignore ``delay_ms``.
    """

    count: int = 0
    on_all_errors: bool = False
    delay_ms: int = 0
    use_backoff: bool = False

    def pause_seconds(self, attempt: int) -> float:
        """Return how long to wait after the given attempt, counted from 0."""
        return float(min(2**attempt, 60)) if self.use_backoff else self.delay_ms / 1000

"""How a sync is run, and what it came to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from connector.errors import ConnectorError
from connector.transfer.rows import Outcome, Told


class Bulk(StrEnum):
    """Whether rows over REST go in bulk jobs instead of requests."""

    AUTO = "auto"  # from so many rows on that the waiting for a job pays
    ALWAYS = "always"
    NEVER = "never"


@dataclass
class Summary:
    """What a sync came to.

    Args:
        run: The name it is resumed under.
        counts: Rows by outcome.
        requests: How many API transactions it took, or would take.
        warnings: What somebody should know.
        stopped: Why it ended before the last row; None where it did not.
    """

    run: str
    counts: dict[Outcome, int] = field(default_factory=dict)
    transactions: int = 0
    warnings: list[str] = field(default_factory=list)
    stopped: ConnectorError | None = None

    @property
    def is_clean(self) -> bool:
        """Whether every row was carried out, or would be."""
        good = {Outcome.CREATED, Outcome.UPDATED, Outcome.CHECKED}
        return self.stopped is None and not set(self.counts) - good


@dataclass(frozen=True)
class Options:
    """How a sync is run.

    Args:
        run: Names this run; the same name resumes it.
        limit: The most rows; 0 for all.
        is_dry_run: Check and count, write nothing.
        budget: The most API transactions of this month on this connection; 0 for no limit.
        bulk: Whether rows over REST go in bulk jobs.
        expected: About how many rows there are; 0 where nobody knows.
        waits: Whether rows that Intacct did not answer are looked up before the sync ends.
        warn: Called with sentences that should be seen at once.
        told: Called after each row with its outcome.
    """

    run: str
    limit: int = 0
    is_dry_run: bool = False
    budget: int = 0
    bulk: Bulk = Bulk.AUTO
    expected: int = 0
    waits: bool = True
    warn: Callable[[str], None] = lambda _sentence: None
    told: Callable[[Told], None] = lambda _told: None

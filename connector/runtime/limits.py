"""What a company allows, who asks for it, and who has it: the words of the limiter."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from connector.intacct.operation import Operation


class Priority(IntEnum):
    """Who goes first when a slot becomes free."""

    INTERACTIVE = 0
    AUTOMATION = 1
    BACKFILL = 2


@dataclass(frozen=True)
class Caller:
    """Who asks for slots.

    Args:
        connection_id: The connection the call goes over.
        waiter: What is rung when a slot becomes free, a run's id; empty for a caller that waits.
        priority: Its place in the queue.
    """

    connection_id: str
    waiter: str = ""
    priority: Priority = Priority.AUTOMATION


@dataclass(frozen=True)
class Limits:
    """What a company allows.

    Args:
        in_flight: Calls at once; a refusal by Sage lowers it for a minute.
        calls_a_minute: Calls within any 60 seconds; 0 for no such limit.
    """

    in_flight: int
    calls_a_minute: int = 300  # xml-api 6, acceptance A43

    def most(self, operation: Operation) -> int:
        """Return the slots this call may compete for: reads leave one to writes, if there is."""
        return self.in_flight if operation.is_write else max(1, self.in_flight - 1)


@dataclass(frozen=True)
class Occupancy:
    """Who holds slots of a company and who waits, first in line first."""

    limit: int
    holders: tuple[str, ...]
    waiters: tuple[str, ...]

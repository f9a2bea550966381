"""What a company allows, who asks for it, and who has it: the words of the limiter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from connector.store.tables import TENANT

# Beyond this nobody is served faster: the tiers Sage publishes end at 20 (rest-api 5).
MOST_IN_FLIGHT = 50
MOST_A_MINUTE = 100_000


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
        since_ms: Since when the work waits, in milliseconds since 1970: the oldest goes first
            among equals, however often it was sent away. 0: since it asked.
    """

    connection_id: str
    waiter: str = ""
    priority: Priority = Priority.AUTOMATION
    since_ms: int = 0


@dataclass(frozen=True)
class Limits:
    """What a company allows.

    Args:
        in_flight: Calls at once, as long as Intacct has not said what it allows; a refusal lowers
            it, and quiet raises it again.
        calls_a_minute: Calls within any 60 seconds, likewise; 0 for no such limit.
        most_in_flight: Never more than this, whatever Intacct says; None: ``in_flight`` itself.
        most_a_minute: The same for the minute; None: ``calls_a_minute`` itself.
    """

    in_flight: int
    calls_a_minute: int = 300  # xml-api 6, acceptance A43
    most_in_flight: int | None = None
    most_a_minute: int | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any], given: Mapping[str, Any]) -> Limits:
        """Return the limits of a connection.

        A number that a person entered is the most there is, since the rest may belong to other
        programs; a default only holds until Intacct's headers say more.

        Args:
            values: The connection's values, defaults included.
            given: Those a person entered.
        """
        return cls(
            int(values["concurrency"]),
            int(values["callsPerMinute"]),
            most_in_flight=None if "concurrency" in given else MOST_IN_FLIGHT,
            most_a_minute=None if given.get("callsPerMinute") else MOST_A_MINUTE,
        )

    @property
    def ceiling(self) -> int:
        """The most calls at once."""
        return self.most_in_flight or self.in_flight

    @property
    def ceiling_a_minute(self) -> int:
        """The most calls within 60 seconds."""
        return self.most_a_minute or self.calls_a_minute or MOST_A_MINUTE


@dataclass(frozen=True)
class CompanyKeys:
    """The names in Redis of what workers share about one company."""

    leases: str
    waiters: str
    limits: str
    minute: str
    present: str
    retries: str
    circuit: str
    outage_line: str

    @classmethod
    def of(cls, company: str) -> CompanyKeys:
        """Return the names of a company; braces keep them on one node of a cluster."""
        base = f"aic:{{{TENANT}/{company}}}"
        return cls(
            leases=f"{base}:leases",
            waiters=f"{base}:waiters",
            limits=f"{base}:limits",
            minute=f"{base}:minute",
            present=f"{base}:present",
            retries=f"{base}:retries",
            circuit=f"{base}:circuit",
            outage_line=f"{base}:outage-line",
        )

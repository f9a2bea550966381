"""Who holds a company's slots and who waits for one, as people see it; nothing secret in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connector.runtime.limits import Priority

MOST_WAITERS_SHOWN = 200
_PRIORITY_STEP = 10**13  # as the scripts score a line: priority first, then time


@dataclass(frozen=True)
class Holder:
    """One call in flight.

    Args:
        operation: The wire function, such as ``create_invoice``.
        is_write: Whether it may change records.
        connection_id: The connection it goes over.
        run_id: The run it belongs to; empty for a command or a test.
        priority: In which class it asked.
        since_ms: When it got its slot, in milliseconds since 1970 by the server's clock.
    """

    operation: str
    is_write: bool
    connection_id: str
    run_id: str
    priority: Priority
    since_ms: int


@dataclass(frozen=True)
class Waiter:
    """One run in line.

    Args:
        run_id: The run.
        priority: Its class.
        since_ms: Since when its work waits, in milliseconds since 1970.
    """

    run_id: str
    priority: Priority
    since_ms: int


@dataclass(frozen=True)
class LiveView:
    """A company's limiter at one moment.

    Args:
        now_ms: That moment, in milliseconds since 1970 by the server's clock.
        limit: Calls at once that are allowed right now.
        calls_last_minute: Calls that left within the last 60 seconds.
        paused_ms: How long nothing leaves, since Intacct said that its limit is used up.
        holders: Calls in flight, the oldest first.
        waiters: Runs in line, the next one first; at most ``MOST_WAITERS_SHOWN``.
    """

    now_ms: int
    limit: int
    calls_last_minute: int
    paused_ms: int
    holders: tuple[Holder, ...]
    waiters: tuple[Waiter, ...]


def read_view(reply: Any) -> LiveView:
    """Return what the script ``VIEW`` answered."""
    now_ms, limit, calls, paused_ms, holders, waiters = reply
    pairs = zip(waiters[::2], waiters[1::2], strict=True)
    return LiveView(
        now_ms=now_ms,
        limit=limit,
        calls_last_minute=calls,
        paused_ms=paused_ms,
        holders=tuple(sorted(map(_holder, holders), key=lambda holder: holder.since_ms)),
        waiters=tuple(_waiter(member, float(score)) for member, score in pairs),
    )


def member_head(kind: str, connection_id: str, waiter: str, priority: Priority, token: str) -> str:
    """Return the first part of a slot's name; the script adds the time and the function."""
    return f"{kind}/{connection_id}/{waiter}/{priority.value}/{token}"


def _holder(member: bytes) -> Holder:
    # The function comes last: those of the REST API are paths.
    kind, connection_id, run_id, priority, _, since, operation = member.decode().split("/", 6)
    return Holder(
        operation=operation,
        is_write=kind == "w",
        connection_id=connection_id,
        run_id=run_id,
        priority=Priority(int(priority)),
        since_ms=int(since),
    )


def _waiter(member: bytes, score: float) -> Waiter:
    priority, since_ms = divmod(int(score), _PRIORITY_STEP)
    return Waiter(member.decode(), Priority(priority), since_ms)

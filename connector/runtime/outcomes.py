"""How an attempt at a run can end, and what each error means for it."""

from __future__ import annotations

import logging
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import (
    Busy,
    ConnectorError,
    NeedsReconnect,
    OutcomeUnknown,
    Parked,
    Unavailable,
    Uncertain,
)
from connector.runtime import runs

LOG = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
# Nothing was carried out, so trying again is free: with the longest waits this is about a day.
MOST_ATTEMPTS_UNREACHED = 200
LONGEST_WAIT_MS = 900_000
LONGEST_ASKED_WAIT_MS = 3_600_000
BUSY_WAIT_MS = 500
# The settler wakes an uncertain run; this is only the net below it.
UNCERTAIN_WAIT_MS = 600_000
# Whoever connects again wakes the run; this is only the net below that.
RECONNECT_WAIT_MS = 3_600_000


StillWaits = Callable[[sa.Connection], bool]


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended.

    Args:
        state: A run's state.
        output: What the run produced, by step.
        error: What a person should read.
        wait_ms: When to try again, for a state that is not final.
        duplicate_of: The earlier run that had already done this work.
        queue: The company for whose next slot the run waits; it is rung then. With a wait, the
            company whose outage the run waits out; it is woken when that ends.
        still_waits: Says in the transaction that ends the attempt whether what it waits for has
            not come meanwhile, so that nobody would wake the run for it any more.
    """

    state: str
    output: Any = None
    error: Mapping[str, Any] | None = None
    wait_ms: int = 0
    duplicate_of: str | None = None
    queue: str = ""
    still_waits: StillWaits | None = None


class Ended(Exception):
    """The run cannot go on now, for the reason the outcome gives."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.state)
        self.outcome = outcome


def waiting(
    title: str, wait_ms: int, advice: str = "", *, still: StillWaits | None = None
) -> Ended:
    """Return the end of an attempt that waits for something planned, with what people read."""
    note = {"type": "Waiting", "title": title, "advice": advice}
    shown = {name: text for name, text in note.items() if text}
    return Ended(Outcome(runs.WAITING, error=shown, wait_ms=wait_ms, still_waits=still))


def of_error(error: ConnectorError, path: str, attempts: int) -> Outcome:
    """Return what an error in a step means for its run.

    Args:
        error: What was raised.
        path: The step it was raised in.
        attempts: How often the step was tried, this time included.
    """
    described = {**error.describe(), "step": path}
    if isinstance(error, Uncertain):
        return Outcome(runs.UNCERTAIN, error=described, wait_ms=UNCERTAIN_WAIT_MS)
    if isinstance(error, Parked):
        return Outcome(runs.PARKED, error=described)
    if isinstance(error, Busy):
        return _of_busy(error, described)
    if isinstance(error, NeedsReconnect):
        return Outcome(runs.WAITING, error=described, wait_ms=RECONNECT_WAIT_MS)
    most = MOST_ATTEMPTS_UNREACHED if isinstance(error, Unavailable) else MOST_ATTEMPTS
    if isinstance(error, Unavailable | OutcomeUnknown) and attempts < most:
        return Outcome(runs.WAITING, error=described, wait_ms=backoff_ms(attempts, error))
    return Outcome(runs.FAILED, error=described)


def _of_busy(error: Busy, described: Mapping[str, Any]) -> Outcome:
    if error.queue and not error.retry_after:
        return Outcome(runs.WAITING, error=described, queue=error.queue)
    asked_ms = int((error.retry_after or 0) * 1000)
    wait_ms = max(asked_ms, BUSY_WAIT_MS) + secrets.randbelow(BUSY_WAIT_MS)
    return Outcome(runs.WAITING, error=described, wait_ms=wait_ms, queue=error.queue)


def backoff_ms(attempts: int, error: ConnectorError) -> int:
    """Return how long to wait: what the other side asked for, else a growing random time."""
    asked = getattr(error, "retry_after", None)
    if asked:
        # Never sooner than asked, and not all together either.
        wait_ms = int(asked * 1000) + secrets.randbelow(max(1000, int(asked * 250)))
        return min(LONGEST_ASKED_WAIT_MS, wait_ms)
    # Full jitter, so that what failed together does not come back together.
    return 1 + secrets.randbelow(min(LONGEST_WAIT_MS, 2000 * 2**attempts))


def of_deaths() -> Outcome:
    """Return the outcome of a run whose worker ended too often."""
    error = Parked(
        f"This run's worker ended {runs.MOST_DEATHS} times without an outcome.",
        advice="Look at the step it was in; retry the run once the cause is gone.",
    )
    return Outcome(runs.PARKED, error=error.describe())


def of_cancel(who: str) -> Outcome:
    """Return the outcome of a run that somebody cancelled; what it wrote before stays."""
    note = {
        "type": "Cancelled",
        "title": f"{who} cancelled this run.",
        "advice": "What it had written to Intacct stays there and is listed with the run.",
    }
    return Outcome(runs.CANCELLED, error=note)


def of_pause(reason: str) -> Outcome:
    """Return the outcome of a run whose workflow is paused; nothing of it is lost."""
    note = {
        "type": "Paused",
        "title": f"The workflow is paused: {reason}",
        "advice": "Resume the workflow; the run then goes on where it stopped.",
    }
    return Outcome(runs.PAUSED, error=note)


def of_mistake(error: Exception, run_id: str) -> Outcome:
    """Return the outcome of a mistake of ours; the log has the details under the support id."""
    support_id = uuid.uuid4().hex[:12]
    LOG.error("Run %s failed by our mistake, support id %s", run_id, support_id, exc_info=error)
    described = ConnectorError(
        "The connector made a mistake; nothing more was done.",
        advice="Report the support id; the details are in the worker's log.",
        support_id=support_id,
    ).describe()
    return Outcome(runs.FAILED, error=described)

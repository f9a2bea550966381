"""When a run is tried again."""

from __future__ import annotations

from connector.errors import RateLimited, Unreachable
from connector.runtime.outcomes import LONGEST_ASKED_WAIT_MS, backoff_ms


def test_runs_that_were_told_when_to_come_back_do_not_come_back_all_together() -> None:
    refused = RateLimited("Intacct asks for a pause.", retry_after=10)
    waits = {backoff_ms(1, refused) for _ in range(200)}
    assert min(waits) >= 10_000  # never sooner than asked
    assert max(waits) <= 12_500
    assert len(waits) > 50


def test_an_asked_pause_has_an_end() -> None:
    assert backoff_ms(1, RateLimited("x", retry_after=10**9)) == LONGEST_ASKED_WAIT_MS


def test_without_being_told_waits_grow_and_spread() -> None:
    error = Unreachable("Nobody answers.")
    early, late = ({backoff_ms(attempts, error) for _ in range(200)} for attempts in (1, 8))
    assert max(early) <= 4000
    assert max(late) > 4000
    assert len(early) > 50

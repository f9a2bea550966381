"""The broker is a doorbell: without it events are kept, and the sweeper rings later."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.installation import Installation

NOW = int(time.time() * 1000)


@pytest.mark.accepts("F25")
def test_deliveries_without_a_broker_are_kept_and_done_later(installation: Installation) -> None:
    """F25: the sender hears yes because the row is safe, not because a queue answered."""
    deal_id = installation.new_deal()
    installation.move(deal_id, deliver=False)
    installation.kill("valkey")
    assert installation.deliver_events(installation.event(deal_id, 8001, NOW)).status_code == 200
    installation.run_in(deal_id, "succeeded")
    assert len(installation.invoices(deal_id)) == 1


@pytest.mark.accepts("F04")
def test_a_run_whose_message_was_lost_is_swept_up(installation: Installation) -> None:
    """F04: the worker dies with the message in its hands."""
    deal_id = installation.new_deal()
    installation.move(deal_id, deliver=False)
    installation.kill("worker")
    installation.kill("quarantine")
    assert installation.deliver_events(installation.event(deal_id, 8002, NOW)).status_code == 200
    installation.kill("valkey")
    installation.run_in(deal_id, "succeeded")
    assert len(installation.invoices(deal_id)) == 1

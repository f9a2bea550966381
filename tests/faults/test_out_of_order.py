"""Events that overtake one another: nobody promises an order, so the times decide."""

from __future__ import annotations

import time

import pytest
import sqlalchemy as sa

from connector.runtime import inbox
from connector.store import tables
from tests.support.installation import Installation

MINUTE = 60_000


@pytest.mark.accepts("F34")
def test_an_older_event_that_comes_after_a_newer_one_is_stale_and_writes_nothing(
    installation: Installation,
) -> None:
    """The deal left the won stage; then the news arrives that it had reached it.

    By then the portal shows the stage again, so that reading the record anew would not help.
    """
    deal = installation.new_deal()
    now = int(time.time() * 1000)
    left = {**installation.event(deal, 1, now), "propertyValue": "contractsent"}
    assert installation.deliver_events(left).status_code == 200
    installation.run_in(deal, "skipped")
    installation.move(deal, deliver=False)
    older = installation.event(deal, 2, now - MINUTE)
    assert installation.deliver_events(older).status_code == 200

    def state() -> str:
        query = sa.select(tables.inbox.c.state, tables.inbox.c.note).where(
            tables.inbox.c.data.contains(f'"objectId":{deal}'),
            tables.inbox.c.occurred_at == now - MINUTE,
            tables.inbox.c.state != inbox.RECEIVED,
        )
        return next((row.state for row in installation.rows(query)), "")

    assert installation.until(state, "the older event was looked at") == inbox.STALE
    assert len(installation.runs_for(deal)) == 1
    assert installation.invoices(deal) == []
    newest = installation.event(deal, 3, now + MINUTE)
    assert installation.deliver_events(newest).status_code == 200
    installation.run_in(deal, "succeeded")
    assert len(installation.invoices(deal)) == 1

"""More deliveries than usual, and more junk than anybody needs."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest
import sqlalchemy as sa

from connector.runtime import inbox
from connector.store import tables
from tests.support.installation import MOST_EVENTS, Installation

DEALS = 20
EVENTS = 1_000
JUNK = 40
MEGABYTE = 1024 * 1024
MOST_GROWTH = 200 * MEGABYTE


def memory_of(installation: Installation, name: str) -> int:
    """Return the memory a process and its children hold, in bytes."""
    process = psutil.Process(installation.machine.supervisor.pid(name))
    family = [process, *process.children(recursive=True)]
    return sum(int(member.memory_info().rss) for member in family)


@pytest.mark.slow
@pytest.mark.accepts("F33", "F35")
def test_a_thousand_events_at_once_and_much_junk_are_answered_for(
    installation: Installation,
) -> None:
    """Every event is kept, each deal has one invoice, and junk costs next to nothing."""
    deals = [installation.new_deal() for _ in range(DEALS)]
    for deal in deals:
        installation.move(deal, deliver=False)
    now = int(time.time() * 1000)
    events = [installation.event(deals[n % DEALS], n, now + n) for n in range(EVENTS)]
    parts = [events[start : start + MOST_EVENTS] for start in range(0, EVENTS, MOST_EVENTS)]
    before = memory_of(installation, "web")
    with ThreadPoolExecutor(8) as pool:
        good = list(pool.map(lambda part: installation.deliver_events(*part).status_code, parts))
        junk = list(pool.map(lambda n: spam(installation, n), range(JUNK)))
    assert set(good) == {httpx.codes.OK}
    assert set(junk) <= {httpx.codes.UNAUTHORIZED, httpx.codes.REQUEST_ENTITY_TOO_LARGE}
    assert memory_of(installation, "web") - before < MOST_GROWTH

    def are_done() -> bool:
        found = installation.states_of(deals)
        # Eight senders at once overtake one another; what came too late has no run.
        stale = sa.select(tables.inbox.c.id).where(tables.inbox.c.state == inbox.STALE)
        overtaken = len(installation.rows(stale))
        return found["succeeded"] + found["duplicate"] + overtaken == EVENTS

    installation.until(are_done, "every event has led to its end", 300)
    for deal in deals:
        assert len(installation.invoices(deal)) == 1


def spam(installation: Installation, number: int) -> int:
    """Post what nobody signed, now at the door and now beside it, and return the answer."""
    address = installation.hook if number % 2 else f"{installation.hook}-nobody"
    body = json.dumps([number]).encode() + b" " * (MEGABYTE if number % 4 < 2 else 10)
    try:
        return installation.outside.post(address, content=body).status_code
    except httpx.HTTPError:
        # Refused before the body was read; a sender that goes on sending hears no answer.
        return int(httpx.codes.REQUEST_ENTITY_TOO_LARGE)

"""Loops: one run per item, each on its own; what failed is seen, and only that is repeated."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.runtime import children, decisions, loops, outcomes, runs
from connector.runtime.advance import advance
from connector.store import tables
from tests.support import desk
from tests.support.office import Books, Office, office

LOOP = f"""
name: Orders
{desk.TRIGGER}
once: "{{{{ input.id }}}}"
steps:
  - id: orders
    type: forEach
    config: {{items: "{{{{ input.orders }}}}", key: "{{{{ item.number }}}}", parallel: 2}}
    steps:
      - id: wanted
        type: filter
        config: {{condition: "{{{{ item.customer != '' }}}}"}}
      - id: invoice
        type: sage-intacct.createInvoice
        connection: books
        config:
          customerId: "{{{{ item.customer }}}}"
          invoiceNumber: "{{{{ item.number }}}}"
          dateCreated: "2026-03-02"
          termName: Net 30
          lineItems:
            - {{accountNumber: "4000", amount: "10.00", memo: "{{{{ input.id }}}}"}}
"""


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books, LOOP) as found:
        yield found


def orders(count: int, customer: str = "C-00001") -> list[dict[str, str]]:
    return [{"number": f"N-{number}", "customer": customer} for number in range(count)]


def states(found: Office, run_id: str) -> dict[str, int]:
    return dict(found.database.read(lambda c: children.counts(c, run_id, "orders")))


def test_every_item_has_its_own_run_and_its_own_invoice(here: Office, books: Books) -> None:
    run_id = desk.start(here, {"id": "1", "orders": orders(5)})
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    result = desk.output(here, run_id)["orders"]
    assert (result["count"], result["succeeded"], result["failed"]) == (5, 5, 0)
    assert [item["key"] for item in result["items"]] == [f"N-{number}" for number in range(5)]
    assert result["items"][0]["result"]["id"] == "N-0"
    assert Counter(entry["id"] for entry in books.invoices()) == Counter(
        f"N-{number}" for number in range(5)
    )


def test_no_more_items_are_under_way_than_allowed(here: Office) -> None:
    run_id = desk.start(here, {"id": "1", "orders": orders(6)})
    advance(here.services, here.heartbeats, run_id)
    assert here.run(run_id).state == runs.WAITING
    assert states(here, run_id) == {runs.QUEUED: 2, runs.HELD: 4}
    advance(here.services, here.heartbeats, desk.inside(here, run_id)[0].id)
    assert states(here, run_id) == {runs.SUCCEEDED: 1, runs.QUEUED: 2, runs.HELD: 3}


def test_a_failed_item_is_seen_and_only_it_is_repeated(here: Office, books: Books) -> None:
    mixed = orders(4)
    mixed[1]["customer"] = "NOBODY"
    mixed[2]["customer"] = ""
    run_id = desk.start(here, {"id": "1", "orders": mixed})
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED
    assert "1 of 4 items failed; the first, 'N-1'" in desk.error(here, run_id)["title"]
    assert states(here, run_id) == {runs.SUCCEEDED: 2, runs.SKIPPED: 1, runs.FAILED: 1}
    before = [row.epoch for row in desk.inside(here, run_id)]
    failed = desk.inside(here, run_id)[1]
    mended = failed.input.replace("NOBODY", "C-00001")
    here.execute(tables.run.update().where(tables.run.c.id == failed.id).values(input=mended))
    decisions.retry(here.services, run_id, actor="ada")
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    after = [row.epoch for row in desk.inside(here, run_id)]
    assert [new - old for old, new in zip(before, after, strict=True)] == [0, 1, 0, 0]
    assert len(books.invoices()) == 3


def test_the_same_list_again_makes_nothing_twice(here: Office, books: Books) -> None:
    """The key of a write is the item's business id, not its place in the list."""
    desk.start(here, {"id": "1", "orders": orders(3)})
    desk.work_off(here)
    here.execute(tables.run.update().values(state=runs.FAILED))
    run_id = desk.start(here, {"id": "1", "orders": orders(4)[::-1]})
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    assert len(books.invoices()) == 4


def test_an_empty_list_is_done_at_once(here: Office) -> None:
    run_id = desk.start(here, {"id": "1", "orders": []})
    desk.work_off(here)
    assert desk.output(here, run_id)["orders"]["count"] == 0


def test_items_with_one_key_are_refused_before_anything_is_sent(here: Office, books: Books) -> None:
    run_id = desk.start(here, {"id": "1", "orders": orders(2) + orders(1)})
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED
    error = desk.error(here, run_id)
    assert "Step 'orders' of 'Orders': Two items have the key 'N-0'" in error["title"]
    assert books.invoices() == []


def test_a_worker_that_dies_while_it_lists_items_loses_none(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = desk.start(here, {"id": "1", "orders": orders(5)})
    monkeypatch.setattr(children, "_AT_ONCE", 2)
    written: list[Any] = []
    real = here.database.write

    def dying(work: Any) -> Any:
        written.append(work)
        if len(desk.inside(here, run_id)) >= 2:
            raise KeyboardInterrupt
        return real(work)

    monkeypatch.setattr(here.database, "write", dying)
    with pytest.raises(KeyboardInterrupt):
        advance(here.services, here.heartbeats, run_id)
    monkeypatch.undo()
    assert len(desk.inside(here, run_id)) == 2
    here.execute(tables.run.update().where(tables.run.c.id == run_id).values(lease_until=1))
    advance(here.services, here.heartbeats, run_id)
    desk.work_off(here)
    assert desk.output(here, run_id)["orders"]["succeeded"] == 5


def test_the_last_of_many_workers_wakes_the_loop(here: Office, books: Books) -> None:
    """Items that end at the same moment neither lose the limit's places nor the wake-up."""
    run_id = desk.start(here, {"id": "1", "orders": orders(12)})
    with ThreadPoolExecutor(4) as pool:
        for _round in range(60):
            list(pool.map(lambda due: advance(here.services, here.heartbeats, due), desk.due(here)))
            if here.run(run_id).state == runs.SUCCEEDED:
                break
    assert here.run(run_id).state == runs.SUCCEEDED
    assert len(books.invoices()) == 12


def test_items_that_end_while_the_loop_goes_to_sleep_wake_it(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = desk.start(here, {"id": "1", "orders": orders(2)})
    real = outcomes.waiting

    def late(*arguments: Any, **more: Any) -> Any:
        monkeypatch.undo()
        desk.work_off(here)  # the parent is still in its worker's hands
        return real(*arguments, **more)

    monkeypatch.setattr(loops, "waiting", late)
    advance(here.services, here.heartbeats, run_id)
    assert here.run(run_id).state == runs.WAITING
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED


def test_of_two_last_items_one_sees_the_other(here: Office, url: str) -> None:
    """Each alone would see the other under way, and nobody would wake the loop."""
    run_id = desk.start(here, {"id": "1", "orders": orders(2)})
    advance(here.services, here.heartbeats, run_id)
    first, second = desk.inside(here, run_id)
    has_begun, is_done = threading.Event(), threading.Event()

    def end(connection: sa.Connection, row: Any) -> list[str]:
        children.lock_parent(connection, row)
        mine = tables.run.update().where(tables.run.c.id == row.id)
        connection.execute(mine.values(state=runs.SUCCEEDED))
        return children.ended(connection, row, runs.SUCCEEDED)

    def end_first(connection: sa.Connection) -> list[str]:
        woken = end(connection, first)
        has_begun.set()
        wait_until(lambda: is_done.is_set() or is_blocked(here, url))
        return woken

    def end_second() -> list[str]:
        assert has_begun.wait(30)
        woken = here.database.write(lambda c: end(c, second))
        is_done.set()
        return woken

    with ThreadPoolExecutor(2) as pool:
        other = pool.submit(end_second)
        assert here.database.write(end_first) == []
        assert other.result(30) == [run_id]


def is_blocked(found: Office, url: str) -> bool:
    """Say whether a transaction waits for another; SQLite's always do."""
    if url.startswith("sqlite"):
        return True
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return bool(found.database.read(lambda c: c.execute(waiting).scalar_one()))


def wait_until(has_come: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not has_come() and time.monotonic() < end:
        time.sleep(0.01)


def test_a_loop_may_go_on_past_failed_items(here: Office) -> None:
    here.publish(LOOP.rstrip() + "\n    onError: {then: continue}\n")
    run_id = desk.start(here, {"id": "1", "orders": [*orders(1), *orders(2, "NOBODY")[1:]]})
    desk.work_off(here)
    assert here.run(run_id).state == runs.PARTIAL
    result = desk.output(here, run_id)["orders"]
    assert (result["succeeded"], result["failed"]) == (1, 1)
    assert [item["state"] for item in result["items"]] == [runs.SUCCEEDED, runs.FAILED]


def test_the_same_keys_under_two_runs_are_different_items(here: Office) -> None:
    first = desk.start(here, {"id": "1", "orders": orders(2)})
    second = desk.start(here, {"id": "2", "orders": orders(2)})
    desk.work_off(here)
    assert {here.run(first).state, here.run(second).state} <= {runs.SUCCEEDED, runs.FAILED}
    found = here.database.read(lambda c: c.execute(sa.select(tables.run.c.parent_id)).all())
    assert Counter(row.parent_id for row in found) == {None: 2, first: 2, second: 2}

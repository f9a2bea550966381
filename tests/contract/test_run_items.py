"""Deciding about one item of a loop finishes the loop, and only that item is tried again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from connector.runtime import decisions, runs
from connector.store import to_json
from connector.store.tables import run
from tests.support import desk
from tests.support.office import Books, Office, office

ITEM = desk.INVOICE.replace("input.", "item.").replace("\n    ", "\n        ")
LOOP = f"""
name: Orders
{desk.TRIGGER}
steps:
  - id: orders
    type: forEach
    config: {{items: "{{{{ input.orders }}}}", key: "{{{{ item.number }}}}"}}
    steps:
      - id: invoice
        {ITEM}
  - id: last
    type: delay
    config: {{for: {{seconds: 0}}}}
"""
NAMELESS = LOOP.replace('          invoiceNumber: "{{ item.number }}"\n', "")


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books, LOOP) as found:
        yield found


def orders(*customers: str) -> dict[str, list[dict[str, str]]]:
    return {"orders": [{"number": f"N-{n}", "customer": c} for n, c in enumerate(customers)]}


def correct(here: Office, item: str, number: str) -> None:
    given = to_json({"item": {"number": number, "customer": "C-00001"}})
    here.execute(run.update().where(run.c.id == item).values(input=given))


def test_an_item_that_is_retried_alone_finishes_its_failed_loop(here: Office, books: Books) -> None:
    run_id = desk.start(here, orders("C-00001", "C-99999"))
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED
    bad = desk.inside(here, run_id)[1].id
    correct(here, bad, "N-1")
    decisions.retry(here.services, bad, actor="ada")
    assert here.run(run_id).state == runs.WAITING
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    assert desk.output(here, run_id)["orders"]["succeeded"] == 2
    assert sorted(entry["id"] for entry in books.invoices()) == ["N-0", "N-1"]


def test_siblings_that_failed_stay_as_they_are(here: Office) -> None:
    run_id = desk.start(here, orders("C-99999", "C-99999"))
    desk.work_off(here)
    first, second = desk.inside(here, run_id)
    correct(here, first.id, "N-0")
    decisions.retry(here.services, first.id, actor="ada")
    desk.work_off(here)
    assert here.run(second.id).epoch == second.epoch
    assert here.run(run_id).state == runs.FAILED
    assert "1 of 2 items failed" in desk.error(here, run_id)["title"]


def test_deciding_about_a_parked_item_finishes_its_loop(here: Office, books: Books) -> None:
    here.publish(NAMELESS)
    run_id = desk.start(here, orders("C-00001"))

    def vanish() -> None:
        raise httpx.ReadTimeout("gone")

    books.before_answer.append(vanish)
    desk.work_off(here)
    books.before_answer.clear()
    here.settle_all()
    (item,) = desk.inside(here, run_id)
    desk.hurry(here, item.id)
    desk.work_off(here)
    assert (here.run(item.id).state, here.run(run_id).state) == (runs.PARKED, runs.PARKED)
    decisions.it_is_there(here.services, item.id, "4711", actor="ada")
    desk.work_off(here)
    assert here.run(item.id).state == runs.SUCCEEDED
    assert here.run(run_id).state == runs.SUCCEEDED
    assert len(books.invoices()) == 1


def test_a_cancelled_loop_stays_cancelled_when_an_item_is_retried(here: Office) -> None:
    run_id = desk.start(here, orders("C-99999"))
    desk.work_off(here)
    here.execute(run.update().where(run.c.id == run_id).values(state=runs.CANCELLED))
    (item,) = desk.inside(here, run_id)
    correct(here, item.id, "N-0")
    decisions.retry(here.services, item.id, actor="ada")
    desk.work_off(here)
    assert here.run(item.id).state == runs.SUCCEEDED
    assert here.run(run_id).state == runs.CANCELLED

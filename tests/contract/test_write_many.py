"""Many writes of one step share requests, and each stays an effect of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.errors import BudgetReached, OutcomeUnknown, Unavailable, Unreachable
from connector.http import HttpReply
from connector.runtime import budgets
from connector.runtime.budgets import Budget
from connector.runtime.settle import settle
from connector.runtime.single import run_once
from connector.store import tables
from tests.support.transfers import BOOKS, Office, open_office


@pytest.fixture(params=["rest", "xml"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    found = open_office(tmp_path / "data", request.param)
    yield found
    found.close()


@pytest.fixture
def rest(tmp_path: Path) -> Iterator[Office]:
    found = open_office(tmp_path / "data", "rest")
    yield found
    found.close()


def customers(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [{"customerId": f"S-{n}", "name": f"Name {n}"} for n in range(start, start + count)]


def synced(office: Office, rows: Any, once: str = "step", **more: Any) -> dict[str, Any]:
    given = {"objectType": "customer", "mode": "upsert", "rows": rows, **more}
    done = run_once(office.services, "syncRecords", BOOKS, given, once=once)
    assert done.output is not None
    return dict(done.output)


def writes(office: Office) -> list[str]:
    return [call for call in office.calls() if call.startswith(("POST /obj", "PATCH", "create"))]


def effects(office: Office) -> list[Any]:
    query = sa.select(tables.effect)
    return office.services.database.read(lambda c: list(c.execute(query)))


@pytest.mark.accepts("E23", "E37")
def test_rows_of_a_step_share_requests_and_are_effects_of_their_own(office: Office) -> None:
    done = synced(office, customers(120))
    assert (done["created"], done["failed"]) == (120, 0)
    is_rest = office.calls()[0].startswith("POST")
    assert len(writes(office)) == (1 if is_rest else 2)
    assert [row["id"] for row in done["rows"]] == [f"S-{n}" for n in range(120)]
    assert {effect.state for effect in effects(office)} == {"succeeded"}
    assert len({effect.op_key for effect in effects(office)}) == 120
    counted = office.services.database.read(
        lambda c: budgets.used(c, office.services.connection_named(BOOKS).id, budgets.this_month(c))
    )
    assert counted == 120 + 1  # every record, and the page that looked for them


def test_new_and_changed_rows_go_in_a_request_each(office: Office) -> None:
    synced(office, customers(3))
    seen = len(writes(office))
    done = synced(office, customers(5), once="second")
    assert [row["outcome"] for row in done["rows"]] == ["updated"] * 3 + ["created"] * 2
    news = [c for c in office.calls() if c.startswith(("POST /obj", "PATCH", "create", "update"))]
    assert len(news) - seen == 2


@pytest.mark.accepts("D30")
def test_a_row_that_is_refused_leaves_the_others_of_its_request_alone(office: Office) -> None:
    rows = customers(4)
    rows[2]["termName"] = "No such term"
    done = synced(office, rows, mode="insert")
    assert [row["outcome"] for row in done["rows"]] == ["created", "created", "refused", "created"]
    assert done["rows"][2]["error"]
    assert sorted(office.created("CUSTOMER")) == ["S-0", "S-1", "S-3"]
    rows[2]["termName"] = "Net 30"
    again = synced(office, rows, mode="insert")
    assert again["created"] == 4
    assert sorted(office.created("CUSTOMER")) == ["S-0", "S-1", "S-2", "S-3"]


def test_a_step_that_is_tried_again_writes_nothing_twice_and_tells_the_same(
    office: Office,
) -> None:
    """Its own records must not look to it like ones that were there before."""
    first = synced(office, customers(3))
    seen = len(writes(office))
    assert synced(office, customers(3)) == first
    assert len(writes(office)) == seen


def test_a_request_that_left_nobody_an_answer_is_looked_up_row_by_row(rest: Office) -> None:
    def lose(request: Any) -> None:
        if "/objects/" in request.url:
            rest.before = lambda _request: None
            client = rest.services.__dict__["http"]
            client.send(request)
            raise OutcomeUnknown("The line went dead.")

    rest.before = lose
    with pytest.raises(OutcomeUnknown):
        synced(rest, customers(3))
    assert {effect.state for effect in effects(rest)} == {"uncertain"}
    past = tables.effect.update().values(look_at=0)
    rest.services.database.write(lambda c: c.execute(past).rowcount)
    for effect in effects(rest):
        settle(rest.services, effect.op_key)
    assert {effect.state for effect in effects(rest)} == {"succeeded"}
    done = synced(rest, customers(3))
    assert [row["outcome"] for row in done["rows"]] == ["created"] * 3
    assert sorted(rest.created("CUSTOMER")) == ["S-0", "S-1", "S-2"]


def test_a_request_nobody_took_ends_the_step_and_its_rows_go_later(rest: Office) -> None:
    def refuse(request: Any) -> None:
        if "/objects/" in request.url:
            rest.before = lambda _request: None
            raise Unreachable("Nobody there.")

    rest.before = refuse
    with pytest.raises(Unavailable):
        synced(rest, customers(600))
    # What comes behind a request that could not be carried out is not tried.
    assert len(writes(rest)) == 1
    assert {effect.state for effect in effects(rest)} == {"planned"}
    assert synced(rest, customers(600))["created"] == 600
    assert len(rest.created("CUSTOMER")) == 600


def test_a_request_refused_as_a_whole_goes_in_halves_till_the_row_stands_alone(
    rest: Office,
) -> None:
    error = b'{"ia::result":{"ia::error":{"code":"invalidRequest","message":"Too large"}}}'
    rest.answers = []

    def whole(request: Any) -> None:
        if "/objects/" in request.url and request.body.count(b"S-") > 1:
            rest.answers.append(HttpReply(400, {"content-type": "application/json"}, error))

    rest.before = whole
    assert synced(rest, customers(4), mode="insert")["created"] == 4
    assert len(rest.created("CUSTOMER")) == 4


def test_rows_with_other_content_under_the_same_key_are_not_sent(office: Office) -> None:
    synced(office, customers(2))
    changed = customers(2)
    changed[1]["name"] = "Other"
    done = synced(office, changed)
    assert [row["outcome"] for row in done["rows"]] == ["created", "invalid"]
    assert "different content" in done["rows"][1]["error"]


def test_ids_that_intacct_makes_are_read_back_with_one_query(office: Office) -> None:
    rows = [{"name": f"Numbered {n}"} for n in range(3)]
    done = synced(office, rows, mode="insert")
    assert all(row["id"] and row["key"] for row in done["rows"])
    assert len({row["id"] for row in done["rows"]}) == 3
    assert len(office.calls()) <= 2


def test_a_batch_that_would_pass_the_budget_sends_none_of_its_rows(rest: Office) -> None:
    source = rest.services.connection_named(BOOKS)
    rest.services.database.write(lambda c: budgets.keep(c, source, Budget(0, 5), "ada"))
    with pytest.raises(BudgetReached):
        synced(rest, customers(6), mode="insert")
    assert rest.created("CUSTOMER") == []


def test_a_dry_run_shows_the_first_write_and_sends_nothing(rest: Office) -> None:
    given = {"objectType": "customer", "mode": "insert", "rows": customers(2)}
    shown = run_once(rest.services, "syncRecords", BOOKS, given, once="x", is_dry_run=True)
    assert shown.document is not None
    assert "S-0" in shown.document
    assert rest.created("CUSTOMER") == []

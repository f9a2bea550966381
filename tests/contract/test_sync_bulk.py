"""Large loads go in bulk jobs, and each row is still written once, whatever becomes of the job."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from connector.errors import InputError, OutcomeUnknown
from connector.http import HttpReply, HttpRequest
from connector.store import tables
from connector.store.problems import StoreUnavailable
from connector.transfer import bulk, grouping
from connector.transfer import sync as syncing
from connector.transfer.options import Bulk
from connector.transfer.rows import Outcome
from tests.support.transfers import Office, open_office

CREATE = "/services/bulk/job/create"
STATUS = "/services/bulk/job/status"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(bulk, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(bulk, "LONGEST_WAIT_SECONDS", 0.05)
    found = open_office(tmp_path / "data", "rest")
    yield found
    found.close()


def customers(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"customerId": f"S-{n}", "name": f"Name {n}", **more} for n in range(count)]


def jobs(office: Office) -> int:
    return sum(CREATE in call for call in office.calls())


def kept(office: Office) -> list[Any]:
    query = sa.select(tables.bulk_job)
    return office.services.database.read(lambda c: list(c.execute(query)))


def states(office: Office) -> set[str]:
    query = sa.select(tables.effect.c.state)
    return office.services.database.read(lambda c: set(c.execute(query).scalars()))


@pytest.mark.accepts("D16", "D30", "E37")
def test_a_job_carries_all_rows_and_each_is_told(office: Office) -> None:
    rows = customers(30)
    rows[7]["termName"] = "No such term"
    done = office.sync("customer", "insert", rows, bulk=Bulk.ALWAYS)
    assert done.counts == {Outcome.CREATED: 29, Outcome.REFUSED: 1}
    assert jobs(office) == 1
    assert office.row(8).error is not None
    assert office.row(1).id == "S-0"
    assert office.row(1).key
    assert len(office.created("CUSTOMER")) == 29
    assert states(office) == {"succeeded", "refused"}
    assert kept(office) == []


@pytest.mark.accepts("E20", "E23")
def test_every_record_of_a_job_is_a_transaction(office: Office) -> None:
    done = office.sync("customer", "insert", customers(30), bulk=Bulk.ALWAYS)
    polls = sum(STATUS in call for call in office.calls())
    assert done.transactions == 30 + polls


@pytest.mark.accepts("D13", "D17")
def test_an_upsert_by_natural_key_makes_one_job_of_new_and_one_of_changed_rows(
    office: Office,
) -> None:
    office.sync("customer", "insert", customers(5))
    again = customers(8, city="Bern")
    done = office.sync("customer", "upsert", again, run="run-2", bulk=Bulk.ALWAYS)
    assert done.counts == {Outcome.UPDATED: 5, Outcome.CREATED: 3}
    assert jobs(office) == 2
    found = {row["CUSTOMERID"]: row for row in office.records("CUSTOMER")}
    assert found["S-0"]["DISPLAYCONTACT.MAILADDRESS.CITY"] == "Bern"


class Killed(BaseException):
    """The end of a process, as near as one test can bring it."""


def test_a_sync_that_was_killed_while_its_job_ran_asks_how_it_ended(office: Office) -> None:
    def kill(request: HttpRequest) -> None:
        if STATUS in request.url:
            raise Killed

    office.before = kill
    with pytest.raises(Killed):
        office.sync("customer", "insert", customers(20), bulk=Bulk.ALWAYS)
    assert len(kept(office)) == 1
    assert states(office) == {"sending"}
    office.before = lambda _request: None
    done = office.sync("customer", "insert", customers(20), bulk=Bulk.ALWAYS)
    assert done.counts == {Outcome.CREATED: 20}
    assert jobs(office) == 1
    assert sorted(office.created("CUSTOMER")) == sorted(f"S-{n}" for n in range(20))
    assert kept(office) == []


def test_a_job_whose_creation_got_no_answer_is_neither_repeated_nor_judged(
    office: Office,
) -> None:
    def lose(request: HttpRequest) -> None:
        if CREATE in request.url:
            office.before = lambda _request: None
            office.services.__dict__["http"].send(request)
            raise OutcomeUnknown("The line went dead.")

    office.before = lose
    first = office.sync("customer", "insert", customers(10), bulk=Bulk.ALWAYS)
    assert first.counts == {Outcome.UNCERTAIN: 10}
    assert "in an hour" in office.row(1).error.advice  # type: ignore[union-attr]
    assert states(office) == {"sending"}
    again = office.sync("customer", "insert", customers(10), bulk=Bulk.ALWAYS)
    assert again.counts == {Outcome.UNCERTAIN: 10}
    assert len(office.created("CUSTOMER")) == 10
    past = tables.effect.update().values(call_deadline=0)  # the hour is over
    office.services.database.write(lambda c: c.execute(past).rowcount)
    last = office.sync("customer", "insert", customers(10), bulk=Bulk.ALWAYS)
    assert last.counts == {Outcome.CREATED: 10}
    assert len(office.created("CUSTOMER")) == 10


@pytest.mark.parametrize("body", [b'{"ia::result":"see file"}', b"[]", b"<html>", b'{"a":1}'])
def test_results_that_cannot_be_read_are_looked_up(office: Office, body: bytes) -> None:
    def replace(request: HttpRequest) -> None:
        if "download=true" in request.url:
            office.answers.append(HttpReply(200, {"content-type": "application/json"}, body))

    office.before = replace
    done = office.sync("customer", "insert", customers(6), bulk=Bulk.ALWAYS)
    assert done.counts == {Outcome.CREATED: 6}
    assert len(office.created("CUSTOMER")) == 6


def test_a_company_that_takes_no_jobs_is_sent_requests(office: Office) -> None:
    error = orjson.dumps({"ia::result": {"ia::error": {"code": "notFound", "message": "No"}}})

    def refuse(request: HttpRequest) -> None:
        if CREATE in request.url:
            office.answers.append(HttpReply(404, {"content-type": "application/json"}, error))

    office.before = refuse
    done = office.sync("customer", "insert", customers(1200), bulk=Bulk.ALWAYS)
    assert done.counts == {Outcome.CREATED: 1200}
    assert jobs(office) == 1
    assert len(office.created("CUSTOMER")) == 1200


def test_a_job_is_asked_about_until_it_is_over(office: Office) -> None:
    told = [b'{"ia::result":{"jobId":"x","status":"processing"}}', b"<html>", b"", b"{}"]

    def slow(request: HttpRequest) -> None:
        if STATUS in request.url and "download" not in request.url and told:
            reply = HttpReply(200, {"content-type": "application/json"}, told.pop(0))
            office.answers.append(reply)

    office.before = slow
    done = office.sync("customer", "insert", customers(3), bulk=Bulk.ALWAYS)
    assert done.counts == {Outcome.CREATED: 3}
    assert told == []


@pytest.mark.parametrize(
    ("chosen", "expected", "is_job"),
    [
        (Bulk.AUTO, syncing.BULK_FROM, True),
        (Bulk.AUTO, syncing.BULK_FROM - 1, False),
        (Bulk.NEVER, syncing.BULK_FROM, False),
        (Bulk.ALWAYS, 0, True),
    ],
)
def test_jobs_are_chosen_by_the_number_of_rows_or_by_word(
    office: Office, chosen: Bulk, expected: int, *, is_job: bool
) -> None:
    office.sync("customer", "insert", customers(2), bulk=chosen, expected=expected)
    assert bool(jobs(office)) is is_job


def test_jobs_need_an_application(tmp_path: Path) -> None:
    office = open_office(tmp_path / "xml", "xml")
    with pytest.raises(InputError, match="REST only"):
        office.sync("customer", "insert", customers(1), bulk=Bulk.ALWAYS)
    office.close()


def test_rows_that_cannot_be_looked_up_go_in_requests(office: Office) -> None:
    """A job whose results are lost would leave no way to learn what became of them."""
    rows = [{"name": f"Numbered {n}"} for n in range(3)]
    done = office.sync("customer", "insert", rows, match=("recordNo",), bulk=Bulk.ALWAYS)
    assert done.counts == {Outcome.CREATED: 3}
    assert jobs(office) == 0


def test_a_file_stays_below_what_one_request_may_hold(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "MOST_BYTES", 2000)
    office.sync("customer", "insert", customers(40), bulk=Bulk.ALWAYS)
    sizes = [len(each.body) for each in office.requests if CREATE in each.url]
    assert len(sizes) > 2
    assert max(sizes) < 2000 + 600  # the form around the file
    assert len(office.created("CUSTOMER")) == 40


def test_a_job_that_is_not_known_any_more_is_left_alone_until_it_must_be_over(
    office: Office,
) -> None:
    """It may still run behind an answer that only lags; a look would find its rows missing."""
    error = orjson.dumps({"ia::result": {"ia::error": {"code": "notFound", "message": "No"}}})

    def unknown(request: HttpRequest) -> None:
        if STATUS in request.url:
            office.answers.append(HttpReply(404, {"content-type": "application/json"}, error))

    office.before = unknown
    first = office.sync("customer", "insert", customers(4), bulk=Bulk.ALWAYS)
    assert first.counts == {Outcome.UNCERTAIN: 4}
    assert states(office) == {"sending"}
    office.before = lambda _request: None
    done = office.sync("customer", "insert", customers(4), bulk=Bulk.ALWAYS)
    assert done.counts == {Outcome.CREATED: 4}
    assert jobs(office) == 1


def test_a_job_whose_name_could_not_be_kept_is_not_taken_for_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Intacct writes its rows: whoever called them refused would have them sent again."""

    def full(*_: Any) -> Any:
        raise StoreUnavailable("The disk of the database is full.")

    with monkeypatch.context() as broken:
        broken.setattr(bulk.Jobs, "keep", full)
        first = office.sync("customer", "insert", customers(5), bulk=Bulk.ALWAYS)
    assert first.counts == {Outcome.UNCERTAIN: 5}
    assert states(office) == {"sending"}
    past = tables.effect.update().values(call_deadline=0)  # the hour is over
    office.services.database.write(lambda c: c.execute(past).rowcount)
    last = office.sync("customer", "insert", customers(5), bulk=Bulk.ALWAYS)
    assert last.counts == {Outcome.CREATED: 5}
    assert jobs(office) == 1
    assert len(office.created("CUSTOMER")) == 5

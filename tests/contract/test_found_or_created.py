"""Finding or creating by name: a try that was broken off is neither forgotten nor called found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.runtime import runs
from connector.runtime.single import run_once
from connector.store import from_json, tables
from tests.support.office import Books, Office, office

NAME = "Harbour & Sons"
WORKFLOW = f"""
name: Customer by name
trigger: {{type: hubspot.deal, connection: hubspot, config: {{stages: [closedwon]}}}}
once: "{{{{ input.number }}}}"
steps:
  - id: customer
    type: sage-intacct.findOrCreateCustomer
    connection: books
    config: {{customerName: "{NAME}"}}
"""


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books, WORKFLOW) as found:
        yield found


def arm(books: Books, fault: str) -> None:
    given = {"fault": fault, "function": "create", "seconds": 0}
    reply = books.app.test_client().post("/_sandbox/faults", json=given)
    assert reply.status_code < 300


def customers(books: Books) -> list[str]:
    """Return the record numbers of the customers of that name."""
    rows = books.app.test_client().get("/_sandbox/records/CUSTOMER").get_json()
    return [str(row["RECORDNO"]) for row in rows if row["NAME"] == NAME]


def result_of(run: Any) -> dict[str, Any]:
    """Return what the step gave."""
    return dict(from_json(run.output)["customer"])


@pytest.mark.accepts("F01", "F10")
def test_a_customer_made_without_an_answer_is_found_by_its_name_and_counts_as_created(
    here: Office, books: Books
) -> None:
    arm(books, "commit_then_502")
    run_id = here.order("D-1")
    assert here.work(run_id).state == runs.UNCERTAIN
    # However often somebody tries meanwhile, the customer that stands there is not taken for found.
    assert here.work(run_id).state == runs.UNCERTAIN
    here.settle_all()
    run = here.work(run_id)
    assert run.state == runs.SUCCEEDED, run.error
    (key,) = customers(books)
    assert (result_of(run)["created"], result_of(run)["key"]) == (True, key)
    assert result_of(run)["id"]
    (effect,) = here.effects()
    assert (effect.state, effect.key, effect.attempts) == ("succeeded", key, 1)


@pytest.mark.accepts("F02")
def test_a_customer_that_was_not_made_is_sent_once_more(here: Office, books: Books) -> None:
    arm(books, "drop_before_commit")
    run_id = here.order("D-2")
    assert here.work(run_id).state == runs.UNCERTAIN
    here.settle_all()
    here.settle_all()
    run = here.work(run_id)
    assert run.state == runs.SUCCEEDED, run.error
    assert result_of(run)["created"] is True
    assert len(customers(books)) == 1


def test_two_customers_of_the_name_need_a_person(here: Office, books: Books) -> None:
    """Somebody else made one in the same moment: which one is ours, nobody can see."""
    arm(books, "commit_then_502")
    run_id = here.order("D-3")
    assert here.work(run_id).state == runs.UNCERTAIN
    given = {"customerName": NAME}
    run_once(here.services, "createCustomer", "books", given, once="by hand")
    here.settle_all()
    run = here.work(run_id)
    assert run.state == runs.PARKED
    assert json.loads(run.error)["advice"]


def test_another_run_finds_what_the_first_one_made(here: Office, books: Books) -> None:
    first, second = here.order("D-4"), here.order("D-5")
    assert result_of(here.work(first))["created"] is True
    assert result_of(here.work(second))["created"] is False
    assert len(customers(books)) == 1


def test_values_reach_the_record_that_stands_in_for_one_that_was_never_made(
    here: Office, books: Books
) -> None:
    """Our creation was lost, and somebody else made one of the name before it was looked up."""
    update = "type: sage-intacct.createOrUpdateCustomer"
    flow = WORKFLOW.replace("type: sage-intacct.findOrCreateCustomer", update)
    here.publish(flow.replace(f'"{NAME}"}}', f'"{NAME}", primaryPhoneNo: "555-0100"}}'))
    arm(books, "drop_before_commit")
    run_id = here.order("D-6")
    assert here.work(run_id).state == runs.UNCERTAIN
    run_once(here.services, "createCustomer", "books", {"customerName": NAME}, once="by hand")
    theirs = tables.effect.delete().where(tables.effect.c.run_id.is_(None))
    here.database.write(lambda c: c.execute(theirs).rowcount)  # no program of ours made it
    here.settle_all()
    run = here.work(run_id)
    assert run.state == runs.SUCCEEDED, run.error
    rows = books.app.test_client().get("/_sandbox/records/CUSTOMER").get_json()
    (found,) = [row for row in rows if row["NAME"] == NAME]
    assert found["DISPLAYCONTACT.PHONE1"] == "555-0100"
    assert result_of(run)["outcome"] == "created"

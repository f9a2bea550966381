"""A workflow calls another one: its own run, its own keys, never round in circles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.runtime import decisions, runs
from connector.store import tables
from tests.support import desk
from tests.support.office import Books, Office, office

CALLER = f"""
name: Caller
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
  - id: post
    type: call
    config:
      workflow: Post
      input: {{number: "{{{{ input.number }}}}", customer: "{{{{ input.customer }}}}"}}
  - id: seen
    type: filter
    config: {{condition: "{{{{ steps.post.steps.invoice.id == input.number }}}}"}}
"""
POST = f"""
name: Post
trigger: {{type: workflow.call}}
steps:
  - id: invoice
    {desk.INVOICE}
"""
ENDLESS = """
name: NAME
trigger: {type: workflow.call}
steps: [{id: next, type: call, config: {workflow: NEXT}}]
"""
GOOD = {"number": "N-1", "customer": "C-00001"}


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books, CALLER) as found:
        found.publish(POST)
        yield found


def start(found: Office, **changes: str) -> str:
    return desk.start(found, {**GOOD, **changes}, workflow="Caller")


def test_a_called_workflow_gives_its_results_back(here: Office, books: Books) -> None:
    run_id = start(here)
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    (inner,) = desk.inside(here, run_id)
    assert desk.output(here, run_id)["post"]["runId"] == inner.id
    assert len(books.invoices("N-1")) == 1


def test_the_same_call_again_writes_nothing_twice(here: Office, books: Books) -> None:
    start(here)
    desk.work_off(here)
    here.execute(tables.run.update().values(state=runs.FAILED))
    run_id = start(here)
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    assert len(books.invoices("N-1")) == 1


def test_a_failed_call_fails_the_caller_and_is_retried_with_it(here: Office, books: Books) -> None:
    run_id = start(here, customer="NOBODY")
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED
    assert "The called workflow did not succeed" in desk.error(here, run_id)["title"]
    (inner,) = desk.inside(here, run_id)
    mended = inner.input.replace("NOBODY", "C-00001")
    here.execute(tables.run.update().where(tables.run.c.id == inner.id).values(input=mended))
    decisions.retry(here.services, run_id, actor="ada")
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    assert len(books.invoices("N-1")) == 1


def test_calls_have_a_deepest_level(here: Office) -> None:
    """Published one after the other, two workflows may call each other all the same."""
    for name, following in (("Ping", "Pong"), ("Pong", "Ping")):
        here.publish(ENDLESS.replace("NAME", name).replace("NEXT", following))
    here.publish(CALLER.replace("workflow: Post", "workflow: Ping"))
    run_id = start(here)
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED
    assert "more than 5 deep" in desk.error(here, run_id)["title"]


@pytest.mark.parametrize("name", ["Nobody", "Caller"])
def test_only_what_is_made_for_it_can_be_called(here: Office, name: str) -> None:
    here.publish(CALLER.replace("workflow: Post", f"workflow: {name}"))
    run_id = start(here)
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED
    assert "that can be called" in desk.error(here, run_id)["title"]

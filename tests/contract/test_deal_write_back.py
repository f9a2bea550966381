"""What a workflow writes back to its deal: the same values, however often it is tried."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connector.errors import InputError
from connector.intacct.ports import EffectState
from connector.runtime import control, decisions, runs
from connector.runtime.single import run_once
from connector.store.tables import effect, run
from tests.support import desk
from tests.support.office import WORKFLOW, Books, Office, office

FLOW = f"""{WORKFLOW}  - id: note
    type: hubspot.updateDeal
    connection: hubspot
    config:
      dealId: "4711"
      properties:
        intacct_invoice_number: "{{{{ steps.invoice.id }}}}"
        intacct_invoice_key: "{{{{ steps.invoice.key }}}}"
"""
INPUTS = {"dealId": "4711", "properties": {"intacct_invoice_number": "N-1"}}


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books, FLOW) as found:
        yield found


class Portal:
    """Answers as HubSpot does, or as a test wants it to next."""

    def __init__(self) -> None:
        self.deal: dict[str, str] = {}
        self.troubles: list[desk.Answer] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("PATCH", "/crm/v3/objects/deals/4711")
        assert request.headers["authorization"] == "Bearer t0ken"
        if self.troubles:
            return self.troubles.pop(0)(request)
        self.deal |= json.loads(request.content)["properties"]
        return httpx.Response(200, json={"id": "4711", "properties": self.deal})


def silent(_request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("no answer")


def die(_request: httpx.Request) -> httpx.Response:
    raise SystemExit


def unknown_property(_request: httpx.Request) -> httpx.Response:
    said = {"status": "error", "category": "VALIDATION_ERROR", "message": "Property is unknown."}
    return httpx.Response(400, json=said)


def writes(here: Office) -> list[Any]:
    return [row for row in here.effects() if row.api == "hubspot"]


def test_the_number_of_the_invoice_stands_in_the_deal(here: Office, books: Books) -> None:
    portal = Portal()
    web = desk.connect(here, books.transport, portal)
    found = here.work(here.order("N-1"))
    assert found.state == runs.SUCCEEDED
    (invoice,) = books.invoices()
    assert portal.deal == {
        "intacct_invoice_number": "N-1",
        "intacct_invoice_key": str(invoice["key"]),
    }
    assert len(web.requests) == 1
    assert [row.state for row in writes(here)] == [EffectState.SUCCEEDED]


def test_a_replay_writes_neither_again(here: Office, books: Books) -> None:
    web = desk.connect(here, books.transport, Portal())
    run_id = here.order("N-1")
    here.work(run_id)
    again = control.replay(here.services, run_id, actor="ada")
    assert here.work(again).state == runs.SUCCEEDED
    assert (len(web.requests), len(books.invoices())) == (1, 1)


def test_after_silence_the_same_is_set_again_by_itself(here: Office, books: Books) -> None:
    portal = Portal()
    portal.troubles += [silent]
    web = desk.connect(here, books.transport, portal)
    run_id = here.order("N-1")
    assert here.work(run_id).state == runs.WAITING
    assert here.work(run_id).state == runs.SUCCEEDED
    first, second = (request.content for request in web.requests)
    assert first == second
    assert len(books.invoices()) == 1


def test_a_worker_that_dies_while_writing_back_needs_no_person(here: Office, books: Books) -> None:
    portal = Portal()
    portal.troubles += [die]
    desk.connect(here, books.transport, portal)
    run_id = here.order("N-1")
    with pytest.raises(SystemExit):
        here.work(run_id)
    assert [row.state for row in writes(here)] == [EffectState.SENDING]
    here.execute(run.update().values(lease_until=0))
    here.work(run_id)  # its write is still under way, as far as anybody knows
    here.execute(effect.update().where(effect.c.api == "hubspot").values(call_deadline=0))
    here.settle_all()
    assert here.work(run_id).state == runs.SUCCEEDED
    assert portal.deal["intacct_invoice_number"] == "N-1"
    assert len(books.invoices()) == 1


def test_a_property_that_is_missing_fails_the_step_and_not_the_invoice(
    here: Office, books: Books
) -> None:
    portal = Portal()
    portal.troubles += [unknown_property]
    desk.connect(here, books.transport, portal)
    run_id = here.order("N-1")
    assert here.work(run_id).state == runs.FAILED
    assert desk.error(here, run_id)["step"] == "note"
    decisions.retry(here.services, run_id, actor="ada")
    assert here.work(run_id).state == runs.SUCCEEDED
    assert len(books.invoices()) == 1


def test_a_dry_run_shows_it_and_sends_nothing(here: Office, books: Books) -> None:
    web = desk.connect(here, books.transport, Portal())
    done = run_once(
        here.services, "hubspot.updateDeal", "hubspot", INPUTS, once="x", is_dry_run=True
    )
    assert done.document is not None
    assert "PATCH /crm/v3/objects/deals/4711" in done.document
    assert "intacct_invoice_number" in done.document
    assert web.requests == []
    run_once(here.services, "hubspot.updateDeal", "hubspot", INPUTS, once="x")
    run_once(here.services, "hubspot.updateDeal", "hubspot", INPUTS, once="x")
    assert len(web.requests) == 1


@pytest.mark.parametrize(
    "inputs",
    [
        {"dealId": "../1", "properties": {"a": "b"}},
        {"dealId": "1", "properties": {}},
        {"dealId": "1", "properties": {"A B": "c"}},
        {"dealId": "1", "properties": {"a": {"b": "c"}}},
        {"dealId": "1", "properties": {"a": "x" * 70_000}},
        {"properties": {"a": "b"}},
    ],
)
def test_what_hubspot_cannot_take_is_refused_before_it_is_sent(
    here: Office, books: Books, inputs: Any
) -> None:
    web = desk.connect(here, books.transport, Portal())
    with pytest.raises(InputError):
        run_once(here.services, "hubspot.updateDeal", "hubspot", inputs, once="x")
    assert web.requests == []

"""One step on sample data: shown first, and sent only where the company's name was typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from connector.errors import InputError
from connector.runtime import runs
from connector.store import tables
from connector.workbench import trial
from connector.workbench.report import State
from connector.workbench.trial import Sending, StepTrial
from connector.workflow import model, yaml_loader
from tests.support import desk
from tests.support.office import Books, Office, office

FLOW = f"""
name: Deal
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
  - id: customer
    type: sage-intacct.getCustomer
    connection: books
    config: {{customerId: "{{{{ input.customer }}}}"}}
  - id: big
    type: filter
    config: {{condition: "{{{{ steps.customer.found }}}}"}}
  - id: invoice
    {desk.INVOICE.replace("input.customer", "steps.customer.id")}
  - id: each
    type: forEach
    config: {{items: "{{{{ input.items }}}}", key: "{{{{ item }}}}"}}
    steps:
      - {{id: inner, type: filter, config: {{condition: "{{{{ item == 'a' }}}}"}}}}
  - id: tell
    type: http
    config:
      url: "https://api.example/orders"
      method: POST
      json: {{a: "{{{{ input.number }}}}"}}
"""
EVENT = {"number": "N-1", "customer": "C-00001", "items": ["a", "b"]}
FOUND = {"customer": {"id": "C-00001", "found": True}}


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path, books, FLOW) as found:
        yield found


def tried(found: Office, step: str, samples: Any = None, **more: Any) -> StepTrial:
    definition = model.parse(yaml_loader.load(FLOW))
    return trial.try_step(found.services, definition, step, EVENT, samples or {}, **more)


def test_a_step_that_reads_is_carried_out(here: Office) -> None:
    done = tried(here, "customer")
    assert done.report.output["found"] is True
    assert (done.sent, done.needs) == (False, "")


@pytest.mark.accepts("E40")
def test_a_step_that_writes_is_shown_and_not_sent(here: Office, books: Books) -> None:
    done = tried(here, "invoice", FOUND)
    assert done.report.state is State.WRITES
    assert "<customerid>C-00001</customerid>" in done.report.writes[0].document
    assert (done.sent, done.needs) == (False, "SANDBOX")
    assert books.invoices() == []


def test_a_step_is_sent_once_the_company_is_named(here: Office, books: Books) -> None:
    for typed in ("", "sand box", "OTHER"):
        with pytest.raises(InputError, match="has to be confirmed"):
            tried(here, "invoice", FOUND, sending=Sending(typed, "ann"))
    assert books.invoices() == []
    done = tried(here, "invoice", FOUND, sending=Sending(" sandbox ", "ann"))
    assert done.sent
    assert done.report.output["id"] == "N-1"
    assert len(books.invoices("N-1")) == 1
    again = tried(here, "invoice", FOUND, sending=Sending("SANDBOX", "ann", done.once))
    assert again.sent
    assert len(books.invoices()) == 1
    actors = sa.select(tables.audit.c.actor).where(tables.audit.c.action == "effect.succeeded")
    assert here.database.read(lambda c: c.execute(actors).scalars().all()) == ["ann"]


def test_what_was_tried_is_not_taken_for_the_workflow_s_own_work(here: Office) -> None:
    tried(here, "invoice", FOUND, sending=Sending("SANDBOX", "ann"))
    run_id = desk.start(here, {**EVENT, "number": "N-2"})
    desk.work_off(here)
    assert here.run(run_id).state != runs.DUPLICATE
    assert len({row.op_key for row in here.effects()}) > 1


def test_a_step_without_samples_of_what_it_names_is_not_tried(here: Office) -> None:
    with pytest.raises(InputError, match="no sample for the step 'customer'"):
        tried(here, "invoice")
    with pytest.raises(InputError, match="names 'item'"):
        tried(here, "inner")
    with pytest.raises(InputError, match="There is no step 'nobody'"):
        tried(here, "nobody")


def test_decisions_show_their_verdict(here: Office) -> None:
    assert tried(here, "big", FOUND).report.state is State.READ
    assert tried(here, "big", {"customer": {"found": False}}).report.state is State.SKIPPED
    assert tried(here, "inner", more={"item": "b"}).report.state is State.SKIPPED
    assert tried(here, "each").report.output == {
        "count": 2,
        "first": {"key": "a", "value": "a"},
    }


def test_what_would_fail_is_told_and_never_sent(here: Office, books: Books) -> None:
    done = tried(here, "invoice", {"customer": {}}, sending=Sending("SANDBOX", "ann"))
    assert done.report.state is State.FAILS
    assert not done.sent
    assert "There is no 'id' in steps.customer" in done.report.sentence
    assert books.invoices() == []


def test_a_request_elsewhere_names_its_host_for_confirmation(here: Office, books: Books) -> None:
    web = desk.connect(here, books.transport, lambda _: httpx.Response(201, json={"id": "7"}))
    shown = tried(here, "tell")
    assert shown.needs == "api.example"
    assert web.requests == []
    done = tried(here, "tell", sending=Sending("api.example", "ann"))
    assert done.report.output["body"] == {"id": "7"}
    assert len(web.requests) == 1


def test_a_refusal_is_told_in_its_own_words(here: Office) -> None:
    samples = {"customer": {"id": "NOBODY", "found": True}}
    done = tried(here, "invoice", samples, sending=Sending("SANDBOX", "ann"))
    assert done.sent
    assert done.report.state is State.FAILS
    assert done.report.error is not None
    assert done.report.error["advice"]

"""A whole workflow on one event without writing: what it shows is what a run then does."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.component import Context
from connector.errors import InputError
from connector.http import HttpReply, HttpRequest
from connector.intacct.ports import Effect, EffectState
from connector.runtime import runs
from connector.runtime.effects import SqlEffects
from connector.runtime.intents import Intent
from connector.runtime.meter import StepMeter
from connector.store import tables
from connector.workbench import comparison
from connector.workbench.reading import Books as RehearsedBooks
from connector.workbench.rehearsal import rehearse
from connector.workbench.report import Exactness, Finding, Rehearsal, State, Verdict
from connector.workbench.unsent import NothingIsSent, UnsentEffects
from connector.workflow import model, yaml_loader
from tests.support import desk
from tests.support.oauth_world import UNATTENDED, oauth_world
from tests.support.office import Books, Office, office

FLOW = f"""
name: Deal
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
  - id: customer
    type: sage-intacct.findOrCreateCustomer
    connection: books
    config: {{customerId: "{{{{ input.customer }}}}", customerName: "{{{{ input.name }}}}"}}
  - id: invoice
    type: sage-intacct.createInvoice
    connection: books
    config:
      customerId: "{{{{ steps.customer.id }}}}"
      invoiceNumber: "{{{{ input.number }}}}"
      dateCreated: "2026-03-02"
      termName: "{{{{ input.term }}}}"
      description: "For {{{{ input.name }}}}"
      lineItems:
        - {{accountNumber: "{{{{ input.account }}}}", amount: "10.00", memo: Order}}
        - {{accountNumber: "4000", amount: "5.50", memo: Freight}}
  - id: seen
    type: sage-intacct.getInvoice
    connection: books
    config: {{recordNo: "{{{{ steps.invoice.key }}}}"}}
"""
EVENT = {
    "number": "N-1",
    "customer": "NEW-CO",
    "name": "Harbour Office",
    "term": "Net 30",
    "account": "4000",
}


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books, FLOW) as found:
        yield found


def definition(text: str = FLOW) -> model.Workflow:
    return model.parse(yaml_loader.load(text))


def rehearsed(
    found: Office, text: str = FLOW, *, workflow_id: str = "", **changes: Any
) -> Rehearsal:
    event = {**EVENT, **changes}
    return rehearse(found.services, definition(text), event, workflow_id=workflow_id)


def ledger(books: Books) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = books.app.test_client().get("/_sandbox/ledger").get_json()
    return found


def company(found: Office) -> Context:
    """Return the books as somebody else changes them."""
    row = found.services.connection_named("books")
    intent = Intent(row.id, scope="somebody else", once="")
    effects = SqlEffects(found.database, intent, found.services.patience, actor="test")
    return found.services.open_context(row, effects, StepMeter())


def checks(found: Rehearsal, name: str) -> list[tuple[Finding, str]]:
    return [
        (check.finding, check.sentence)
        for write in found.writes
        for check in write.checks
        if check.name == name
    ]


def test_a_rehearsal_writes_nothing_anywhere(here: Office, books: Books) -> None:
    found = rehearsed(here)
    assert found.verdict is Verdict.SUCCEEDS
    assert [step.state for step in found.steps] == [State.WRITES, State.WRITES, State.ASSUMED]
    assert ledger(books) == []
    assert here.effects() == []
    assert here.database.read(lambda c: c.execute(sa.select(tables.run)).all()) == []


def test_what_is_shown_is_what_a_run_sends(here: Office, books: Books) -> None:
    """The same key, the same control id and the same bytes, to the last one."""
    shown = rehearsed(here)
    run_id = desk.start(here, EVENT)
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    sent = {(row.op_key, row.control_id, row.payload) for row in here.effects()}
    assert {(w.op_key, w.control_id, w.payload) for w in shown.writes} == sent
    assert here.run(run_id).api_transactions == shown.most
    assert len(ledger(books)) > 0


def test_secrets_stay_out_of_what_is_shown(here: Office) -> None:
    text = str(rehearsed(here).to_document())
    assert "<create_invoice>" in text
    assert "sandbox-sender" in text
    assert "sandbox-secret" not in text
    assert "•••" in text


class _Leaking(UnsentEffects):
    """A ledger that forgets to hold a write back."""

    def plan(self, operation: Any) -> Effect:
        held = super().plan(operation)
        return dataclasses.replace(held, state=EffectState.PLANNED)


@pytest.fixture
def leaving(here: Office, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every request that leaves."""
    sent: list[bytes] = []
    send = here.books.send

    def listening(request: HttpRequest) -> HttpReply:
        sent.append(request.body)
        return send(request)

    monkeypatch.setattr(here.books, "send", listening)
    return sent


def test_no_mistake_above_the_wire_lets_a_write_out(here: Office, leaving: list[bytes]) -> None:
    """Not a condition keeps a write in, but a ledger that has no leave to give."""
    row = here.services.connection_named("books")
    ledger_ = _Leaking(here.database, Intent(row.id, scope="w", once="1"))
    client = RehearsedBooks(here.services, row).context(ledger_).intacct
    with pytest.raises(NothingIsSent):
        client.create("customer", {"customerId": "X-1", "customerName": "X"})
    with pytest.raises(NothingIsSent):
        client.resend(ledger_.held[0].operation)
    assert b"<create>" not in b"".join(leaving)


def test_no_write_reaches_the_network(here: Office, leaving: list[bytes]) -> None:
    rehearsed(here)
    assert leaving
    assert not any(word in b"".join(leaving) for word in (b"<create", b"<update", b"<delete"))


def test_over_rest_it_is_the_same(tmp_path: Path) -> None:
    with oauth_world(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path) as world:
        world.add(UNATTENDED)
        text = FLOW.replace('termName: "{{ input.term }}"', 'dueDate: "2026-04-01"')
        found = rehearsed(world.office, text, workflow_id="w")
        assert found.verdict is Verdict.SUCCEEDS
        customer, invoice = found.writes
        assert {customer.api, invoice.api} == {"rest"}
        assert invoice.document.startswith("POST http://sandbox.test/ia/api/v1/objects/")
        assert f"Idempotency-Key: {invoice.control_id}" in invoice.document
        assert "Bearer •••" in invoice.document
        assert ledger(world.books) == []


def test_a_later_step_is_given_a_stand_in_that_is_called_one(here: Office) -> None:
    customer, invoice, seen = rehearsed(here).steps
    assert customer.output["id"] == "NEW-CO"  # chosen by the workflow, so it is the truth
    assert customer.assumed == ("key", "href")
    assert invoice.output["outcome"] == "created"
    assert seen.inputs == {"recordNo": invoice.output["key"]}
    assert seen.assumed == ("*",)
    assert "was not asked" in seen.sentence


def test_a_sample_stands_in_where_a_person_chose_one(here: Office) -> None:
    sample = {"found": True, "key": "7", "state": "Posted"}
    found = rehearse(here.services, definition(), EVENT, samples={"seen": sample})
    assert found.steps[-1].output == sample
    assert found.steps[-1].pinned


def test_a_record_that_is_there_is_found_for_real(here: Office) -> None:
    customer, invoice, _ = rehearsed(here, customer="C-00001").steps
    assert customer.state is State.READ
    assert customer.assumed == ()
    assert customer.output["created"] is False
    assert invoice.state is State.WRITES


@pytest.mark.accepts("E30")
def test_what_intacct_would_refuse_is_seen_before(here: Office) -> None:
    company(here).intacct.update("customer", {"customerId": "C-00002", "active": False})
    found = rehearsed(here, customer="C-00002", term="Net 31", account="6200")
    assert found.verdict is Verdict.FAILS
    problems = [check.sentence for check in found.problems]
    assert "The customer C-00002 is inactive." in problems
    assert "There is no term Net 31." in problems
    assert "Account 6200 asks for a department, and lineItems[0] names none." in problems
    assert {check.field for check in found.problems} == {
        "customerId",
        "termName",
        "lineItems[0].departmentId",
    }


def test_checks_that_hold_say_so_and_the_others_say_that_nobody_knows(here: Office) -> None:
    found = rehearsed(here)
    assert checks(found, "balance") == [(Finding.FINE, "The lines add up to 15.50.")]
    ((finding, sentence),) = checks(found, "period")
    assert finding is Finding.UNCHECKED
    assert "2026-03-02" in sentence
    ((_, sentence),) = checks(found, "references")
    assert "NEW-CO (once 'customer' has made it)" in sentence
    assert [finding for finding, _ in checks(found, "duplicate")] == [Finding.FINE, Finding.FINE]


def test_a_number_that_is_taken_is_seen_before(here: Office) -> None:
    lines = [{"accountNumber": "4000", "amount": "1.00"}]
    values = {"customerId": "C-00001", "invoiceNumber": "N-1", "dateCreated": "2026-03-02"}
    company(here).intacct.create("invoice", {**values, "dueDate": "2026-04-01", "lineItems": lines})
    found = rehearsed(here, customer="C-00001")
    ((finding, sentence),) = checks(found, "duplicate")
    assert finding is Finding.PROBLEM
    assert "Already there: invoice N-1, C-00001" in sentence
    assert "with other content" in sentence


def test_what_the_workflow_wrote_before_is_not_announced_again(here: Office, books: Books) -> None:
    run_id = desk.start(here, EVENT)
    desk.work_off(here)
    before = len(ledger(books))
    found = rehearsed(here)
    assert found.verdict is Verdict.DUPLICATE
    assert (found.earlier_run, found.least, found.most) == (run_id, 0, 0)
    invoice = found.steps[1]
    assert invoice.state is State.THERE
    assert invoice.writes[0].record["id"] == "N-1"
    assert invoice.assumed == ()
    assert len(ledger(books)) == before


def test_other_content_under_the_same_identity_would_fail(here: Office) -> None:
    desk.start(here, EVENT)
    desk.work_off(here)
    found = rehearsed(here, term="Net 60")
    assert found.steps[1].state is State.FAILS
    assert "with different content" in found.steps[1].sentence


def test_a_refused_write_would_go_out_under_the_next_control_id(here: Office) -> None:
    run_id = desk.start(here, {**EVENT, "customer": "C-00001", "term": "Net 31"})
    desk.work_off(here)
    assert here.run(run_id).state == runs.FAILED
    (write,) = rehearsed(here, customer="C-00001").steps[1].writes
    (row,) = here.effects("refused")
    assert write.op_key == row.op_key
    assert write.control_id == row.control_id.removesuffix("0") + "1"
    assert "refused before" in write.known


def test_a_workflow_that_was_never_published_has_no_keys_yet(here: Office) -> None:
    found = rehearsed(here, FLOW.replace("name: Deal", "name: Draft"))
    assert {write.op_key for write in found.writes} == {""}
    assert "made when it is sent" in found.writes[0].document


def test_a_missing_field_of_the_event_names_the_step_that_wants_it(here: Office) -> None:
    text = FLOW.replace("input.account", "input.acount")
    found = rehearsed(here, text)
    assert found.verdict is Verdict.FAILS
    assert found.steps[-1].id == "invoice"
    assert "There is no 'acount' in input" in found.sentence


@pytest.mark.parametrize("event", [None, [], "text", 7, {"a": object()}])
def test_what_is_no_event_is_refused(here: Office, event: Any) -> None:
    with pytest.raises(InputError):
        rehearse(here.services, definition(FLOW.replace("once:", "description:")), event)


def test_calls_are_counted_as_the_connection_s_own(here: Office) -> None:
    found = rehearsed(here)
    used = sa.select(sa.func.sum(tables.usage.c.calls)).where(
        tables.usage.c.kind != "getAPISession"
    )
    assert here.database.read(lambda c: c.execute(used).scalar_one()) >= found.spent > 0


def test_the_hash_tells_what_would_be_written_and_nothing_else(here: Office) -> None:
    first = rehearsed(here)
    assert rehearsed(here).hash == first.hash
    assert rehearsed(here, term="Net 60").hash != first.hash
    assert rehearsed(here, customer="C-00001").hash != first.hash
    assert rehearsed(here, FLOW.replace("memo: Freight", "memo: freight")).hash != first.hash


def test_a_changed_record_under_a_change_makes_another_hash(here: Office) -> None:
    """The request does not show what it overwrites, so the record's version counts."""
    text = FLOW[: FLOW.index("  - id: invoice")].replace("findOrCreateCustomer", "updateCustomer")
    first = rehearsed(here, text, customer="C-00001")
    assert first.writes[0].version
    company(here).intacct.update("customer", {"customerId": "C-00001", "city": "Bergen"})
    second = rehearsed(here, text, customer="C-00001")
    assert second.writes[0].payload == first.writes[0].payload
    assert second.hash != first.hash


def test_a_change_of_what_is_not_there_is_seen_before(here: Office) -> None:
    text = FLOW[: FLOW.index("  - id: invoice")].replace("findOrCreateCustomer", "updateCustomer")
    found = rehearsed(here, text)
    assert [check.sentence for check in found.problems] == ["There is no customer NEW-CO."]


def test_a_rehearsal_stands_beside_the_run_of_the_same_event(here: Office) -> None:
    run_id = desk.start(here, {**EVENT, "term": "Net 15"})
    desk.work_off(here)
    found = rehearsed(here, term="Net 60")
    assert comparison.past_run(here.services, found) == run_id
    beside = comparison.compare(here.services, found, run_id)
    places = {step.place: step for step in beside.steps}
    (difference,) = places["invoice"].inputs
    assert (difference.place, difference.rehearsed, difference.real) == (
        "termName",
        "Net 60",
        "Net 15",
    )
    assert places["invoice"].requests is False
    assert places["seen"].rehearsed == ""  # it was reached then, and would not be now
    assert places["customer"].real == runs.SUCCEEDED
    same = comparison.compare(here.services, rehearsed(here, term="Net 15"), run_id)
    assert all(step.is_same for step in same.steps if step.place != "customer")


def test_exactness_is_told_for_each_request(here: Office) -> None:
    text = FLOW.replace(
        'description: "For {{ input.name }}"', 'description: "{{ steps.customer.key }}"'
    )
    _, invoice = rehearsed(here, text).writes
    assert invoice.exactness is Exactness.KEYS_OPEN
    assert rehearsed(here).writes[1].exactness is Exactness.EXACT

"""Looking up an unanswered write: whose a record is, and what if nothing can be looked up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.errors import OutcomeUnknown
from connector.intacct.operation import Frozen, Identity, Operation, Verb
from connector.intacct.ports import EffectState
from connector.runtime.effects import Intent, SqlEffects
from connector.store import tables
from tests.support.office import Books, Office, office

BOOKS_INVOICE = Identity({"invoiceNumber": "N-1", "customerId": "C-00001"}, {})
OVER_REST = "POST /objects/accounts-receivable/invoice"


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Office]:
    with office(url, tmp_path, Books()) as found:
        yield found


def written(
    here: Office, once: str, object_name: str, function: str, identity: Identity = BOOKS_INVOICE
) -> str:
    """Mark a write as sent and return its key."""
    connection = here.services.connection_named("books")
    intent = Intent(connection.id, scope="test", once=once)
    ledger = SqlEffects(here.database, intent, here.services.patience, actor="test")
    frozen = Frozen("xml", function, f"<{once}/>", is_write=True)
    operation = Operation(Verb.CREATE, object_name, frozen=frozen, identity=identity)
    planned = operation.planned_as(*_keys(ledger, operation))
    epoch = ledger.mark_sending(planned)
    assert epoch is not None
    if once == "silent":
        ledger.doubt(planned, epoch, OutcomeUnknown("No answer."))
    else:
        ledger.succeed(planned, epoch, _key_of_the_invoice(here), {})
    return planned.op_key


def _keys(ledger: SqlEffects, operation: Operation) -> tuple[str, str]:
    effect = ledger.plan(operation)
    return effect.op_key, effect.control_id


def _key_of_the_invoice(here: Office) -> str:
    return str(next(row.key for row in here.effects("succeeded")))


def state_after_looking(here: Office, object_name: str, function: str) -> str:
    """Let an order make the invoice, give it to the other write alone, then settle a silent one."""
    run_id = here.order("N-1")
    here.work(run_id)
    written(here, "other", object_name, function)
    (order,) = (row for row in here.effects() if row.run_id == run_id)
    forget = tables.effect.delete().where(tables.effect.c.op_key == order.op_key)
    here.database.write(lambda connection: connection.execute(forget).rowcount)
    op_key = written(here, "silent", "invoice", "create_invoice")
    here.settle_all()
    return str(next(row.state for row in here.effects() if row.op_key == op_key))


@pytest.mark.parametrize("function", ["create_invoice", OVER_REST])
def test_a_record_that_another_write_made_over_either_api_is_not_claimed(
    here: Office, function: str
) -> None:
    assert state_after_looking(here, "invoice", function) == EffectState.PARKED


def test_another_object_of_the_same_number_is_no_reason_to_ask_a_person(here: Office) -> None:
    """Record numbers are unique within an object only."""
    assert state_after_looking(here, "customer", "create_invoice") == EffectState.SUCCEEDED


@pytest.mark.parametrize("name", ["VENDOR.NAME", "no name at all"])
def test_a_write_that_cannot_be_looked_up_waits_for_a_person_instead_of_for_ever(
    here: Office, name: str
) -> None:
    op_key = written(here, "silent", "invoice", "create_invoice", Identity({name: "x"}, {}))
    here.settle_all()
    (row,) = (row for row in here.effects() if row.op_key == op_key)
    assert row.state == EffectState.PARKED
    assert "cannot be looked up" in row.evidence

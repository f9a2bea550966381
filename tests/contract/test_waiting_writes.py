"""A write without an outcome is decided by a person, whoever asked for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.errors import InputError, NotFound, Parked, Uncertain
from connector.runtime import runs, waiting_writes
from connector.runtime.single import run_once
from connector.runtime.waiting_writes import WaitingWrite
from connector.store import audit
from tests.support.office import NAMELESS, Books, Office, office

INVOICE = {
    "customerId": "C-00001",
    "dateCreated": "2026-03-02",
    "termName": "Net 30",
    "lineItems": [{"accountNumber": "4000", "amount": "10.00"}],
}


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books, NAMELESS) as found:
        yield found


def arm(books: Books, fault: str) -> None:
    given = {"fault": fault, "function": "create_invoice", "seconds": 0}
    reply = books.app.test_client().post("/_sandbox/faults", json=given)
    assert reply.status_code < 300


def ask(here: Office) -> dict[str, Any]:
    """Make the invoice as a command does, under one idempotency key."""
    return dict(run_once(here.services, "createInvoice", "books", INVOICE, once="k-1").output or {})


def lost(here: Office, books: Books, fault: str) -> WaitingWrite:
    """Let a command's answer be lost, and return the write as it waits for a person."""
    arm(books, fault)
    with pytest.raises(Uncertain):
        ask(here)
    (looked_up,) = listed(here)
    assert looked_up.state == "uncertain"
    here.settle_all()
    with pytest.raises(Parked):
        ask(here)
    (write,) = listed(here)
    assert (write.state, write.run_id, write.what) == ("parked", "", "create_invoice")
    assert "nothing in this record tells it apart" in write.title
    return write


def listed(here: Office) -> list[WaitingWrite]:
    return here.database.read(lambda c: waiting_writes.waiting(c, 10))


def test_a_commands_write_that_a_person_found_answers_the_command_from_then_on(
    here: Office, books: Books
) -> None:
    write = lost(here, books, "commit_then_502")
    (made,) = books.invoices()
    key = str(made["key"])
    assert waiting_writes.it_is_there(here.services, write.id[:12], key, actor="ada") == ""
    assert ask(here)["key"] == key
    assert len(books.invoices()) == 1
    assert listed(here) == []
    assert here.database.read(audit.verify) is None


def test_a_commands_write_that_is_not_there_goes_out_when_it_is_asked_for_again(
    here: Office, books: Books
) -> None:
    write = lost(here, books, "drop_before_commit")
    assert waiting_writes.send_again(here.services, write.id[:12], actor="ada") == ""
    assert books.invoices() == []
    assert ask(here)["outcome"] == "created"
    assert ask(here)["outcome"] == "already there"
    assert len(books.invoices()) == 1


def test_the_run_of_a_decided_write_goes_on(here: Office, books: Books) -> None:
    arm(books, "commit_then_502")
    run_id = here.order("D-1")
    here.work(run_id)
    here.settle_all()
    assert here.work(run_id).state == runs.PARKED
    (write,) = listed(here)
    assert write.run_id == run_id
    (made,) = books.invoices()
    key = str(made["key"])
    assert waiting_writes.it_is_there(here.services, write.id, key, actor="ada") == run_id
    assert here.work(run_id).state == runs.SUCCEEDED
    assert len(books.invoices()) == 1


def test_only_a_parked_write_that_is_named_clearly_is_decided(here: Office, books: Books) -> None:
    write = lost(here, books, "commit_then_502")
    with pytest.raises(NotFound, match="No write that begins with"):
        waiting_writes.send_again(here.services, "0" * 12, actor="ada")
    with pytest.raises(NotFound):
        waiting_writes.send_again(here.services, "%" * 12, actor="ada")
    with pytest.raises(InputError, match="at least"):
        waiting_writes.send_again(here.services, write.id[:3], actor="ada")
    waiting_writes.it_is_there(here.services, write.id, "77", actor="ada")
    with pytest.raises(NotFound):
        waiting_writes.it_is_there(here.services, write.id, "78", actor="ada")
    assert ask(here)["key"] == "77"

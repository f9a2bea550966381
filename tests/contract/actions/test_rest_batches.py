"""Many records in one request: each with its own outcome, or all of them or none."""

from __future__ import annotations

import pytest

from connector.errors import DuplicateRecord, OutcomeUnknown, Refused
from connector.intacct.dialects.rest import RestDialect
from connector.intacct.operation import Operation, Result, Verb
from connector.intacct.rest_wire import RestWire
from tests.contract.actions.rest_books import RestBooks, account, open_rest_books

CREATE = "POST /objects/accounts-receivable/customer"


def _wire(books: RestBooks) -> RestWire:
    dialect = RestDialect()
    return RestWire(account(), lambda request, _: books.send(request), dialect, books.tokens)


def _new(number: str) -> Operation:
    return Operation(Verb.CREATE, "customer", {"customerId": number, "customerName": number})


@pytest.mark.accepts("D30")
@pytest.mark.parametrize("shape", ["wrapped", "flat"])
def test_each_record_of_a_batch_stands_for_itself(shape: str) -> None:
    books = open_rest_books(rest_batch_items=shape)
    wire = _wire(books)
    frozen = RestDialect().freeze_many([_new("B-1"), _new("B-1"), _new("B-2")])
    operation = Operation(Verb.CREATE, "customer", frozen=frozen, control_id="batch-1")
    first, second, third = wire.send_many(operation, wire.sign_in())
    assert isinstance(first, Result)
    assert isinstance(third, Result)
    assert first.rows[0]["CUSTOMERID"] == "B-1"
    assert isinstance(second, DuplicateRecord)
    assert books.count_of("CUSTOMER") == 2


def test_an_atomic_batch_is_all_or_nothing() -> None:
    books = open_rest_books()
    wire = _wire(books)
    frozen = RestDialect().freeze_many([_new("B-1"), _new("B-1")], is_atomic=True)
    operation = Operation(Verb.CREATE, "customer", frozen=frozen, control_id="batch-1")
    outcomes = wire.send_many(operation, wire.sign_in())
    assert all(isinstance(each, Refused) for each in outcomes)
    assert books.count_of("CUSTOMER") == 0


def test_a_batch_that_is_lost_is_unclear_and_its_key_brings_the_answer() -> None:
    books = open_rest_books()
    wire = _wire(books)
    token = wire.sign_in()
    frozen = RestDialect().freeze_many([_new("B-1"), _new("B-2")])
    operation = Operation(Verb.CREATE, "customer", frozen=frozen, control_id="batch-1")
    books.arm("commit_then_502", CREATE)
    with pytest.raises(OutcomeUnknown):
        wire.send_many(operation, token)
    outcomes = wire.send_many(operation, token)
    assert [isinstance(each, Result) for each in outcomes] == [True, True]
    assert books.count_of("CUSTOMER") == 2

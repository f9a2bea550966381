"""Finding before making, when somebody else makes the record at the same time."""

from __future__ import annotations

from typing import Any, cast

import pytest

from actions.contact.create_or_update_contact import ACTION as CREATE_OR_UPDATE
from actions.contact.find_or_create_contact import ACTION as FIND_OR_CREATE
from actions.customer.create_or_update_customer import ACTION as CUSTOMER
from connector.component import Action, Context
from connector.errors import ConnectorError, DuplicateRecord, InputError, Refused
from connector.intacct.client import IntacctClient
from connector.intacct.operation import Condition

THERE = {"found": True, "key": "5", "id": "Jane", "href": "/objects/c/5"}
INPUTS = {"contactName": "Jane", "city": "York"}


class _Race:
    """A company whose record appears, or does not, after the first look."""

    def __init__(self, refusal: ConnectorError, later: dict[str, Any]) -> None:
        self._looks = [{"found": False}, later]
        self._refusal = refusal
        self.updated: list[Any] = []

    def get(self, *_args: Any, **_words: Any) -> dict[str, Any]:
        return self._looks.pop(0)

    def earlier(self, _call: str) -> None:
        """Nothing was tried before."""

    def create(self, *_args: Any, **_words: Any) -> dict[str, Any]:
        raise self._refusal

    def update(self, _name: str, values: Any, **_words: Any) -> dict[str, Any]:
        self.updated.append(values)
        return THERE


def _context(company: _Race) -> Context:
    return Context(intacct_client=cast("IntacctClient", company))


def test_a_record_made_meanwhile_is_found() -> None:
    company = _Race(DuplicateRecord("It is there."), THERE)
    result = FIND_OR_CREATE.run(_context(company), INPUTS)
    assert result == {"key": "5", "id": "Jane", "href": "/objects/c/5", "created": False}


def test_a_record_made_meanwhile_is_changed() -> None:
    company = _Race(DuplicateRecord("It is there."), THERE)
    assert CREATE_OR_UPDATE.run(_context(company), INPUTS)["outcome"] == "updated"
    assert company.updated == [INPUTS]


@pytest.mark.parametrize("action", [FIND_OR_CREATE, CREATE_OR_UPDATE])
def test_a_duplicate_of_something_else_stays_a_refusal(action: Action) -> None:
    """A customer can fail on a contact of the same name, and is then not there itself."""
    company = _Race(DuplicateRecord("Another contact has that name."), {"found": False})
    with pytest.raises(DuplicateRecord):
        action.run(_context(company), INPUTS)
    assert company.updated == []


@pytest.mark.parametrize("action", [FIND_OR_CREATE, CREATE_OR_UPDATE])
def test_no_other_refusal_is_taken_for_a_duplicate(action: Action) -> None:
    company = _Race(Refused("The e-mail address is malformed."), THERE)
    with pytest.raises(Refused, match="e-mail"):
        action.run(_context(company), INPUTS)
    assert company.updated == []


def test_several_of_one_name_are_not_guessed(
    ctx: Context, calls: list[Any], answers: dict[str, Any]
) -> None:
    answers["query"] = [{"recordNo": "5", "customerId": "A"}, {"recordNo": "6", "customerId": "B"}]
    with pytest.raises(InputError) as refused:
        CUSTOMER.run(ctx, {"customerName": "Acme"})
    assert refused.value.field == "customerId"
    assert [call[0] for call in calls] == ["query"]


def test_an_id_with_a_comma_is_looked_up(
    ctx: Context, calls: list[Any], answers: dict[str, Any]
) -> None:
    """Reading by id takes a comma for two ids; contact names often hold one."""
    answers["query"] = [{"recordNo": "5", "contactName": "Smith, Jane"}]
    result = FIND_OR_CREATE.run(ctx, {"contactName": "Smith, Jane"})
    assert result == {
        "key": "5",
        "id": "Smith, Jane",
        "href": "/objects/company-config/contact/5",
        "created": False,
    }
    [(_, _, words)] = calls
    assert words["where"] == Condition("contactName", "equalTo", ("Smith, Jane",))


def test_a_record_that_another_run_created_alike_counts_as_created(
    ctx: Context, answers: dict[str, Any]
) -> None:
    answers["create"]["outcome"] = "already there"
    assert CREATE_OR_UPDATE.run(ctx, INPUTS)["outcome"] == "created"
    assert FIND_OR_CREATE.run(ctx, INPUTS)["created"] is False


@pytest.mark.parametrize(
    ("action", "inputs"),
    [(CREATE_OR_UPDATE, {"contactName": "Jane"}), (CUSTOMER, {"customerName": "Acme"})],
)
def test_a_record_is_not_written_where_nothing_else_is_given(
    ctx: Context, calls: list[Any], answers: dict[str, Any], action: Action, inputs: dict[str, str]
) -> None:
    """What was found by its name has that name: a call would cost and change nothing."""
    answers["get"] = THERE
    answers["query"] = [{"recordNo": "5", "customerId": "A"}]
    assert action.run(ctx, inputs)["outcome"] == "already there"
    assert len(calls) == 1

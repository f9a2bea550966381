"""The action for steps: rows become records, each once, however often the step is tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from connector import registry
from connector.errors import InputError
from tests.contract.actions.conftest import Books, open_books
from tests.contract.actions.rest_books import open_rest_books
from tests.support.action_runs import run

OPENERS: dict[str, Callable[[], Books]] = {"xml": open_books, "rest": open_rest_books}


@pytest.fixture(params=sorted(OPENERS))
def company(request: pytest.FixtureRequest) -> Books:
    return OPENERS[request.param]()


def synced(company: Books, mode: str, rows: Any, **more: Any) -> dict[str, Any]:
    given = {"objectType": "customer", "mode": mode, "rows": rows, **more}
    return run(company, "syncRecords", given)


@pytest.mark.accepts("D11", "D12", "D13", "E34")
def test_rows_are_created_then_updated_with_an_outcome_each(company: Books) -> None:
    rows = [{"customerId": "S-1", "name": "One"}, {"customerId": "S-2", "name": "Two"}]
    first = synced(company, "upsert", rows)
    assert (first["created"], first["updated"], first["failed"]) == (2, 0, 0)
    second = synced(company, "upsert", [*rows, {"customerId": "S-3", "name": "Three"}])
    assert (second["created"], second["updated"]) == (1, 2)
    assert [row["outcome"] for row in second["rows"]] == ["updated", "updated", "created"]
    assert [row["id"] for row in first["rows"]] == ["S-1", "S-2"]


@pytest.mark.accepts("D20", "D30")
def test_rows_that_fail_leave_the_others_alone(company: Books) -> None:
    rows = [
        {"name": "No key"},
        {"customerId": "S-1", "name": "One", "creditLimit": "1e5"},
        {"customerId": "S-2", "name": "Two"},
        {"customerId": "S-2", "name": "Twice"},
    ]
    done = synced(company, "insert", rows, match="customerId")
    assert [row["outcome"] for row in done["rows"]][1:] == ["invalid", "created", "invalid"]
    updated = synced(company, "update", rows[:1])
    assert updated["rows"][0]["error"].startswith("Record ID is required for update mode.")


@pytest.mark.accepts("D25")
def test_a_mapping_reaches_into_rows_and_groups(company: Books) -> None:
    rows = [{"company": {"name": "Acme", "mail": "a@acme.com"}, "no": "S-1"}]
    mapping = {
        "customerId": "no",
        "customerName": "company.name",
        "displayContact.email1": "company.mail",
    }
    assert synced(company, "upsert", rows, mapping=mapping)["created"] == 1
    found = run(company, "getCustomer", {"customerId": "S-1"})
    assert (found["customerName"], found["primaryEmailAddress"]) == ("Acme", "a@acme.com")


@pytest.mark.accepts("D14", "D15")
@pytest.mark.parametrize("mode", ["mirror", "audience-add"])
def test_modes_that_are_not_supported_are_refused(company: Books, mode: str) -> None:
    with pytest.raises(InputError, match=r"not supported|keeps books"):
        synced(company, mode, [{"customerId": "S-1"}])


def test_each_row_is_an_effect_named_after_its_key(company: Books) -> None:
    synced(
        company, "insert", [{"customerId": "S-1", "name": "A"}, {"name": "B", "customerId": "S-2"}]
    )
    calls = [name for name in company.ledger.effects if "row" in name]
    assert len(calls) == 2
    assert any('["S-1"]' in name for name in calls)


def test_a_step_holds_a_thousand_rows_at_most() -> None:
    form = registry.load().action("syncRecords").form
    rows = [{"customerId": str(n)} for n in range(1001)]
    with pytest.raises(InputError, match="rows"):
        form.check({"objectType": "customer", "mode": "upsert", "rows": rows})

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from actions.employee.create_employee import ACTION as CREATE
from actions.employee.create_or_update_employee import ACTION as UPSERT
from actions.employee.rules import employee_values, refuse_nameless_contact
from actions.employee.update_employee import ACTION as UPDATE
from connector.component import Context
from connector.errors import DuplicateRecord, InputError

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
JANE = {"employeeId": "E-9", "contactName": "Jane Tea"}
THERE = {"found": True, "key": "3", "id": "Jane Tea", "href": "/objects/x/3"}


def test_an_employee_of_an_existing_contact_is_created(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["get"] = THERE
    CREATE.run(ctx, {**JANE, "firstName": "Jane", "jobTitle": "Taster"})
    writes = [(args, words) for verb, args, words in calls if verb == "create"]
    assert writes == [(("employee", {**JANE, "jobTitle": "Taster"}), {})]


def test_a_missing_contact_is_made_first_where_somebody_is_named(
    ctx: Context, calls: Calls
) -> None:
    CREATE.run(ctx, {**JANE, "lastName": "Tea", "primaryEmailAddress": "jane@tea.example"})
    contact = {
        "contactName": "Jane Tea",
        "printAs": "Jane Tea",
        "lastName": "Tea",
        "primaryEmailAddress": "jane@tea.example",
    }
    writes = [(args, words) for verb, args, words in calls if verb == "create"]
    assert writes == [(("contact", contact), {"call": "contact"}), (("employee", JANE), {})]


@pytest.mark.parametrize("action", [CREATE, UPDATE, UPSERT])
def test_a_missing_contact_that_names_nobody_is_refused_before_any_write(
    ctx: Context, calls: Calls, action: Any
) -> None:
    with pytest.raises(InputError, match="no contact called 'Jane Tea'") as caught:
        action.run(ctx, JANE)
    assert caught.value.field == "contactName"
    assert "Find or Create Contact" in caught.value.advice
    assert [verb for verb, _, _ in calls] == ["get"]


def test_a_contact_that_somebody_else_made_meanwhile_is_used(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    looks: Iterator[dict[str, Any]] = iter([{"found": False}, THERE])

    class Racing:
        def get(self, *_args: Any, **_words: Any) -> dict[str, Any]:
            return next(looks)

        def create(self, object_name: str, *_args: Any, **_words: Any) -> dict[str, Any]:
            if object_name == "contact":
                raise DuplicateRecord("It is already there.")
            return dict(answers["create"])

    racing: Any = Racing()
    made = CREATE.run(Context(intacct_client=racing), {**JANE, "lastName": "Tea"})
    assert made["id"] == "NEW-1"


def test_what_is_said_about_a_contact_needs_its_name() -> None:
    with pytest.raises(InputError, match="lastName belongs to a contact"):
        refuse_nameless_contact({"employeeId": "E-9", "lastName": "Tea"})


def test_an_employee_cannot_leave_before_coming(ctx: Context, calls: Calls) -> None:
    with pytest.raises(InputError, match="lies before startDate"):
        CREATE.run(ctx, {**JANE, "startDate": "02/01/2026", "endDate": "2026-01-31"})
    assert calls == []
    values = {"startDate": "2026-01-31", "endDate": "2026-01-31"}
    assert employee_values(values) == values


def test_an_update_without_a_contact_looks_for_none(ctx: Context, calls: Calls) -> None:
    UPDATE.run(ctx, {"employeeId": "E-9", "jobTitle": "Chief"})
    assert [verb for verb, _, _ in calls] == ["update"]


@pytest.mark.parametrize(
    ("given", "words"), [({"jobTitle": "Chief"}, "employeeId"), ({"employeeId": "E"}, "Nothing")]
)
def test_an_update_says_who_and_what(
    ctx: Context, calls: Calls, given: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        UPDATE.run(ctx, given)
    assert calls == []

from __future__ import annotations

from typing import Any

import pytest

from actions.contact.create_contact import ACTION as CREATE
from actions.contact.create_or_update_contact import ACTION as CREATE_OR_UPDATE
from actions.contact.find_or_create_contact import ACTION as FIND_OR_CREATE
from actions.contact.get_contact import ACTION as GET
from actions.contact.list_contacts import ACTION as LIST
from actions.contact.update_contact import ACTION as UPDATE
from connector.component import Context
from connector.errors import InputError
from connector.intacct.operation import Condition

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
FOUND = {"found": True, "key": "5", "id": "Jane", "href": "/objects/c/5", "contactName": "Jane"}


def _written(calls: Calls, verb: str) -> dict[str, Any]:
    [(called, (object_name, values), _)] = calls
    assert (called, object_name) == (verb, "contact")
    assert isinstance(values, dict)
    return values


@pytest.mark.accepts("C18", "C49")
def test_a_contact_is_printed_under_its_own_name(ctx: Context, calls: Calls) -> None:
    CREATE.run(ctx, {"contactName": "Jane", "zip": "10001", "taxable": "", "pagerNo": "9"})
    assert _written(calls, "create") == {
        "contactName": "Jane",
        "printAs": "Jane",
        "zipPostalCode": "10001",
        "pagerNo": "9",
    }
    calls.clear()
    CREATE.run(ctx, {"contactName": "Jane", "printAs": "Ms. Jane"})
    assert _written(calls, "create")["printAs"] == "Ms. Jane"


@pytest.mark.parametrize(
    ("inputs", "field"),
    [({"city": "York"}, "contactName"), ({"contactName": "J", "isoCountryCode": "US"}, "country")],
)
def test_what_cannot_be_a_contact_is_refused_before_any_call(
    ctx: Context, calls: Calls, inputs: dict[str, str], field: str
) -> None:
    for action in (CREATE, FIND_OR_CREATE, CREATE_OR_UPDATE):
        with pytest.raises(InputError) as refused:
            action.run(ctx, inputs)
        assert refused.value.field == field
    assert calls == []


@pytest.mark.accepts("C39", "C69", "C78")
def test_an_update_sends_only_what_was_given(ctx: Context, calls: Calls) -> None:
    given = {"contactName": "Jane", "firstName": "Jane", "taxable": False}
    UPDATE.run(ctx, {**given, "active": "", "printAs": None})
    assert _written(calls, "update") == given


@pytest.mark.accepts("C69")
def test_an_update_takes_the_inputs_of_a_create_and_the_record_number() -> None:
    creating = list(CREATE.form.schema["properties"])
    assert list(UPDATE.form.schema["properties"]) == ["recordNo", *creating]
    assert "required" not in UPDATE.form.schema


def test_the_status_may_be_given_in_words(ctx: Context, calls: Calls) -> None:
    UPDATE.run(ctx, {"contactName": "Jane", "status": "inactive"})
    assert _written(calls, "update") == {"contactName": "Jane", "active": False}
    with pytest.raises(InputError) as refused:
        UPDATE.run(ctx, {"contactName": "Jane", "status": "inactive", "active": True})
    assert refused.value.field == "active"


def test_an_update_of_nobody_is_refused(ctx: Context, calls: Calls) -> None:
    for inputs in ({"city": "York"}, {"contactName": "Jane"}):
        with pytest.raises(InputError):
            UPDATE.run(ctx, inputs)
    assert calls == []


@pytest.mark.accepts("C91")
def test_contacts_are_picked_by_record_number_to_read_and_by_name_to_change() -> None:
    assert GET.form.schema["properties"]["recordNo"]["x-form"] == {"dataSource": "selectContact"}
    picker = UPDATE.form.schema["properties"]["contactName"]["x-form"]
    assert picker == {"dataSource": "selectContact", "returnId": True}


@pytest.mark.accepts("C30", "C59")
def test_a_contact_is_read_by_its_name(ctx: Context, calls: Calls, answers: dict[str, Any]) -> None:
    answers["get"] = FOUND
    assert GET.run(ctx, {"contactName": "Jane"}) == FOUND
    assert calls == [("get", ("contact",), {"key": "", "id": "Jane", "fields": ("*",)})]


def test_a_name_with_a_comma_is_looked_up_first(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    """Intacct takes "Smith, Jane" for two names when it reads by name."""
    name = "Smith, Jane"
    assert GET.run(ctx, {"contactName": name}) == {"found": False}
    answers["query"] = [{"recordNo": "5", "contactName": name}]
    answers["get"] = {**FOUND, "id": name}
    calls.clear()
    assert GET.run(ctx, {"contactName": name})["found"]
    assert [call[0] for call in calls] == ["query", "get"]
    assert calls[0][2]["where"] == Condition("contactName", "equalTo", (name,))
    assert (calls[1][2]["key"], calls[1][2]["id"]) == ("5", "")


@pytest.mark.accepts("C60")
def test_an_unknown_contact_is_an_answer(ctx: Context) -> None:
    assert GET.run(ctx, {"contactName": "nobody"}) == {"found": False}


def test_neither_number_nor_name_is_refused(ctx: Context, calls: Calls) -> None:
    with pytest.raises(InputError, match="contactName is required"):
        GET.run(ctx, {})
    assert calls == []


def test_a_contact_found_by_name_is_not_created(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["get"] = FOUND
    result = FIND_OR_CREATE.run(ctx, {"contactName": "Jane", "city": "York"})
    assert result == {"key": "5", "id": "Jane", "href": "/objects/c/5", "created": False}
    assert [call[0] for call in calls] == ["get"]


def test_a_contact_found_by_name_gets_only_what_was_given(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["get"] = FOUND
    result = CREATE_OR_UPDATE.run(ctx, {"contactName": "Jane", "city": "York"})
    assert result["outcome"] == "updated"
    assert calls[1][:2] == ("update", ("contact", {"contactName": "Jane", "city": "York"}))


def test_a_list_filters_by_the_values_given(ctx: Context, calls: Calls) -> None:
    assert LIST.run(ctx, {"company_name": "Acme"})["contacts"] == []
    [(_, _, words)] = calls
    assert words["where"] == Condition("companyName", "equalTo", ("Acme",))


def test_the_inputs_carry_their_published_groups() -> None:
    form = CREATE.form.schema["properties"]
    groups = {field.get("x-form", {}).get("group") for field in form.values()} - {None}
    assert groups == {"Name", "Contact Details", "Tax Information"}

from __future__ import annotations

from typing import Any

import pytest

from actions.contact.create_contact import ACTION as CREATE_CONTACT
from actions.data_sources.select_project import DATA_SOURCE as PROJECTS
from actions.project.create_or_update_project import ACTION as CREATE_OR_UPDATE
from actions.project.create_project import ACTION as CREATE
from actions.project.get_project import ACTION as GET
from actions.project.list_projects import ACTION as LIST
from actions.project.update_project import ACTION as UPDATE
from actions.vendor.create_vendor import ACTION as CREATE_VENDOR
from connector.component import Action, Choice, Context, Search
from connector.errors import InputError
from connector.intacct.operation import Condition

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
NEEDED = {"projectName": "Website", "projectCategory": "Contract"}
FOUND = {"found": True, "key": "5", "id": "P-9", "href": "/objects/p/5", "projectName": "Website"}


def _written(calls: Calls, verb: str) -> dict[str, Any]:
    [(called, (object_name, values), _)] = calls
    assert (called, object_name) == (verb, "project")
    assert isinstance(values, dict)
    return values


@pytest.mark.accepts("A33", "C21", "C54")
def test_name_and_category_make_a_project(ctx: Context, calls: Calls) -> None:
    """Without an ID the company's document sequence numbers the project."""
    CREATE.run(ctx, {**NEEDED, "projectId": "", "invoiceWithParent": "", "status": "true"})
    assert _written(calls, "create") == {**NEEDED, "active": True}


@pytest.mark.parametrize("missing", ["projectName", "projectCategory"])
def test_a_new_project_needs_both(ctx: Context, calls: Calls, missing: str) -> None:
    with pytest.raises(InputError) as refused:
        CREATE.run(ctx, {**NEEDED, missing: " "})
    assert refused.value.field == missing
    assert calls == []


@pytest.mark.parametrize("action", [CREATE, UPDATE, CREATE_OR_UPDATE])
def test_a_project_does_not_end_before_it_begins(ctx: Context, calls: Calls, action: Any) -> None:
    days = {"beginDate": "03/02/2026", "endDate": "2026-03-01"}
    with pytest.raises(InputError) as refused:
        action.run(ctx, {**NEEDED, "projectId": "P-9", **days})
    assert refused.value.field == "endDate"
    assert calls == []
    action.run(ctx, {**NEEDED, "projectId": "P-9", **days, "endDate": "2026-03-02"})
    assert calls


@pytest.mark.accepts("C77")
def test_additional_fields_pass_through(ctx: Context, calls: Calls) -> None:
    more = {"CONTRACTAMOUNT": "100.00", "BILLTO": {"CONTACTNAME": "Jane"}}
    CREATE.run(ctx, {**NEEDED, "additionalFields": more})
    assert _written(calls, "create")["additionalFields"] == more


@pytest.mark.accepts("C77")
@pytest.mark.parametrize("action", [CREATE, UPDATE, CREATE_CONTACT, CREATE_VENDOR])
def test_additional_fields_may_be_xml(ctx: Context, calls: Calls, action: Action) -> None:
    inputs = {f"{action.object_name}Name": "Jane"}
    if action.object_name == "project":
        inputs = {**NEEDED, "projectId": "P-9"}
    tags = "<BILLTO><CONTACTNAME>Jane &amp; Co</CONTACTNAME></BILLTO><PONUMBER>9</PONUMBER>"
    action.run(ctx, {**inputs, "additionalXmlTags": tags})
    [(_, (_, values), _)] = calls
    assert values["additionalFields"] == {
        "BILLTO": {"CONTACTNAME": "Jane & Co"},
        "PONUMBER": "9",
    }
    for broken in ("<BILLTO>", "BILLTO: Jane"):
        with pytest.raises(InputError) as refused:
            action.run(ctx, {**inputs, "additionalFields": broken})
        assert refused.value.field == "additionalFields"
    assert len(calls) == 1


@pytest.mark.accepts("C42", "C74", "C78")
def test_an_update_sends_only_what_was_given(ctx: Context, calls: Calls) -> None:
    UPDATE.run(ctx, {"projectId": "P-9", "projectStatus": "Done", "active": "", "status": None})
    assert _written(calls, "update") == {"projectId": "P-9", "projectStatus": "Done"}


@pytest.mark.accepts("C74", "C78")
def test_only_a_new_project_shows_what_blank_means() -> None:
    """A form that fills in the default of a create would switch projects on by an update."""
    creating, changing = (a.form.schema["properties"] for a in (CREATE, UPDATE))
    assert list(changing) == ["recordNo", *creating]
    assert creating["active"]["default"] is True
    assert creating["invoiceWithParent"]["default"] is False
    for action in (UPDATE, CREATE_OR_UPDATE):
        fields = action.form.schema["properties"].items()
        assert [name for name, field in fields if "default" in field] == ["resultForm"]


@pytest.mark.accepts("C91")
def test_projects_are_picked_by_record_number_to_read_and_by_id_to_change() -> None:
    assert GET.form.schema["properties"]["recordNo"]["x-form"] == {"dataSource": "selectProject"}
    picker = UPDATE.form.schema["properties"]["projectId"]["x-form"]
    assert picker == {"dataSource": "selectProject", "returnId": True}


@pytest.mark.accepts("C13", "C15")
def test_the_picklist_stores_the_id_on_request(ctx: Context, answers: dict[str, Any]) -> None:
    answers["query"] = [{"recordNo": "12", "projectId": "P-1", "projectName": "Website"}]
    assert PROJECTS.choices(ctx, Search()) == [Choice("Website (P-1)", "12")]
    assert PROJECTS.choices(ctx, Search(return_id=True)) == [Choice("Website (P-1)", "P-1")]


@pytest.mark.accepts("A32", "C33")
def test_a_project_is_read_by_its_id(ctx: Context, calls: Calls, answers: dict[str, Any]) -> None:
    answers["get"] = FOUND
    assert GET.run(ctx, {"projectId": "P-9"}) == FOUND
    assert calls == [("get", ("project",), {"key": "", "id": "P-9", "fields": ("*",)})]


@pytest.mark.accepts("A34")
def test_projects_are_listed_by_customer(ctx: Context, calls: Calls) -> None:
    assert LIST.run(ctx, {"customer_id": "C-1"})["projects"] == []
    [(_, _, words)] = calls
    assert words["where"] == Condition("customerId", "equalTo", ("C-1",))


def test_a_project_found_by_id_gets_only_what_was_given(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["get"] = FOUND
    given = {**NEEDED, "projectId": "P-9"}
    assert CREATE_OR_UPDATE.run(ctx, given)["outcome"] == "updated"
    assert calls[1][:2] == ("update", ("project", given))

"""Project actions over the sandbox: what travels, and what comes back in each form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from connector import registry

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

SITE = {"projectId": "21-3457", "projectName": "Website", "projectCategory": "Contract"}


def run(books: Books, key: str, **inputs: Any) -> dict[str, Any]:
    """Run an action and hold its normal result against what it promises."""
    action = registry.load().action(key)
    output = action.run(books.context, inputs)
    if "resultForm" not in inputs:
        Draft202012Validator(dict(action.output)).validate(output)
    return output


def function_sent(books: Books) -> str:
    """Return the function element of the last request, without its control id."""
    found = re.search(r"<function[^>]*>(.*)</function>", books.sent[-1], re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.mark.accepts("A33", "C21", "C77")
def test_create_project(books: Books) -> None:
    created = run(
        books,
        "createProject",
        **SITE,
        projectDescription="Shop <new>",
        beginDate="03/02/2026",
        status=True,
        invoiceWithParent="",
        additionalFields={"BUDGETID": "B-1"},
    )
    assert function_sent(books) == (
        "<create><PROJECT><PROJECTID>21-3457</PROJECTID><NAME>Website</NAME>"
        "<PROJECTCATEGORY>Contract</PROJECTCATEGORY>"
        "<DESCRIPTION>Shop &lt;new&gt;</DESCRIPTION><STATUS>active</STATUS>"
        "<BEGINDATE>03/02/2026</BEGINDATE><BUDGETID>B-1</BUDGETID></PROJECT></create>"
    )
    assert (created["id"], created["outcome"]) == ("21-3457", "created")
    assert created["href"] == f"/objects/projects/project/{created['key']}"
    found = run(books, "getProject", projectId="21-3457")
    assert (found["beginDate"], found["projectDescription"]) == ("2026-03-02", "Shop <new>")
    assert found["BUDGETID"] == "B-1"


@pytest.mark.accepts("C84", "C85")
def test_project_actions_answer_with_a_flat_object_in_the_envelope_form(books: Books) -> None:
    made = run(books, "createProject", **SITE, resultForm="envelope")
    keys = {"RECORDNO": made["data"]["RECORDNO"], "PROJECTID": "21-3457"}
    assert made == {"data": keys}
    inputs = {"projectId": "21-3457", "projectDescription": "Shop", "resultForm": "envelope"}
    assert run(books, "updateProject", **inputs) == {"data": keys}
    found = run(books, "getProject", recordNo=keys["RECORDNO"], resultForm="envelope")["data"]
    assert (found["NAME"], found["DESCRIPTION"]) == ("Website", "Shop")
    none = run(books, "getProject", recordNo="999999", resultForm="envelope")["data"]
    assert (none["_count"], none["_data"]) == (0, [])


def test_project_actions_give_the_reply_in_the_raw_form(books: Books) -> None:
    for key, function in (("createProject", "create"), ("updateProject", "update")):
        reply = run(books, key, **SITE, resultForm="raw")
        result = reply["data"]["response"]["operation"][0]["result"][0]
        assert result["function"] == [function]
        assert result["data"][0]["project"][0]["PROJECTID"] == ["21-3457"]


@pytest.mark.accepts("A32", "C33", "C54")
def test_get_project_reads_every_kind_of_input_back(books: Books) -> None:
    run(books, "createProject", **{**SITE, "projectId": "PARENT"})
    given = {
        **SITE,
        "parentProjectId": "PARENT",
        "invoiceWithParent": True,
        "projectType": "Implementation",
        "projectStatus": "In Progress",
        "active": False,
        "customerId": "C-00001",
        "beginDate": "2026-03-02",
        "endDate": "2026-12-31",
    }
    created = run(books, "createProject", **given)
    found = run(books, "getProject", recordNo=created["key"])
    assert function_sent(books).startswith("<read><object>PROJECT</object>")
    assert {name: found[name] for name in given} == given
    assert run(books, "getProject", projectId="21-3457") == found


@pytest.mark.accepts("C60")
def test_get_of_no_project_is_an_answer(books: Books) -> None:
    assert run(books, "getProject", projectId="NOTHING") == {"found": False}


@pytest.mark.accepts("C42", "C74", "C78")
def test_update_project_changes_what_is_given_and_nothing_else(books: Books) -> None:
    run(books, "createProject", **SITE, projectStatus="Open", invoiceWithParent=False)
    run(books, "updateProject", projectId="21-3457", projectStatus="Done", active="")
    assert function_sent(books) == (
        "<update><PROJECT><PROJECTID>21-3457</PROJECTID><PROJECTSTATUS>Done</PROJECTSTATUS>"
        "</PROJECT></update>"
    )
    found = run(books, "getProject", projectId="21-3457")
    assert (found["projectStatus"], found["active"]) == ("Done", True)
    assert (found["projectName"], found["projectCategory"]) == ("Website", "Contract")


@pytest.mark.accepts("A34")
def test_list_projects_filters_by_what_is_given(books: Books) -> None:
    run(books, "createProject", **SITE, customerId="C-00001", projectStatus="Done")
    found = run(books, "listProjects", customerId="C-00001", projectStatus="Done")
    [row] = found["projects"]
    assert (row["id"], row["projectName"], row["active"]) == ("21-3457", "Website", True)
    assert row["href"] == f"/objects/projects/project/{row['key']}"
    rows = run(books, "listProjects", projectStatus="Done", resultForm="envelope")["data"]
    assert [row["PROJECTID"] for row in rows] == ["21-3457"]


def test_create_or_update_project_creates_then_changes(books: Books) -> None:
    made = run(books, "createOrUpdateProject", **SITE, projectDescription="Shop")
    changed = run(books, "createOrUpdateProject", **SITE, projectStatus="Done")
    assert function_sent(books) == (
        "<update><PROJECT><PROJECTID>21-3457</PROJECTID><NAME>Website</NAME>"
        "<PROJECTCATEGORY>Contract</PROJECTCATEGORY><PROJECTSTATUS>Done</PROJECTSTATUS>"
        "</PROJECT></update>"
    )
    assert (made["outcome"], changed["outcome"]) == ("created", "updated")
    assert made["key"] == changed["key"]
    assert run(books, "getProject", projectId="21-3457")["projectDescription"] == "Shop"

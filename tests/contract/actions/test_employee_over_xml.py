"""Employee actions over the sandbox: what travels, and what comes back in each form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.identity import identity_of
from tests.support.action_runs import functions_sent, record_of, result_of, run

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

JANE: dict[str, Any] = {
    "employeeId": "E-9",
    "contactName": "Tea, Jane",
    "firstName": "Jane",
    "lastName": "Tea",
    "primaryEmailAddress": "jane@tea.example",
    "jobTitle": "Taster",
    "departmentId": "10",
    "locationId": "110",
    "startDate": "01/31/2026",
    "active": True,
}
OWN = {"jobTitle", "departmentId", "locationId", "active", "contactName"}


def test_an_employee_is_created_after_the_contact(books: Books) -> None:
    made = run(books, "createEmployee", JANE)
    [contact, employee] = [sent for sent in functions_sent(books) if sent.startswith("<create>")]
    assert contact == (
        "<create><CONTACT><CONTACTNAME>Tea, Jane</CONTACTNAME><PRINTAS>Tea, Jane</PRINTAS>"
        "<FIRSTNAME>Jane</FIRSTNAME><LASTNAME>Tea</LASTNAME><EMAIL1>jane@tea.example</EMAIL1>"
        "</CONTACT></create>"
    )
    assert employee == (
        "<create><EMPLOYEE><EMPLOYEEID>E-9</EMPLOYEEID><PERSONALINFO><CONTACTNAME>Tea, Jane"
        "</CONTACTNAME></PERSONALINFO><TITLE>Taster</TITLE><DEPARTMENTID>10</DEPARTMENTID>"
        "<LOCATIONID>110</LOCATIONID><STARTDATE>01/31/2026</STARTDATE><STATUS>active</STATUS>"
        "</EMPLOYEE></create>"
    )
    found = run(books, "getEmployee", {"employeeId": "E-9"})
    assert {name: found[name] for name in OWN} == {name: JANE[name] for name in OWN}
    assert (found["key"], found["startDate"]) == (made["key"], "2026-01-31")
    person = run(books, "getContact", {"contactName": "Tea, Jane"})
    assert person["primaryEmailAddress"] == "jane@tea.example"


def test_an_employee_of_nobody_is_refused_here(books: Books) -> None:
    with pytest.raises(InputError, match="no contact called"):
        run(books, "createEmployee", {"employeeId": "E-9", "contactName": "Nobody"})
    assert all("<create>" not in sent for sent in functions_sent(books))


def test_an_update_changes_what_is_given_and_nothing_else(books: Books) -> None:
    run(books, "createEmployee", JANE)
    run(books, "updateEmployee", {"employeeId": "E-9", "jobTitle": "Chief", "active": ""})
    assert functions_sent(books)[-1] == (
        "<update><EMPLOYEE><EMPLOYEEID>E-9</EMPLOYEEID><TITLE>Chief</TITLE></EMPLOYEE></update>"
    )
    found = run(books, "getEmployee", {"employeeId": "E-9"})
    assert (found["jobTitle"], found["departmentId"], found["active"]) == ("Chief", "10", True)


def test_create_or_update_creates_then_changes(books: Books) -> None:
    made = run(books, "createOrUpdateEmployee", JANE)
    given = {"contactName": "Tea, Jane", "jobTitle": "Chief"}
    changed = run(books, "createOrUpdateEmployee", {**given, "employeeId": "E-9"})
    assert (made["outcome"], changed["outcome"]) == ("created", "updated")
    by_name = run(books, "createOrUpdateEmployee", {**given, "jobTitle": "Boss"})
    assert by_name["key"] == made["key"]
    assert run(books, "getEmployee", {"recordNo": made["key"]})["jobTitle"] == "Boss"


def test_envelope_and_raw_results(books: Books) -> None:
    made = run(books, "createEmployee", {**JANE, "resultForm": "envelope"})
    assert record_of(made)["EMPLOYEEID"] == "E-9"
    changed = {"employeeId": "E-9", "jobTitle": "Chief", "resultForm": "raw"}
    assert result_of(run(books, "updateEmployee", changed))["function"] == ["update"]
    read = run(books, "getEmployee", {"employeeId": "E-9", "resultForm": "envelope"})
    assert record_of(read)["PERSONALINFO"]["CONTACTNAME"] == "Tea, Jane"


def test_a_lost_answer_is_settled_by_the_employee_id(books: Books) -> None:
    identity = identity_of(ObjectSchema.named("employee"), JANE)
    assert identity is not None
    assert books.context.intacct.find_same("employee", identity) is None
    made = run(books, "createEmployee", JANE)
    found = books.context.intacct.find_same("employee", identity)
    assert found == (made["key"], "E-9", True)

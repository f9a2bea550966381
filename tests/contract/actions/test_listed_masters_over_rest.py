"""The smaller objects over the REST API: the same inputs, the same results."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import InputError
from tests.contract.actions.rest_books import open_rest_books
from tests.support.action_runs import run

WRITTEN: list[tuple[str, str, dict[str, Any]]] = [
    (
        "Department",
        "departmentId",
        {"departmentId": "D-9", "departmentName": "Tea", "parentDepartmentId": "10"},
    ),
    ("Class", "classId", {"classId": "K-9", "className": "Tea", "description": "All tea"}),
    (
        "Location",
        "locationId",
        {"locationId": "L-9", "locationName": "York", "parentLocationId": "100"},
    ),
    (
        "ReportingPeriod",
        "periodName",
        {
            "periodName": "Tea Year",
            "header1": "Tea",
            "header2": "Year",
            "startDate": "2030-01-01",
            "endDate": "2030-12-31",
            "budgeting": True,
        },
    ),
    (
        "Employee",
        "employeeId",
        {
            "employeeId": "E-9",
            "contactName": "Smith, Jane",
            "jobTitle": "Taster",
            "departmentId": "10",
            "locationId": "110",
            "startDate": "2026-01-31",
            "active": False,
        },
    ),
]


@pytest.mark.parametrize(("name", "id_field", "values"), WRITTEN)
def test_what_is_written_over_rest_is_read_alike_over_both(
    name: str, id_field: str, values: dict[str, Any]
) -> None:
    books = open_rest_books(with_xml=True)
    made = run(books, f"create{name}", {**values, "api": "rest"})
    assert any(call.startswith("POST /objects/") for call in books.calls)
    for api in ("xml", "rest"):
        found = run(books, f"get{name}", {id_field: made["id"], "api": api})
        assert {field: found[field] for field in values} == values, api
        assert found["href"] == made["href"]


@pytest.mark.parametrize(
    ("key", "inputs"),
    [
        ("getAccount", {"accountNumber": "4000"}),
        ("getItem", {"itemId": "KIT-1"}),
        ("getArTerm", {"termName": "Net 30"}),
        ("getApTerm", {"termName": "Net 30"}),
        ("getBankAccount", {"bankAccountId": "SAV-100"}),
        pytest.param(
            "getBankAccount",
            {"recordNo": "1", "accountType": "Checking"},
            marks=pytest.mark.accepts("E5"),
        ),
    ],
)
def test_what_rest_tells_agrees_with_xml(key: str, inputs: dict[str, Any]) -> None:
    books = open_rest_books(with_xml=True)
    xml = run(books, key, {**inputs, "api": "xml"})
    rest = run(books, key, {**inputs, "api": "rest"})
    ours = {name for name in rest if name in xml and not name.startswith("date")}
    assert len(ours) > 6
    assert {name: rest[name] for name in ours} == {name: xml[name] for name in ours}


@pytest.mark.parametrize(
    ("key", "inputs"),
    [
        ("createItem", {"itemId": "I-9", "itemName": "Tea", "itemType": "Kit"}),
        ("createArTerm", {"termName": "Net 40", "dueDays": 40}),
        ("createAttachment", {"files": [{"fileName": "a.txt", "content": "QQ=="}]}),
    ],
)
def test_what_only_xml_can_do_says_so_and_writes_nothing(key: str, inputs: dict[str, Any]) -> None:
    books = open_rest_books()
    with pytest.raises(InputError, match="Only the XML API can create this"):
        run(books, key, inputs)
    assert not [call for call in books.calls if call.startswith("POST /objects/")]

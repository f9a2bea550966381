"""Requests of the smaller objects are valid by Sage's own schema, where that file lies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import xmlschema

from connector import registry
from connector.component import Search
from tests.support.action_runs import run

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

SCHEMA = Path(__file__).parents[4] / "shared" / "reference" / "xml-schema" / "api.xsd"
pytestmark = pytest.mark.skipif(
    not SCHEMA.is_file(), reason=f"Sage's schema does not lie beside the repository ({SCHEMA.name})"
)
RUNS: list[tuple[str, dict[str, Any]]] = [
    ("createItem", {"itemId": "I-9", "itemName": "Tea", "itemType": "Kit"}),
    ("createLocation", {"locationId": "L-9", "locationName": "York", "endDate": "2030-01-01"}),
    ("createDepartment", {"departmentId": "D-9", "departmentName": "Tea"}),
    ("createClass", {"classId": "K-9", "className": "Tea"}),
    ("createArTerm", {"termName": "Net 40", "dueDays": 40}),
    ("createApTerm", {"termName": "2% 10, Net 40", "dueDays": 40}),
    ("getApTerm", {"termName": "2% 10, Net 40"}),
    (
        "createReportingPeriod",
        {"periodName": "T", "header1": "T", "startDate": "2030-01-01", "endDate": "2030-01-31"},
    ),
    ("createEmployee", {"employeeId": "E-9", "contactName": "Tea, J", "lastName": "Tea"}),
    ("updateEmployee", {"employeeId": "E-9", "jobTitle": "Chief"}),
    ("getBankAccount", {"bankAccountId": "SAV-100"}),
    ("listAccounts", {"active": True, "filter": "TITLE LIKE 'Sal%'"}),
    ("createAttachment", {"files": [{"fileName": "a.txt", "content": "QQ=="}]}),
]


def test_every_request_is_valid_by_the_official_schema(books: Books) -> None:
    for key, inputs in RUNS:
        run(books, key, inputs)
    search = Search(text="a", given={"objectName": "CUSTOMER"})
    for source in registry.load().data_sources.values():
        source.choices(books.context, search)
    official = xmlschema.XMLSchema(str(SCHEMA), validation="lax")
    assert len(books.sent) > len(RUNS)
    for body in books.sent:
        assert [f"{error.path}: {error.reason}" for error in official.iter_errors(body)] == []

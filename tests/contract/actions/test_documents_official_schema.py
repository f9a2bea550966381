"""Whatever the invoice and bill actions send is valid by Sage's own schema, where it lies here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import xmlschema

from connector.intacct.dialects.xml import Control, SessionToken, XmlDialect
from connector.intacct.operation import Operation, Verb
from tests.support.action_runs import run

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

SCHEMA = Path(__file__).parents[4] / "shared" / "reference" / "xml-schema" / "api.xsd"
pytestmark = pytest.mark.skipif(
    not SCHEMA.is_file(), reason=f"Sage's schema does not lie beside the repository ({SCHEMA.name})"
)

LINE = {
    "accountNumber": "4000",
    "amount": "12.10",
    "memo": "Tea & biscuits",
    "locationId": "100",
    "departmentId": "10",
    "projectId": "P",
    "taskId": "T",
    "costTypeId": "CT",
    "customerId": "C",
    "vendorId": "V",
    "employeeId": "E",
    "itemId": "I",
    "classId": "CL",
    "billable": True,
    "customFields": {"REGION": "west"},
}
UPDATE = {
    "recordNo": "7",
    "customerId": "C-1",
    "dateCreated": "2026-03-02",
    "glDatePosted": "2026-03-03",
    "dueDate": "2026-04-01",
    "termName": "Net 30",
    "action": "Submit",
    "invoiceNumber": "INV-9",
    "referenceNumber": "PO",
    "description": "d",
    "billToContactName": "J",
    "shipToContactName": "B",
    "currency": "EUR",
    "exchangeRateDate": "2026-03-02",
    "exchangeRateType": "",
    "attachmentsId": "A",
    "customFields": {"HUBSPOT_ID": "77"},
    "lineItems": [
        {**LINE, "lineNumber": 1},
        {**LINE, "allocationId": "RENT"},
        {"lineNumber": 2, "memo": "only this"},
    ],
}
REVERSAL = {"recordNo": "7", "reversalDate": "2026-03-31", "reversalReason": "r"}


@pytest.fixture(scope="module")
def official() -> xmlschema.XMLSchema:
    """Sage's schema; lax, because one of its types is not deterministic."""
    return xmlschema.XMLSchema(str(SCHEMA), validation="lax")


def _problems(official: xmlschema.XMLSchema, body: str) -> list[str]:
    return [f"{error.path}: {error.reason}" for error in official.iter_errors(body)]


@pytest.mark.parametrize(
    ("function", "object_name"),
    [("submit", "invoice"), ("reverse", "invoice"), ("reverse", "bill")],
)
def test_every_function_invoked_is_valid(
    official: xmlschema.XMLSchema, function: str, object_name: str
) -> None:
    values = {"recordNo": "7"} if function == "submit" else REVERSAL
    _check(official, Operation(Verb.INVOKE, object_name, values, function=function))


def test_a_full_update_of_an_invoice_is_valid(official: xmlschema.XMLSchema) -> None:
    _check(official, Operation(Verb.UPDATE, "invoice", UPDATE))


def _check(official: xmlschema.XMLSchema, operation: Operation) -> None:
    dialect = XmlDialect()
    token = SessionToken("session", "https://api.intacct.com/ia/xml/xmlgw.phtml", "", 0)
    control = Control("sender", "pass", "request-1", is_unique=True)
    body = dialect.request(dialect.freeze(operation), "aic-1", token, control)
    assert _problems(official, body.decode()) == []


def test_the_life_of_an_invoice_and_a_bill_is_valid(
    official: xmlschema.XMLSchema, books: Books
) -> None:
    for object_name, party, lines in (
        ("Invoice", {"customerId": "C-00001", "dateCreated": "2026-03-02"}, "lineItems"),
        ("Bill", {"vendorId": "V-430", "transactionDate": "2026-03-02"}, "billItems"),
    ):
        line: list[dict[str, Any]] = [{"accountNumber": "4000", "amount": "5.00"}]
        created = run(books, f"create{object_name}", {**party, "action": "Draft", lines: line})
        key = {"recordNo": created["key"]}
        change = {**key, "action": "Submit", "description": "x", lines: line}
        run(books, f"update{object_name}", change)
        run(books, f"get{object_name}", key)
        run(books, f"list{object_name}s", {"state": "Posted", "pageSize": 5})
        run(books, f"reverse{object_name}", {**key, "reversalDate": "2026-03-31"})
    assert [problem for body in books.sent for problem in _problems(official, body)] == []

"""What adjustments, advances, payments, entries and deletions send, by Sage's own schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xmlschema

from connector.intacct.dialects.xml import Control, SessionToken, XmlDialect
from connector.intacct.operation import Operation, Verb

SCHEMA = Path(__file__).parents[4] / "shared" / "reference" / "xml-schema" / "api.xsd"
pytestmark = pytest.mark.skipif(
    not SCHEMA.is_file(), reason=f"Sage's schema does not lie beside the repository ({SCHEMA.name})"
)

LINE = {
    "accountNumber": "4000",
    "offsetGlAccountNo": "1100",
    "amount": "-12.10",
    "allocationId": "A1",
    "memo": "Tea & biscuits",
    "locationId": "100",
    "departmentId": "10",
    "revenueRecognitionTemplate": "T",
    "deferredRevenueAccountNo": "2500",
    "revenueRecognitionStartDate": "2026-03-01",
    "revenueRecognitionEndDate": "2026-04-30",
    "projectId": "P",
    "taskId": "T",
    "costTypeId": "CT",
    "customerId": "C",
    "vendorId": "V",
    "employeeId": "E",
    "itemId": "I",
    "classId": "CL",
    "contractId": "CO",
    "warehouseId": "W",
    "billable": True,
    "customFields": {"REGION": "west"},
}
CURRENCY = {"currency": "EUR", "exchangeRateDate": "2026-03-02", "exchangeRateType": ""}
ADJUSTMENT: dict[str, Any] = {
    "customerId": "C-1",
    "dateCreated": "2026-03-02",
    "glDatePosted": "2026-03-03",
    "adjustmentNumber": "ADJ-7",
    "action": "Draft",
    "invoiceNumber": "INV-9",
    "description": "d",
    **CURRENCY,
}
ONLY_NEW = {"summaryRecordNo": "5", "externalId": "e", "baseCurrency": "USD", "noGl": False}
DETAIL = {"invoiceKey": "4774", "amount": "10.99"}
REVERSAL = {"recordNo": "7", "reversalDate": "2026-03-31", "reversalReason": "r"}

OPERATIONS = {
    "adjustment": Operation(
        Verb.CREATE, "arAdjustment", {**ADJUSTMENT, **ONLY_NEW, "lineItems": [LINE]}
    ),
    "adjustment update": Operation(
        Verb.UPDATE,
        "arAdjustment",
        {
            **ADJUSTMENT,
            "recordNo": "7",
            "lineItems": [
                {**{n: v for n, v in LINE.items() if n != "allocationId"}, "lineNumber": 1},
                LINE,
            ],
        },
    ),
    "advance": Operation(
        Verb.CREATE, "arAdvance", {"customerId": "C", "advanceItems": [{"amount": "5"}]}
    ),
    "customer payment": Operation(
        Verb.CREATE, "arPayment", {"customerId": "C", "paymentDetails": [DETAIL]}
    ),
    "application": Operation(
        Verb.INVOKE,
        "arPayment",
        {
            "recordNo": "7",
            "paymentDate": "2026-03-02",
            "memo": "m",
            "overpaymentLocationId": "100",
            "overpaymentDepartmentId": "10",
            "paymentDetails": [DETAIL, DETAIL],
        },
        function="apply",
    ),
    "reversal of a receipt": Operation(
        Verb.INVOKE, "arPayment", {**REVERSAL, "closedAccount": True}, function="reverse"
    ),
    "vendor payment": Operation(
        Verb.CREATE, "apPayment", {"vendorId": "V", "paymentDetails": [{"billKey": "1"}]}
    ),
    "reversal of a payment": Operation(Verb.INVOKE, "apPayment", REVERSAL, function="reverse"),
    "entry": Operation(Verb.CREATE, "journalEntry", {"journal": "GJ", "lines": [{"amount": "1"}]}),
    "deletion": Operation(Verb.DELETE, "ARPYMT", keys=("1", "2")),
}


@pytest.fixture(scope="module")
def official() -> xmlschema.XMLSchema:
    """Sage's schema; lax, because one of its types is not deterministic."""
    return xmlschema.XMLSchema(str(SCHEMA), validation="lax")


@pytest.mark.parametrize("kind", OPERATIONS)
def test_every_operation_is_valid_by_the_official_schema(
    official: xmlschema.XMLSchema, kind: str
) -> None:
    dialect = XmlDialect()
    token = SessionToken("session", "https://api.intacct.com/ia/xml/xmlgw.phtml", "", 0)
    frozen = dialect.freeze(OPERATIONS[kind])
    body = dialect.request(
        frozen, "aic-1", token, Control("sender", "pass", "r-1", is_unique=True)
    ).decode()
    assert [f"{error.path}: {error.reason}" for error in official.iter_errors(body)] == []

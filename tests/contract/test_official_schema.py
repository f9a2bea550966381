"""What we send is valid by Sage's own schema, wherever that file lies beside the repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import xmlschema

from connector.intacct.dialects.function_names import FUNCTION_NAMES
from connector.intacct.dialects.xml import Control, Login, SessionToken, XmlDialect
from connector.intacct.operation import (
    AllOf,
    AnyOf,
    Condition,
    Filter,
    Frozen,
    Operation,
    Page,
    Verb,
)

SCHEMA = Path(__file__).parents[3] / "shared" / "reference" / "xml-schema" / "api.xsd"
pytestmark = pytest.mark.skipif(
    not SCHEMA.is_file(), reason=f"Sage's schema does not lie beside the repository ({SCHEMA.name})"
)

CONTROL = Control("sender", "pass", "request-1", is_unique=True)
TOKEN = SessionToken("session", "https://api.intacct.com/ia/xml/xmlgw.phtml", "", 0)
DIALECT = XmlDialect()

LINE = {
    "accountNumber": "4000",
    "offsetGlAccountNo": "1100",
    "amount": "-12.10",
    "allocationId": "A1",
    "memo": "Tea & biscuits ]]></memo><amount>0",
    "locationId": "100",
    "departmentId": "10",
    "customFields": {"REGION": "west", "ZONE": 7},
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
}
TAXES = {"taxentries": {"taxentry": [{"detailid": "D", "trx_tax": "1.00"}]}}
INVOICE = {
    "customerId": "C-1",
    "dateCreated": "2026-03-02",
    "glDatePosted": "2026-03-03",
    "dueDate": "2026-04-01",
    "termName": "Net 30",
    "summaryRecordNo": "5",
    "action": "Draft",
    "invoiceNumber": "INV-9",
    "referenceNumber": "PO 9",
    "description": "March",
    "externalId": "e",
    "billToContactName": "J",
    "shipToContactName": "B",
    "baseCurrency": "USD",
    "currency": "EUR",
    "exchangeRateDate": "2026-03-02",
    "exchangeRateType": "",
    "noGl": False,
    "attachmentsId": "A",
    "customFields": {"HUBSPOT_ID": "77"},
    "additionalFields": {"TaxSolutionId": "UK"},
    "lineItems": [
        LINE,
        {"accountLabel": "Sales", "amount": "1", "additionalFields": TAXES},
        "<lineitem><memo>m</memo><amount>5</amount><glaccountno>4000</glaccountno></lineitem>",
    ],
}
UPDATE = {
    name: INVOICE[name]
    for name in ("customerId", "dateCreated", "dueDate", "billToContactName", "customFields")
}
UPDATED_LINES = [
    {"lineNumber": "1", "amount": "5.00", "memo": "m", "locationId": "100"},
    {"accountNumber": "4000", "amount": "1"},
]
WHERE: Filter = AllOf(
    (
        Condition("WHENMODIFIED", "greaterThan", ("01/31/2026 00:00:00",)),
        AnyOf((Condition("NAME", "like", ("%x' OR 1=1",)), Condition("NAME", "isNull"))),
        Condition("RECORDNO", "between", ("1", "9")),
        Condition("RECORDNO", "notIn", tuple(str(number) for number in range(1000))),
        AllOf((Condition("active", "equalTo", ("true",)),)),
    )
)

OPERATIONS: dict[str, Operation] = {
    "customer": Operation(
        Verb.CREATE,
        "customer",
        {"customerId": "C&A", "customerName": "Tea", "active": True, "customFields": {"X": "1"}},
    ),
    "any object": Operation(Verb.UPDATE, "PROJECT", {"NAME": "P"}, keys=("7",)),
    "invoice": Operation(Verb.CREATE, "invoice", INVOICE),
    "small invoice": Operation(
        Verb.CREATE,
        "invoice",
        {
            "customerId": "C",
            "dateCreated": "2026-03-02",
            "dueDate": "2026-03-02",
            "lineItems": [{"accountNumber": "4000", "amount": "99.00"}],
        },
    ),
    "invoice update": Operation(
        Verb.UPDATE, "invoice", {**UPDATE, "recordNo": "7", "lineItems": UPDATED_LINES}
    ),
    "posting a draft": Operation(Verb.UPDATE, "invoice", {"action": "Submit"}, keys=("7",)),
    "delete": Operation(Verb.DELETE, "invoice", keys=("1", "2")),
    "read": Operation(Verb.READ, "customer", keys=("1",)),
    "read by id": Operation(Verb.READ_BY_ID, "customer", keys=("C",), fields=("customerName",)),
    "read by query": Operation(Verb.READ_BY_QUERY, "VENDOR", expression="VENDOR.X > 1"),
    "read by empty query": Operation(Verb.READ_BY_QUERY, "VENDOR"),
    "read more": Operation(Verb.READ_MORE, "VENDOR", page=Page(cursor="765A5")),
    "query": Operation(
        Verb.QUERY,
        "customer",
        fields=("recordNo", "customerName", "VENDOR.NAME"),
        where=WHERE,
        order_by=("-customerName",),
        page=Page(size=2000, offset=2000),
    ),
    "query without filter": Operation(Verb.QUERY, "customer", fields=("recordNo",)),
    "raw": Operation(Verb.RAW, body="<reverse_invoice key='1'><datereversed><year>2026</year>"
                     "<month>3</month><day>1</day></datereversed></reverse_invoice>"),
}  # fmt: skip


@pytest.fixture(scope="module")
def official() -> xmlschema.XMLSchema:
    """Sage's schema; lax, because one of its types is not deterministic."""
    return xmlschema.XMLSchema(str(SCHEMA), validation="lax")


def _problems(official: Any, body: bytes) -> list[str]:
    return [f"{error.path}: {error.reason}" for error in official.iter_errors(body.decode())]


@pytest.mark.parametrize("kind", OPERATIONS)
def test_every_operation_is_valid_by_the_official_schema(
    official: xmlschema.XMLSchema, kind: str
) -> None:
    frozen = DIALECT.freeze(OPERATIONS[kind])
    assert _problems(official, DIALECT.request(frozen, "aic-1", TOKEN, CONTROL)) == []


def test_signing_in_is_valid_by_the_official_schema(official: xmlschema.XMLSchema) -> None:
    login = Login("company", "user", "pass", entity_id="100", client_id="client")
    assert _problems(official, DIALECT.sign_in_request("aic-1", login, CONTROL)) == []


def test_the_official_schema_would_notice_another_order(official: xmlschema.XMLSchema) -> None:
    frozen = DIALECT.freeze(OPERATIONS["small invoice"])
    customer = "<customerid>C</customerid>"
    turned = frozen.payload.replace(customer, "").replace(
        "<invoiceitems>", f"{customer}<invoiceitems>"
    )
    body = DIALECT.request(
        Frozen("xml", frozen.function, turned, is_write=True), "aic-1", TOKEN, CONTROL
    )
    assert _problems(official, body)


def test_our_list_of_functions_is_the_official_one() -> None:
    text = SCHEMA.read_text(encoding="utf-8")
    start = text.index('<xs:element name="function">')
    listed = text[start : text.index("</xs:choice>", start)]
    assert (
        frozenset(re.findall(r'(?:ref|element name)="(\w+)"', listed)) - {"function"}
        == FUNCTION_NAMES
    )

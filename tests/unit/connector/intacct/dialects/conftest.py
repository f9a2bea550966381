"""A small object and its legacy functions, so that these tests do not depend on real schemas."""

from __future__ import annotations

from typing import Any

import pytest

from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.xml import XmlDialect

_LINE = {
    "accountNumber": {"type": "string", "x-intacct": {"xml": "ACCOUNTNO"}},
    "amount": {"type": "string", "format": "money", "x-intacct": {"xml": "TRX_AMOUNT"}},
    "memo": {"type": "string", "x-intacct": {"xml": "ENTRYDESCRIPTION"}},
    "startDate": {"type": "string", "format": "date", "x-intacct": {"xml": "STARTDATE"}},
    "lineNumber": {"type": "string", "x-intacct": {"xml": "LINE_NO"}},
    "quantity": {"type": "string", "format": "decimal"},
    "customFields": {"type": ["object", "array"]},
    "additionalFields": {"type": "object"},
}
_PROPERTIES = {
    "recordNo": {"type": "string", "x-intacct": {"xml": "RECORDNO"}},
    "customerId": {"type": "string", "x-intacct": {"xml": "CUSTOMERID"}},
    "dateCreated": {"type": "string", "format": "date", "x-intacct": {"xml": "WHENCREATED"}},
    "active": {
        "type": "boolean",
        "x-intacct": {"xml": "STATUS", "values": {"true": "active", "false": "inactive"}},
    },
    "onHold": {"type": "boolean", "x-intacct": {"xml": "ONHOLD"}},
    "copies": {"type": "integer", "x-intacct": {"xml": "COPIES"}},
    "city": {"type": "string", "x-intacct": {"xml": "DISPLAYCONTACT/MAILADDRESS/CITY"}},
    "printAs": {"type": "string", "x-intacct": {"xml": "DISPLAYCONTACT/PRINTAS"}},
    "places": {"type": "array", "x-intacct": {"xml": "RESTRICTEDLOCATIONS", "join": "#~#"}},
    "currency": {"type": "string", "x-intacct": {"xml": "CURRENCY"}},
    "exchangeRateType": {"type": "string", "x-intacct": {"xml": "EXCH_RATE_TYPE_ID"}},
    "billToContactName": {"type": "string", "x-intacct": {"xml": "BILLTO/CONTACTNAME"}},
    "sendNow": {"type": "boolean"},
    "lineItems": {
        "type": ["array", "string"],
        "items": {"type": ["object", "string"], "properties": _LINE},
        "x-intacct": {"xml": "ENTRIES/DEALENTRY"},
    },
    "customFields": {"type": ["object", "array"]},
    "additionalFields": {"type": "object"},
}
DEAL: dict[str, Any] = {
    "x-intacct": {
        "xml": "DEAL",
        "rest": "sales/deal",
        "plural": "deals",
        "id": "customerId",
        "lookup": [["customerId"]],
        "compare": ["currency"],
    },
    "properties": _PROPERTIES,
}
_LINE_PARTS = [
    {"element": "glaccountno", "field": "accountNumber"},
    {"element": "amount", "field": "amount"},
    {"element": "memo", "field": "memo"},
    {"element": "customfields", "shape": "customFields"},
    {"element": "startdate", "field": "startDate"},
    {"element": "taxentries"},
]
FUNCTIONS: dict[str, Any] = {
    "create_deal": {
        "function": "create_deal",
        "object": "deal",
        "children": [
            {"element": "customerid", "field": "customerId"},
            {"element": "datecreated", "field": "dateCreated"},
            {
                "element": "billto",
                "children": [
                    {"element": "contactname", "field": "billToContactName"},
                    {"element": "printas"},
                ],
            },
            {"element": "currency", "field": "currency"},
            {"element": "exchratetype", "field": "exchangeRateType"},
            {"element": "nogl"},
            {"element": "customfields", "shape": "customFields"},
            {
                "element": "dealitems",
                "each": "lineItems",
                "items": [{"element": "lineitem", "children": _LINE_PARTS}],
            },
        ],
    },
    "update_deal": {
        "function": "update_deal",
        "object": "deal",
        "attributes": [{"name": "key", "field": "recordNo"}],
        "children": [
            {"element": "currency", "field": "currency"},
            {
                "element": "updatedealitems",
                "each": "lineItems",
                "items": [
                    {
                        "element": "updatelineitem",
                        "attributes": [{"name": "line_num", "field": "lineNumber"}],
                        "children": _LINE_PARTS,
                    },
                    {"element": "lineitem", "children": _LINE_PARTS},
                ],
            },
        ],
    },
}


@pytest.fixture
def deal() -> ObjectSchema:
    """An object written by the generic functions."""
    return ObjectSchema("deal", DEAL)


@pytest.fixture
def generic(deal: ObjectSchema) -> XmlDialect:
    """A dialect that knows one object and no legacy function."""
    return XmlDialect(lambda name: deal if name == "deal" else ObjectSchema(name, {}))


@pytest.fixture
def legacy() -> XmlDialect:
    """A dialect whose object is written by legacy functions."""
    names = {"create": "create_deal", "update": "update_deal"}
    document = {**DEAL, "x-intacct": {**DEAL["x-intacct"], **names}}
    return XmlDialect(lambda name: ObjectSchema(name, document), FUNCTIONS.__getitem__)

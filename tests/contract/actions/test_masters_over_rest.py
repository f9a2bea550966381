"""What is written over one API is read alike over both: the REST names of the master data."""

from __future__ import annotations

from typing import Any

import pytest

from connector import registry
from tests.contract.actions.rest_books import RestBooks, open_rest_books

CONTACT: dict[str, Any] = {
    "printAs": "Jane Lantern",
    "companyName": "Quay",
    "prefix": "Ms.",
    "firstName": "Jane",
    "middleName": "Q",
    "lastName": "Lantern",
    "primaryEmailAddress": "a@quay.example",
    "secondaryEmailAddress": "b@quay.example",
    "primaryPhoneNo": "1",
    "secondaryPhoneNo": "2",
    "cellularPhoneNo": "3",
    "pagerNo": "4",
    "faxNo": "5",
    "primaryUrl": "https://quay.example",
    "secondaryUrl": "https://shop.example",
    "addressLine1": "1 Mill Rd",
    "addressLine2": "Suite 2",
    "city": "York",
    "stateProvince": "NY",
    "zipPostalCode": "10001",
    "country": "United States",
    "isoCountryCode": "US",
    "active": False,
}
PARTY: dict[str, Any] = {
    **CONTACT,
    "taxId": "12-3456789",
    "glGroupName": "Domestic",
    "defaultCurrency": "USD",
    "comments": "Mondays",
    "restrictionType": "RootOnly",
    "oneTime": True,
    "onHold": True,
}
RECORDS: dict[str, dict[str, Any]] = {
    "Customer": {
        **PARTY,
        "customerId": "C-Q",
        "customerName": "Quay & Sons",
        "parentCustomerId": "C-00001",
        "customerTypeId": "Retail",
        "deliveryMethod": "Print#~#E-Mail",
        "resaleNumber": "RS-1",
        "defaultRevenueGlAccountNo": "4000",
    },
    "Vendor": {
        **PARTY,
        "vendorId": "V-Q",
        "vendorName": "Quay & Sons",
        "vendorTypeId": "Contractor",
        "form1099Name": "Quay Inc",
        "form1099Type": "MISC",
        "form1099Box": "7",
        "doNotPay": True,
        "mergePaymentRequests": False,
        "sendAutomaticPaymentNotification": True,
        "vendorBillingType": "balanceforward",
        "paymentPriority": "High",
        "vendorAccountNo": "ACCT-9988",
    },
    "Contact": {**CONTACT, "contactName": "Lantern, Jane", "taxable": False, "taxId": "12"},
    "Project": {
        "projectId": "P-Q",
        "projectName": "Website",
        "projectCategory": "Internal Non-Billable",
        "projectDescription": "Shop",
        "invoiceWithParent": True,
        "active": False,
        "customerId": "C-00001",
        "beginDate": "2026-03-02",
        "endDate": "2026-12-31",
    },
}


def _run(books: RestBooks, key: str, api: str, **inputs: Any) -> dict[str, Any]:
    return registry.load().action(key).run(books.context, {**inputs, "api": api})


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("writer", ["rest", "xml"])
def test_a_record_is_the_same_over_both_apis(name: str, writer: str) -> None:
    books = open_rest_books(with_xml=True)
    given = RECORDS[name]
    key = _run(books, f"createOrUpdate{name}", writer, **given)["key"]
    for reader in ("rest", "xml"):
        found = _run(books, f"get{name}", reader, recordNo=key)
        assert {field: found.get(field) for field in given} == given, reader


@pytest.mark.parametrize("name", RECORDS)
def test_what_is_found_by_id_over_rest_is_changed(name: str) -> None:
    books = open_rest_books()
    first, second = (_run(books, f"createOrUpdate{name}", "rest", **RECORDS[name]) for _ in "ab")
    assert (first["outcome"], second["outcome"]) == ("created", "updated")
    assert (first["key"], first["id"]) == (second["key"], second["id"])

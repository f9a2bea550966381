"""The flows that the guides name, each by the actions a workflow would take."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.runtime.single import run_once
from tests.support.transfers import BOOKS, Office, open_office

BOTH = pytest.mark.parametrize("api", ["xml", "rest"])
DAYS = {"dateCreated": "2026-03-02", "dueDate": "2026-04-01"}
PAID = {
    "currency": "USD",
    "paymentMethod": "EFT",
    "receiptDate": "2026-03-09",
    "undepositedAccountNo": "1100",
}


@pytest.fixture
def office(api: str, tmp_path: Path) -> Iterator[Office]:
    found = open_office(tmp_path / "data", api)
    yield found
    found.close()


def act(office: Office, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
    done = run_once(office.services, key, BOOKS, inputs, once=f"{key} {inputs}")
    assert done.output is not None
    return dict(done.output)


def invoice(office: Office, number: str, customer: str, *lines: dict[str, Any]) -> dict[str, Any]:
    header = {"customerId": customer, "invoiceNumber": number, **DAYS}
    return act(office, "createInvoice", {**header, "lineItems": list(lines)})


def pay(office: Office, customer: str, key: str, amount: str) -> None:
    details = [{"invoiceKey": key, "amount": amount}]
    act(office, "createArPayment", {"customerId": customer, **PAID, "paymentDetails": details})


def due(office: Office, key: str) -> Decimal:
    return Decimal(str(act(office, "getInvoice", {"recordNo": key})["totalDue"]))


@pytest.mark.accepts("E33")
@BOTH
def test_an_invoice_is_made_and_paid_in_two_parts(office: Office) -> None:
    made = invoice(office, "FLOW-1", "C-00001", {"accountNumber": "4000", "amount": "100.10"})
    assert due(office, made["key"]) == Decimal("100.10")
    pay(office, "C-00001", made["key"], "40.05")
    assert due(office, made["key"]) == Decimal("60.05")
    pay(office, "C-00001", made["key"], "60.05")
    assert due(office, made["key"]) == 0


@pytest.mark.accepts("E38")
@pytest.mark.parametrize("api", ["xml"])  # items are made over XML alone
def test_a_sale_at_the_till_becomes_an_item_and_an_invoice(office: Office) -> None:
    act(
        office,
        "createItem",
        {"itemId": "TILL-1", "itemName": "Cup", "itemType": "Non-Inventory"},
    )
    line = {"accountNumber": "4000", "amount": "3.50", "itemId": "TILL-1"}
    made = invoice(office, "TILL-2026-03-02", "C-00001", line)
    [sold] = act(office, "getInvoice", {"recordNo": made["key"]})["lineItems"]
    assert (sold["itemId"], Decimal(sold["amount"])) == ("TILL-1", Decimal("3.50"))


@pytest.mark.accepts("E38")
@BOTH
def test_the_cost_of_a_job_becomes_a_bill_of_its_project_and_is_billed_on(office: Office) -> None:
    project = {"projectId": "JOB-1", "projectName": "Roof", "projectCategory": "Contract"}
    act(office, "createProject", {**project, "customerId": "C-00001"})
    cost = {"accountNumber": "6100", "amount": "80.00", "projectId": "JOB-1", "locationId": "100"}
    header = {"vendorId": "V-100", "transactionDate": "2026-03-02", "dueDate": "2026-04-01"}
    bill = act(office, "createBill", {**header, "billNumber": "COST-1", "billItems": [cost]})
    [line] = act(office, "getBill", {"recordNo": bill["key"]})["billItems"]
    assert line["projectId"] == "JOB-1"
    billed = {"accountNumber": "4000", "amount": "95.00", "projectId": "JOB-1"}
    made = invoice(office, "JOB-1-A", "C-00001", billed)
    pay(office, "C-00001", made["key"], "95.00")
    assert due(office, made["key"]) == 0


@pytest.mark.accepts("E41")
@BOTH
def test_what_the_guide_names_is_within_reach(office: Office, api: str) -> None:
    for key, listed in {
        "listCustomers": "customers",
        "listVendors": "vendors",
        "listInvoices": "invoices",
        "listBills": "bills",
        "listAccounts": "accounts",
    }.items():
        assert listed in act(office, key, {"pageSize": 1}), key
    if api == "rest":
        return  # balances and reports are functions of the XML API alone
    invoice(office, "REACH-1", "C-00001", {"accountNumber": "4000", "amount": "12.10"})
    year = (
        "<startdate><year>2026</year><month>1</month><day>1</day></startdate>"
        "<enddate><year>2026</year><month>12</month><day>31</day></enddate>"
    )
    for function, about in (
        ("get_accountbalances", "<glaccountno>4000</glaccountno>"),
        ("get_trialbalance", ""),
    ):
        asked = {"data": f"<{function}>{year}{about}</{function}>"}
        assert "4000" in str(act(office, "rawRequest", asked)), function

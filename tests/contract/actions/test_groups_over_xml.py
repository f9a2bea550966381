"""Inputs given in groups and one by one end in the same request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from connector import registry
from tests.contract.actions.conftest import open_books

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

LINES = [{"accountNumber": "4000", "amount": "10.00"}]
# What stands outside of any group, so that Intacct takes the record.
OUTSIDE: dict[str, dict[str, Any]] = {
    "createVendor": {"vendorId": "V-TEA", "vendorName": "Tea"},
    "createCustomer": {"customerId": "C-TEA", "customerName": "Tea"},
    "createContact": {"contactName": "Tea"},
    "createInvoice": {
        "customerId": "C-00001",
        "dateCreated": "2026-03-02",
        "dueDate": "2026-04-01",
        "lineItems": LINES,
    },
}
GROUPED: dict[str, dict[str, dict[str, Any]]] = {
    "createVendor": {
        "name": {"firstName": "Ann", "lastName": "Tea"},
        "contactDetails": {"city": "York", "primaryEmailAddress": "ann@tea.example"},
        "taxInformation": {"taxId": "12-3456789"},
        "achBanking": {"achEnabled": True, "achBankRoutingNo": "021000021"},
        "paymentSettings": {"paymentPriority": "High", "doNotPay": "false"},
        "form1099": {"form1099Type": "MISC", "form1099Box": "7"},
        "glAccounts": {"defaultExpenseGlAccountNo": "6000"},
    },
    "createCustomer": {
        "name": {"firstName": "Ann", "lastName": "Tea"},
        "contactDetails": {"city": "York"},
        "taxInformation": {"taxable": True},
        "billingAndDeliveryPreferences": {"creditLimit": "100.00", "deliveryMethod": "Print"},
    },
    "createContact": {
        "name": {"printAs": "Ann Tea", "firstName": "Ann"},
        "contactDetails": {"city": "York", "companyName": "Tea"},
        "taxInformation": {"taxable": False},
    },
    "createInvoice": {
        "currencyAndExchangeRate": {"currency": "USD", "exchangeRateType": "Intacct Daily Rate"}
    },
}


def _sent(key: str, inputs: dict[str, Any]) -> str:
    books: Books = open_books()
    registry.load().action(key).run(books.context, inputs)
    written = [each for each in books.sent if "<create" in each]
    found = re.search(r"<function[^>]*>(.*)</function>", written[-1], re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.mark.accepts("C94")
@pytest.mark.parametrize("key", GROUPED)
def test_groups_and_single_inputs_make_one_request(key: str) -> None:
    groups = GROUPED[key]
    flat = {name: value for group in groups.values() for name, value in group.items()}
    assert len(flat) == sum(map(len, groups.values()))
    together = _sent(key, {**OUTSIDE[key], **groups})
    assert together == _sent(key, {**OUTSIDE[key], **flat})
    assert together != _sent(key, OUTSIDE[key])

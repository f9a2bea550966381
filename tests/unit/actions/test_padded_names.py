"""Spaces around what a record is known by are refused: Intacct might keep it without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector import registry
from connector.errors import InputError

if TYPE_CHECKING:
    from connector.component import Context
    from tests.unit.actions.conftest import Calls

PROJECT = {"projectName": "Roof", "projectCategory": "Contract"}
INVOICE: dict[str, Any] = {
    "customerId": "C-1",
    "invoiceNumber": "INV-9",
    "dateCreated": "2026-03-02",
    "lineItems": [{"accountNumber": "4000", "amount": "1.00"}],
}


@pytest.mark.parametrize(
    ("key", "inputs", "name"),
    [
        ("createCustomer", {"customerId": " C-1", "customerName": "Acme"}, "customerId"),
        ("createCustomer", {"name": "Acme "}, "customerName"),
        ("createCustomer", {"customerId": "C-1\n", "customerName": "Acme"}, "customerId"),
        ("createInvoice", {**INVOICE, "invoiceNumber": "INV-9 "}, "invoiceNumber"),
        ("createInvoice", {**INVOICE, "customerId": "C-1\t"}, "customerId"),
        ("findOrCreateVendor", {"vendorName": " Acme"}, "vendorName"),
        ("createOrUpdateProject", {**PROJECT, "projectId": "P-1 "}, "projectId"),
        ("getCustomer", {"customerId": " C-1"}, "customerId"),
    ],
)
def test_a_name_with_spaces_around_it_is_refused(
    ctx: Context, calls: Calls, key: str, inputs: dict[str, Any], name: str
) -> None:
    with pytest.raises(InputError, match="begins or ends with a space") as refused:
        registry.load().action(key).run(ctx, inputs)
    assert refused.value.field == name
    assert "trim(" in refused.value.advice
    assert calls == []


def test_spaces_inside_a_name_and_around_other_texts_stay(ctx: Context, calls: Calls) -> None:
    inputs = {"customerId": "C 1", "customerName": "Acme  Inc", "comments": "Mondays\n"}
    registry.load().action("createCustomer").run(ctx, inputs)
    [(_, (_, values), _)] = calls
    assert values["comments"] == "Mondays\n"
    assert (values["customerId"], values["customerName"]) == ("C 1", "Acme  Inc")

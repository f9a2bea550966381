"""Order of the legacy functions for adjustments and payments, as Sage's schema has it."""

from __future__ import annotations

import pytest

import schemas

CURRENCY = "currency exchratedate exchratetype exchrate"
ORDERS = {
    "create_aradjustment": "customerid datecreated dateposted batchkey adjustmentno action "
    f"invoiceno description externalid basecurr {CURRENCY} nogl taxsolutionid aradjustmentitems",
    "update_aradjustment": "customerid datecreated dateposted adjustmentno action invoiceno "
    f"description {CURRENCY} updatearadjustmentitems",
    "apply_arpayment": "arpaymentkey paymentdate batchkey memo overpaylocid overpaydeptid "
    "arpaymentitems",
    "reverse_arpayment": "datereversed description nsfclosedaccount",
    "reverse_appayment": "datereversed description",
}
ADDRESSED = {"update_aradjustment", "reverse_arpayment", "reverse_appayment"}


@pytest.mark.parametrize("name", ORDERS)
def test_places_follow_the_documented_order(name: str) -> None:
    document = schemas.load(f"functions/{name}.json")
    assert document["function"] == name
    assert [child["element"] for child in document["children"]] == ORDERS[name].split()


@pytest.mark.parametrize("name", ORDERS)
def test_the_record_is_addressed_by_an_attribute_where_the_function_has_one(name: str) -> None:
    attributes = schemas.load(f"functions/{name}.json").get("attributes", [])
    assert attributes == ([{"name": "key", "field": "recordNo"}] if name in ADDRESSED else [])


@pytest.mark.parametrize("verb", ["create", "update"])
def test_adjustments_have_the_lines_of_invoices(verb: str) -> None:
    """One line element serves invoices, bills and adjustments."""
    own, invoice = (
        schemas.load(f"functions/{verb}_{name}.json")["children"][-1]["items"]
        for name in ("aradjustment", "invoice")
    )
    assert own == invoice

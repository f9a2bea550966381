from __future__ import annotations

import copy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from connector import registry
from connector.component import Action
from connector.component.inputs import InputForm
from connector.errors import InputError
from connector.intacct.model import LiveField, LiveObject
from connector.surfaces.company_forms import form_for, objects_of

REGISTRY = registry.load()
INVOICE = {
    "customerId": "C-1",
    "dateCreated": "2026-01-31",
    "dueDate": "2026-02-28",
    "lineItems": [{"accountNumber": "4000", "amount": "10.00"}],
}


def live(name: str, *fields: LiveField) -> dict[str, LiveObject]:
    return {name: LiveObject(name, {field.name: field for field in fields})}


def own(name: str, label: str = "", kind: str = "TEXT", **more: Any) -> LiveField:
    return LiveField(name, label, kind=kind, is_custom=True, **more)


def action(key: str) -> Action:
    return REGISTRY.action(key)


REGION = own("REGION", "Sales region", choices=("North", "South"))


def test_a_form_knows_whose_fields_it_can_show() -> None:
    found = objects_of(action("createInvoice"))
    assert found == {"ARINVOICE": "", "ARINVOICEITEM": "lineItems"}
    assert objects_of(action("getInvoice")) == {}
    assert objects_of(action("rawRequest")) == {}


def test_custom_fields_and_dimensions_are_inputs_of_their_own() -> None:
    form = form_for(
        action("createInvoice"),
        live(
            "ARINVOICE", REGION, own("DELIVERY", "Delivery day", "DATE"), own("RUSH", "", "BOOLEAN")
        )
        | live("ARINVOICEITEM", LiveField("GLDIMROUTE", "Route", kind="INTEGER")),
    )
    header = form["properties"]["customFields"]["properties"]
    assert header["REGION"]["title"] == "Sales region"
    assert header["REGION"]["enum"] == ["North", "South"]
    assert header["DELIVERY"]["examples"] == ["01/31/2026"]
    assert header["RUSH"]["type"] == "boolean"
    line = form["properties"]["lineItems"]["items"]["properties"]["customFields"]["properties"]
    assert line["GLDIMROUTE"]["title"] == "Route"
    assert "record number" in line["GLDIMROUTE"]["description"]


@pytest.mark.parametrize("key", sorted(REGISTRY.actions))
def test_every_form_of_a_company_is_a_valid_schema_with_complete_inputs(key: str) -> None:
    one = action(key)
    described: dict[str, LiveObject] = {}
    for name in objects_of(one):
        kinds = ("TEXT", "INTEGER", "CURRENCY", "DECIMAL", "BOOLEAN", "DATE", "UNHEARD_OF")
        described |= live(name, *(own(f"OWN_{kind}", kind=kind) for kind in kinds))
    form = form_for(one, described)
    Draft202012Validator.check_schema(form)
    for name, lines in objects_of(one).items():
        place = form["properties"][lines]["items"] if lines else form
        for stanza in place["properties"]["customFields"]["properties"].values():
            assert stanza["title"], name
            assert stanza["description"].endswith("."), name
            assert "type" in stanza


def test_what_the_form_of_a_company_takes_the_action_takes_too() -> None:
    """A workflow keeps what the form gave, and runs without asking the company again."""
    one = action("createInvoice")
    kinds = [own("A", kind="INTEGER"), own("B", kind="BOOLEAN"), own("C", kind="CURRENCY"), REGION]
    values = {"A": "7", "B": "true", "C": "12.5", "REGION": "North"}
    checked = InputForm(form_for(one, live("ARINVOICE", *kinds))).check(
        {**INVOICE, "customFields": values}
    )
    assert checked["customFields"] == {"A": 7, "B": True, "C": "12.5", "REGION": "North"}
    assert one.form.check(checked)["customFields"] == {
        "A": "7", "B": True, "C": "12.5", "REGION": "North",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"REGION": "East"}, "customFields.REGION"),
        ({"REGOIN": "North"}, "customFields.REGOIN"),
        ({"DAY": "2026-01-31"}, "customFields.DAY"),
        ({"DAY": "13/31/2026"}, "customFields.DAY"),
    ],
)
def test_a_value_the_company_would_refuse_is_refused_in_the_form(
    values: dict[str, str], wrong: str
) -> None:
    form = form_for(action("createInvoice"), live("ARINVOICE", REGION, own("DAY", kind="DATE")))
    with pytest.raises(InputError) as caught:
        InputForm(form).check({**INVOICE, "customFields": values})
    assert caught.value.field == wrong


def test_what_the_company_demands_is_demanded_of_new_records_only() -> None:
    needed = live("CUSTOMER", own("REGION", is_required=True))
    new, change = (
        form_for(action("createCustomer"), needed),
        form_for(action("updateCustomer"), needed),
    )
    with pytest.raises(InputError) as caught:
        InputForm(new).check({"customerName": "Acme"})
    assert caught.value.field == "customFields"
    assert "required" not in change["properties"]["customFields"]
    assert "customFields" not in change.get("required", [])


def test_demands_on_lines_are_made_of_each_line() -> None:
    form = form_for(
        action("createInvoice"),
        live("ARINVOICEITEM", LiveField("GLDIMROUTE", "Route", is_required=True)),
    )
    with pytest.raises(InputError) as caught:
        InputForm(form).check(INVOICE)
    assert caught.value.field == "lineItems[0].customFields"


def test_a_demand_on_intacct_s_own_field_is_marked_and_not_enforced() -> None:
    """Numbers come from sequences, contacts from names: the company says required all the same."""
    form = form_for(
        action("createCustomer"), live("CUSTOMER", LiveField("CUSTOMERID", is_required=True))
    )
    assert form["properties"]["customerId"]["x-form"]["isDemanded"]
    assert "customerId" not in form["required"]
    assert InputForm(form).check({"customerName": "Acme"})


def test_a_form_of_one_company_leaves_the_action_as_it_was() -> None:
    one = action("createCustomer")
    before = copy.deepcopy(one.form.schema)
    form_for(
        one,
        live(
            "CUSTOMER", own("REGION", is_required=True), LiveField("CUSTOMERID", is_required=True)
        ),
    )
    assert one.form.schema == before


def test_a_company_without_fields_of_its_own_changes_nothing() -> None:
    one = action("updateCustomer")
    assert form_for(one, {}) == one.form.schema
    assert form_for(one, live("CUSTOMER", LiveField("NAME"))) == one.form.schema

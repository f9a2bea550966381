"""The groups of inputs, as published for vendors, customers, contacts and invoices."""

from __future__ import annotations

import pytest

from connector import registry

PERSON = {"Name", "Contact Details", "Tax Information"}
PARTY = PERSON | {"Contact Roles", "GL Accounts"}
PUBLISHED = {
    "Vendor": PARTY | {"ACH Banking", "Payment Settings", "Form 1099"},
    "Customer": PARTY | {"Print Options", "Billing and Delivery Preferences"},
    "Contact": PERSON,
    "Invoice": {"Currency and Exchange Rate"},
}


@pytest.mark.accepts("C94")
@pytest.mark.parametrize("verb", ["create", "update"])
@pytest.mark.parametrize("name", PUBLISHED)
def test_each_published_group_takes_an_object(name: str, verb: str) -> None:
    form = registry.load().action(f"{verb}{name}").form
    assert {group.title for group in form.groups.values()} == PUBLISHED[name]
    for group in form.groups.values():
        assert set(group.fields) <= form.schema["properties"].keys()


def test_a_key_of_a_group_is_never_that_of_an_input() -> None:
    for action in registry.load().actions.values():
        assert not action.form.groups.keys() & action.form.schema["properties"].keys()

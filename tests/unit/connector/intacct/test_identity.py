"""How the outcome of an unanswered write is recognised."""

from __future__ import annotations

import pytest

from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.identity import (
    identity_of_change,
    identity_of_deletion,
    is_same_value,
)
from connector.intacct.operation import Aim, Identity

CUSTOMER = ObjectSchema.named("customer")
INVOICE = ObjectSchema.named("invoice")


def test_a_change_is_seen_by_the_fields_it_wrote() -> None:
    values = {"customerId": "C-1", "onHold": False, "creditLimit": "500.00", "comments": ""}
    assert identity_of_change(CUSTOMER, values) == Identity(
        {"customerId": "C-1"},
        {"onHold": "False", "creditLimit": "500.00", "comments": ""},
        Aim.CHANGED,
    )


def test_a_change_without_owner_or_without_a_comparable_field_cannot_be_seen() -> None:
    assert identity_of_change(CUSTOMER, {"onHold": True}) is None
    assert identity_of_change(CUSTOMER, {"customerId": "C-1", "customFields": {"A": "1"}}) is None


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("invoice", {"lineItems": [{"amount": "1.00"}]}),
        ("journalEntry", {"lineItems": [{"amount": "1.00"}]}),
        ("invoice", {"customFields": {"A": "1"}}),
        ("bill", {"action": "Submit"}),
    ],
)
def test_one_value_that_cannot_be_seen_leaves_the_whole_change_open(
    name: str, more: dict[str, object]
) -> None:
    values = {"recordNo": "9", "description": "the same as before"}
    assert identity_of_change(ObjectSchema.named(name), values) is not None
    assert identity_of_change(ObjectSchema.named(name), {**values, **more}) is None


def test_a_deletion_is_seen_by_the_record_being_gone() -> None:
    assert identity_of_deletion(CUSTOMER, ["7"]) == Identity({"recordNo": "7"}, {}, Aim.GONE)
    assert identity_of_deletion(CUSTOMER, ["7", "8"]) is None


def test_empty_and_absent_are_the_same_and_amounts_are_compared_as_amounts() -> None:
    assert is_same_value(INVOICE, "description", None, "")
    assert is_same_value(INVOICE, "totalAmount", "500", "500.00")
    assert is_same_value(CUSTOMER, "active", found=False, expected="False")
    assert not is_same_value(INVOICE, "totalAmount", "", "500.00")


@pytest.mark.parametrize(
    ("name", "found", "written"),
    [
        ("customerId", "7", "007"),
        ("zipPostalCode", "1234", "01234"),
        ("customerName", "1000", "1e3"),
        ("somethingUnknown", "1", "1.0"),
    ],
)
def test_texts_made_of_digits_are_not_the_same_because_they_count_the_same(
    name: str, found: str, written: str
) -> None:
    """Else a look would call another customer's invoice, or a lost change, our own."""
    assert not is_same_value(CUSTOMER, name, found, written)
    assert is_same_value(CUSTOMER, name, written, written)

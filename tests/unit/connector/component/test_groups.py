"""Inputs that belong together may be given as one object."""

from __future__ import annotations

from typing import Any

import pytest

from connector.component.inputs import InputForm
from connector.errors import InputError

DETAILS = {"x-form": {"group": "Contact Details"}}
FORM = InputForm(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["vendorName"],
        "properties": {
            "vendorName": {"type": "string", "x-intacct": {"aliases": ["name"]}},
            "firstName": {"type": "string", "x-form": {"group": "Name"}},
            "city": {"type": "string", **DETAILS, "x-intacct": {"aliases": ["CITY"]}},
            "taxable": {"type": "boolean", **DETAILS},
        },
    }
)


def _refused(**given: Any) -> InputError:
    with pytest.raises(InputError) as refused:
        FORM.check({"vendorName": "Tea", **given})
    return refused.value


@pytest.mark.parametrize(
    "given",
    [
        {"contactDetails": {"city": "York", "taxable": "true"}},
        {"contactDetails": {"CITY": "York"}, "taxable": True},
        {"contactDetails": '{"city": "York", "taxable": true}'},
        {"contactDetails": {"city": "York", "taxable": True}, "city": "York", "taxable": None},
        {"contactDetails": {"city": ""}, "city": "York", "taxable": "true"},
    ],
)
def test_a_group_gives_the_same_inputs_as_its_fields(given: dict[str, Any]) -> None:
    assert FORM.check({"vendorName": "Tea", **given}) == {
        "vendorName": "Tea",
        "city": "York",
        "taxable": True,
    }


def test_a_group_without_anything_is_no_input() -> None:
    for blank in ({}, "", None, {"city": ""}):
        assert FORM.check({"vendorName": "Tea", "contactDetails": blank}) == {"vendorName": "Tea"}


@pytest.mark.accepts("C94")
def test_a_group_that_contradicts_a_field_is_refused() -> None:
    for given in (
        {"contactDetails": {"city": "York"}, "city": "Leeds"},
        {"city": "Leeds", "contactDetails": {"CITY": "York"}},
    ):
        error = _refused(**given)
        assert error.field == "city"
        assert "(also as contactDetails." in error.title


def test_what_is_not_of_the_group_is_refused_with_what_is() -> None:
    error = _refused(contactDetails={"vendorName": "Tea"})
    assert error.field == "contactDetails.vendorName"
    assert "city, taxable" in error.title


def test_a_group_has_to_be_an_object() -> None:
    assert "must be an object" in _refused(contactDetails="York").title


def test_a_word_that_names_a_field_and_a_group_means_what_fits_its_value() -> None:
    """``name`` is another name of the vendor's name, and of the group of a person's names."""
    assert FORM.check({"name": "Tea"}) == {"vendorName": "Tea"}
    given = {"vendorName": "Tea", "name": {"firstName": "Ann"}}
    assert FORM.check(given) == {"vendorName": "Tea", "firstName": "Ann"}


def test_a_field_of_the_same_name_wins_over_a_group() -> None:
    form = InputForm(
        {
            "type": "object",
            "properties": {
                "note": {"type": "object"},
                "more": {"type": "string", "x-form": {"group": "Note"}},
            },
        }
    )
    assert form.check({"note": {"any": "thing"}}) == {"note": {"any": "thing"}}

"""What customers, vendors and contacts have in common: addresses, states, who may use them."""

from __future__ import annotations

from typing import Any

from actions import additional_tags, rules
from connector.component import Inputs
from connector.errors import InputError

# Where each part of displayContact belongs among the separate inputs.
_CONTACT_PARTS = {
    "name": "displayContactName",
    "printAs": "printAs",
    "companyName": "companyName",
    "phone": "primaryPhoneNo",
    "email": "primaryEmailAddress",
}
_ADDRESS_PARTS = {
    "address1": "addressLine1",
    "address2": "addressLine2",
    "city": "city",
    "state": "stateProvince",
    "zip": "zipPostalCode",
    "country": "country",
}
_FOLDED = {"displayContact", "status"}


def party_values(inputs: Inputs) -> dict[str, Any]:
    """Return the inputs with ``displayContact`` and ``status`` in the fields that they stand for.

    Raises:
        InputError: One of those fields is given too, and says something else, the country
            code lacks its country, or the additional fields are no XML.
    """
    given = additional_tags.as_fields(inputs)
    values = rules.merged(
        {name: value for name, value in given.items() if name not in _FOLDED},
        {**_contact_values(inputs.get("displayContact", {})), **_status_values(inputs)},
        "displayContact or status",
    )
    require_country_for_iso_code(values)
    return values


def _contact_values(contact: Inputs) -> dict[str, Any]:
    address = contact.get("address", {})
    values = {name: contact.get(part) for part, name in _CONTACT_PARTS.items()}
    values |= {name: address.get(part) for part, name in _ADDRESS_PARTS.items()}
    return rules.without_blanks(values)


def _status_values(inputs: Inputs) -> dict[str, bool]:
    return {"active": inputs["status"] == "active"} if "status" in inputs else {}


def require_country_for_iso_code(values: Inputs) -> None:
    """Refuse a country code without the country's name: Intacct keeps both in step.

    Raises:
        InputError: Names country.
    """
    if values.get("isoCountryCode") and not values.get("country"):
        raise InputError(
            "country is required beside isoCountryCode.",
            advice="Give the country's full name, such as United States.",
            field="country",
        )


def require_restriction_for_places(values: Inputs) -> None:
    """Refuse locations or departments of a new record that would count for nothing.

    Raises:
        InputError: Names restrictionType.
    """
    places = _places(values)
    if places and values.get("restrictionType") != "Restricted":
        raise InputError(
            f"{places[0]} counts only when restrictionType is Restricted.",
            advice="Set restrictionType to Restricted, or leave the locations and departments out.",
            field="restrictionType",
        )


def refuse_places_without_restriction(values: Inputs) -> None:
    """Refuse a change that names places and lifts the restriction they belong to.

    A change may leave the restriction out: the record may be restricted already.

    Raises:
        InputError: Names restrictionType.
    """
    if "restrictionType" in values:
        require_restriction_for_places(values)


def _places(values: Inputs) -> list[str]:
    return [name for name in ("restrictedLocations", "restrictedDepartments") if values.get(name)]

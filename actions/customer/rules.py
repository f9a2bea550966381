"""What a new customer's inputs have to say together."""

from __future__ import annotations

from typing import Any

from actions import rules
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


def customer_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the customer that the inputs describe.

    Raises:
        InputError: Two inputs contradict one another, or one lacks another it depends on.
    """
    values = rules.merged(
        {name: value for name, value in inputs.items() if name not in {"displayContact", "status"}},
        {**_contact_values(inputs.get("displayContact", {})), **_status_values(inputs)},
        "displayContact or status",
    )
    require_email_for_delivery(values)
    require_country_for_iso_code(values)
    require_restriction_for_places(values)
    # Intacct wants a printed name for the contact it makes; the customer's own is the plain one.
    return {"printAs": values["customerName"], **values}


def _contact_values(contact: Inputs) -> dict[str, Any]:
    address = contact.get("address", {})
    values = {name: contact.get(part) for part, name in _CONTACT_PARTS.items()}
    values |= {name: address.get(part) for part, name in _ADDRESS_PARTS.items()}
    return rules.without_blanks(values)


def _status_values(inputs: Inputs) -> dict[str, bool]:
    return {"active": inputs["status"] == "active"} if "status" in inputs else {}


def require_email_for_delivery(values: Inputs) -> None:
    """Refuse delivery by e-mail to a customer without an address for it.

    Raises:
        InputError: Names primaryEmailAddress.
    """
    if "E-Mail" in values.get("deliveryMethod", "") and not values.get("primaryEmailAddress"):
        raise InputError(
            "primaryEmailAddress is required when documents are delivered by e-mail.",
            advice="Give the customer's e-mail address, or choose Print as deliveryMethod.",
            field="primaryEmailAddress",
        )


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
    """Refuse locations or departments that would count for nothing.

    Raises:
        InputError: Names restrictionType.
    """
    places = [n for n in ("restrictedLocations", "restrictedDepartments") if values.get(n)]
    if places and values.get("restrictionType") != "Restricted":
        raise InputError(
            f"{places[0]} counts only when restrictionType is Restricted.",
            advice="Set restrictionType to Restricted, or leave the locations and departments out.",
            field="restrictionType",
        )

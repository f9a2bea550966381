"""What a customer's inputs have to say together."""

from __future__ import annotations

from typing import Any

from actions import parties
from connector.component import Inputs
from connector.errors import InputError


def customer_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the new customer that the inputs describe.

    Raises:
        InputError: Two inputs contradict one another, or one lacks another it depends on.
    """
    values = parties.party_values(inputs)
    require_email_for_delivery(values)
    parties.require_restriction_for_places(values)
    # Intacct wants a printed name for the contact it makes; the customer's own is the plain one.
    return {"printAs": values["customerName"], **values}


def customer_changes(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the customer that the inputs change, and only those.

    What a change leaves out may stand in the record already, such as the address for e-mail.

    Raises:
        InputError: Two inputs contradict one another.
    """
    values = parties.party_values(inputs)
    parties.refuse_places_without_restriction(values)
    return values


def require_email_for_delivery(values: Inputs) -> None:
    """Refuse delivery by e-mail to a new customer without an address for it.

    Raises:
        InputError: Names primaryEmailAddress.
    """
    if "E-Mail" in values.get("deliveryMethod", "") and not values.get("primaryEmailAddress"):
        raise InputError(
            "primaryEmailAddress is required when documents are delivered by e-mail.",
            advice="Give the customer's e-mail address, or choose Print as deliveryMethod.",
            field="primaryEmailAddress",
        )

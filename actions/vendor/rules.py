"""What a vendor's inputs have to say together."""

from __future__ import annotations

from typing import Any

from actions import parties
from connector.component import Inputs


def vendor_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the new vendor that the inputs describe.

    Raises:
        InputError: Two inputs contradict one another, or one lacks another it depends on.
    """
    values = parties.party_values(inputs)
    parties.require_restriction_for_places(values)
    # Intacct wants a printed name for the contact it makes; the vendor's own is the plain one.
    return {"printAs": values["vendorName"], **values}


def vendor_changes(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the vendor that the inputs change, and only those.

    Raises:
        InputError: Two inputs contradict one another.
    """
    values = parties.party_values(inputs)
    parties.refuse_places_without_restriction(values)
    return values

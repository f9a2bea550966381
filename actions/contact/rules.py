"""What a contact's inputs have to say together."""

from __future__ import annotations

from typing import Any

from actions import parties
from connector.component import Inputs


def contact_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the new contact that the inputs describe.

    Raises:
        InputError: Two inputs contradict one another, or one lacks another it depends on.
    """
    # Intacct wants a printed name; the contact's own is the plain one.
    return {"printAs": inputs["contactName"], **contact_changes(inputs)}


def contact_changes(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the contact that the inputs change, and only those.

    Raises:
        InputError: Two inputs contradict one another, or one lacks another it depends on.
    """
    return parties.party_values(inputs)

"""What a payment term's inputs have to say together."""

from __future__ import annotations

from typing import Any

from actions import additional_tags
from connector.component import Inputs
from connector.errors import InputError

_DISCOUNT = ("discountDays", "discountAmount", "discountUnit")
_OF_A_DISCOUNT = (*_DISCOUNT, "discountFrom", "discountGraceDays")


def term_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the new term that the inputs describe.

    Raises:
        InputError: A discount is described in part, or the additional fields are no XML.
    """
    refuse_half_a_discount(inputs)
    return additional_tags.as_fields(inputs)


def refuse_half_a_discount(inputs: Inputs) -> None:
    """Refuse a discount that does not say how much, of what kind and for how long.

    Raises:
        InputError: Names the part that is missing.
    """
    given = next((name for name in _OF_A_DISCOUNT if name in inputs), "")
    missing = next((name for name in _DISCOUNT if name not in inputs), "")
    if given and missing:
        raise InputError(
            f"{missing} is required, since {given} describes a discount.",
            advice="Say within how many days a discount is given, how much it is, and whether "
            "that is a percentage or an amount; or leave all of it out.",
            field=missing,
        )

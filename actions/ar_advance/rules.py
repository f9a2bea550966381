"""What an advance's inputs have to say together."""

from __future__ import annotations

from typing import Any

from actions import additional_tags, documents, lines, money_places
from connector.component import Inputs


def advance_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the new advance that the inputs describe.

    Raises:
        InputError: Two inputs contradict one another, or one lacks another it depends on.
    """
    documents.refuse_two_rates(inputs)
    values = additional_tags.as_fields(inputs)
    money_places.require_place(values)
    return {**values, "advanceItems": lines.complete_lines(inputs, "advanceItems")}


def changed_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields that should change; lines, where given, are the whole new set.

    Each of them has to be complete, since Intacct deletes what is left out (xml-api 4.4).

    Raises:
        InputError: As for a new advance; where the money went may stay as it is.
    """
    documents.refuse_two_rates(inputs)
    money_places.refuse_two_places(inputs)
    values = additional_tags.as_fields(inputs)
    if "advanceItems" in inputs:
        values["advanceItems"] = lines.complete_lines(inputs, "advanceItems")
    return values

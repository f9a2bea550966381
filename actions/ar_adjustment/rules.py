"""What an adjustment's inputs have to say together."""

from __future__ import annotations

from typing import Any

from actions import additional_tags, documents, lines
from connector.component import Inputs


def adjustment_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the new adjustment that the inputs describe.

    Raises:
        InputError: Two inputs contradict one another, or one lacks another it depends on.
    """
    return {
        **additional_tags.as_fields(inputs),
        **documents.complete_currency(inputs, "adjustment"),
        "lineItems": lines.complete_lines(inputs),
    }


def changed_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields that should change; lines with a number are changed, others added.

    Raises:
        InputError: As for a new adjustment, or two changes of one line.
    """
    values = {
        **additional_tags.as_fields(inputs),
        **documents.complete_currency(inputs, "adjustment"),
    }
    if "lineItems" in inputs:
        values["lineItems"] = lines.changed_lines(inputs)
    return values

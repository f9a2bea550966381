"""What a bill's inputs have to say together."""

from __future__ import annotations

from typing import Any

from actions import additional_tags, documents, lines
from actions.numbered import Numbered
from connector.component import Inputs

BILL = Numbered("bill", number="billNumber", party="vendorId", lines="billItems")


def bill_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the new bill that the inputs describe, every line with its amount.

    Raises:
        InputError: Two inputs contradict one another, or one lacks another it depends on.
    """
    documents.refuse_due_before(inputs, "transactionDate")
    return {
        **additional_tags.as_fields(inputs),
        **documents.due_date(inputs, "transactionDate"),
        **documents.complete_currency(inputs, "bill"),
        "billItems": lines.complete_lines(inputs, "billItems"),
    }


def changed_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields that should change; lines, where given, are the whole new set.

    Each of them has to be complete, since Intacct deletes what is left out (xml-api 4.2).

    Raises:
        InputError: As for a new bill, or two lines that carry the same number.
    """
    documents.refuse_due_before(inputs, "transactionDate")
    values = {
        **additional_tags.as_fields(inputs),
        **documents.complete_currency(inputs, "bill"),
    }
    if "billItems" in inputs:
        values["billItems"] = lines.replaced_lines(inputs, "billItems")
    return values

"""What an invoice's inputs have to say together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions import additional_tags, documents, lines
from actions.numbered import Numbered
from connector.component import Inputs
from connector.errors import InputError

INVOICE = Numbered("invoice", number="invoiceNumber", party="customerId", lines="lineItems")


def invoice_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the new invoice that the inputs describe, every line with its amount.

    Raises:
        InputError: Two inputs contradict one another, or one lacks another it depends on.
    """
    documents.refuse_due_before(inputs)
    return {
        **additional_tags.as_fields(inputs),
        **documents.due_date(inputs),
        **documents.complete_currency(inputs, "invoice"),
        "lineItems": lines.complete_lines(inputs),
    }


def changed_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields that should change; lines with a number are changed, others added.

    Raises:
        InputError: As for a new invoice, or something that cannot be changed afterwards.
    """
    refuse_base_currency(inputs)
    documents.refuse_due_before(inputs)
    values = {
        **additional_tags.as_fields(inputs),
        **documents.complete_currency(inputs, "invoice"),
    }
    if "lineItems" in inputs:
        values["lineItems"] = lines.changed_lines(inputs)
    return values


def refuse_base_currency(inputs: Mapping[str, Any]) -> None:
    """Refuse to change the base currency: ``update_invoice`` has no place for it (xml-api 4.1).

    Raises:
        InputError: Names baseCurrency.
    """
    if "baseCurrency" in inputs:
        raise InputError(
            "baseCurrency cannot be changed once the invoice exists: Intacct takes it only when "
            "an invoice is created.",
            advice="Leave it out. If it is wrong, reverse the invoice and create it anew.",
            field="baseCurrency",
        )

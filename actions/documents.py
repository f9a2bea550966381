"""What the headers of invoices, bills and adjustments have to say: due dates and currencies."""

from __future__ import annotations

from connector.component import Inputs
from connector.errors import InputError


def due_date(inputs: Inputs, created: str = "dateCreated") -> dict[str, str]:
    """Return the due date of a document that names neither day nor term: its own date.

    Intacct wants one of the two (xml-api 4.1); the form's help says what a blank means.

    Args:
        inputs: The checked inputs.
        created: The input that holds the document's own date.
    """
    if inputs.get("dueDate") or inputs.get("termName"):
        return {}
    return {"dueDate": inputs[created]}


def refuse_due_before(inputs: Inputs, created: str = "dateCreated") -> None:
    """Refuse a document that is due before it is written; a missing date is no contradiction.

    Args:
        inputs: The checked inputs.
        created: The input that holds the document's own date.

    Raises:
        InputError: Names dueDate.
    """
    due, written = inputs.get("dueDate"), inputs.get(created)
    if due and written and due < written:
        raise InputError(
            f"dueDate {due} lies before {created} {written}.",
            advice="Correct one of the two dates; with slashes the month comes first.",
            field="dueDate",
        )


def complete_currency(inputs: Inputs, document: str) -> dict[str, str]:
    """Return what makes the currency inputs whole (xml-api 4.1, currency group).

    A currency alone is converted at the Intacct Daily Rate, which is said by an empty type.

    Args:
        inputs: The checked inputs.
        document: What the currency belongs to, such as ``invoice``.

    Raises:
        InputError: A rate or base currency without currency, or two ways to find the rate.
    """
    refuse_two_rates(inputs)
    dependent = ("baseCurrency", "exchangeRate", "exchangeRateType", "exchangeRateDate")
    given = [name for name in dependent if name in inputs]
    if "currency" not in inputs:
        if not given:
            return {}
        raise InputError(
            f"currency is required beside {given[0]}.",
            advice=f"Give the {document}'s currency, such as USD, or leave out {given[0]}.",
            field="currency",
        )
    if "exchangeRate" in inputs:
        return {}
    return {"exchangeRateType": inputs.get("exchangeRateType", "")}


def refuse_two_rates(inputs: Inputs) -> None:
    """Refuse a rate of one's own beside the way to look one up.

    Raises:
        InputError: Names exchangeRateType or exchangeRateDate.
    """
    for other in ("exchangeRateType", "exchangeRateDate"):
        if "exchangeRate" in inputs and other in inputs:
            raise InputError(
                f"exchangeRate and {other} cannot both be given.",
                advice=f"Keep your own exchangeRate, or let Intacct look it up by {other}.",
                field=other,
            )

"""What a new invoice's inputs have to say together."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, localcontext
from typing import Any

from connector.component import Inputs, values
from connector.currencies import minor_units
from connector.errors import InputError

_CENT = Decimal("0.01")
# Two numbers of 24 digits multiply to 48; the default context would round them.
_DIGITS = 60


def invoice_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the invoice that the inputs describe, every line with its amount.

    Raises:
        InputError: Two inputs contradict one another, or one lacks another it depends on.
    """
    refuse_due_before_invoice(inputs)
    currency = complete_currency(inputs)
    return {**inputs, **due_date(inputs), **currency, "lineItems": _lines(inputs)}


def _lines(inputs: Inputs) -> Any:
    lines = inputs["lineItems"]
    if isinstance(lines, str):  # XML elements, read and put in order where the call is written
        return lines
    places = enumerate(lines)
    complete = [complete_line(line, f"lineItems[{place}]") for place, line in places]
    refuse_fractions_of_whole_currency(inputs.get("currency", ""), complete)
    return complete


def due_date(inputs: Inputs) -> dict[str, str]:
    """Return the due date of an invoice that names neither day nor term: its own date.

    Intacct wants one of the two (xml-api 4.1); the form's help says what a blank means.
    """
    if inputs.get("dueDate") or inputs.get("termName"):
        return {}
    return {"dueDate": inputs["dateCreated"]}


def refuse_due_before_invoice(inputs: Inputs) -> None:
    """Refuse an invoice that is due before it is written.

    Raises:
        InputError: Names dueDate.
    """
    due, created = inputs.get("dueDate"), inputs["dateCreated"]
    if due and due < created:
        raise InputError(
            f"dueDate {due} lies before dateCreated {created}.",
            advice="Correct one of the two dates; with slashes the month comes first.",
            field="dueDate",
        )


def complete_currency(inputs: Inputs) -> dict[str, str]:
    """Return what makes the currency inputs whole (xml-api 4.1, currency group).

    A currency alone is converted at the Intacct Daily Rate, which is said by an empty type.

    Raises:
        InputError: A rate or base currency without currency, or two ways to find the rate.
    """
    dependent = ("baseCurrency", "exchangeRate", "exchangeRateType", "exchangeRateDate")
    given = [name for name in dependent if name in inputs]
    if "currency" not in inputs:
        if not given:
            return {}
        raise InputError(
            f"currency is required beside {given[0]}.",
            advice=f"Give the invoice's currency, such as USD, or leave out {given[0]}.",
            field="currency",
        )
    if "exchangeRate" not in inputs:
        return {"exchangeRateType": inputs.get("exchangeRateType", "")}
    for other in ("exchangeRateType", "exchangeRateDate"):
        if other in inputs:
            raise InputError(
                f"exchangeRate and {other} cannot both be given.",
                advice=f"Keep your own exchangeRate, or let Intacct look it up by {other}.",
                field=other,
            )
    return {}


def complete_line(line: Any, path: str) -> Any:
    """Return the line with its amount; a line given as XML stays as it is.

    Args:
        line: A checked line.
        path: Where it stands, such as ``lineItems[0]``.

    Raises:
        InputError: No account or two, no amount, a price that contradicts it, a task without
            project, or a cost type without task.
    """
    if isinstance(line, str):
        return line
    require_one_account(line, path)
    require_owner(line, "taskId", "projectId", path)
    require_owner(line, "costTypeId", "taskId", path)
    kept = {name: value for name, value in line.items() if name not in {"quantity", "price"}}
    return {**kept, "amount": line_amount(line, path)}


def require_one_account(line: Mapping[str, Any], path: str) -> None:
    """Refuse a line that names no account, or names it twice.

    Raises:
        InputError: Names accountNumber or accountLabel.
    """
    number, label = "accountNumber" in line, "accountLabel" in line
    if number and label:
        raise InputError(
            f"{path} gives both accountNumber and accountLabel.",
            advice="Keep the one your company works with.",
            field=f"{path}.accountLabel",
        )
    if not (number or label):
        raise InputError(
            f"{path}.accountNumber is required, or accountLabel in its place.",
            advice="Give the revenue account of the line, such as 4000.",
            field=f"{path}.accountNumber",
        )


def require_owner(line: Mapping[str, Any], name: str, owner: str, path: str) -> None:
    """Refuse a part of something that is not named itself.

    Raises:
        InputError: Names the missing owner.
    """
    if name in line and owner not in line:
        raise InputError(
            f"{path}.{owner} is required beside {name}.",
            advice=f"Give the {owner} that {name} belongs to.",
            field=f"{path}.{owner}",
        )


def line_amount(line: Mapping[str, Any], path: str) -> str:
    """Return what the line charges, as money text.

    Raises:
        InputError: No amount, quantity without price, or both together give another amount.
    """
    amount, field = line.get("amount"), f"{path}.amount"
    product = _product(line, path)
    if product is None:
        if amount is None:
            raise InputError(
                f"{field} is required.",
                advice="Give the amount, or quantity and price.",
                field=field,
            )
        return str(amount)
    if amount is None:
        return _as_money(product, field)
    if product != Decimal(amount):
        raise InputError(
            f"{field} is {amount}, but quantity times price is {product:f}.",
            advice="Correct one of the three, or leave out quantity and price.",
            field=field,
        )
    return str(amount)


def _product(line: Mapping[str, Any], path: str) -> Decimal | None:
    given = [name for name in ("quantity", "price") if name in line]
    if not given:
        return None
    if len(given) == 1:
        missing = "price" if given[0] == "quantity" else "quantity"
        raise InputError(
            f"{path}.{missing} is required beside {given[0]}.",
            advice=f"Give both, or leave out {given[0]}: an invoice line holds only its amount.",
            field=f"{path}.{missing}",
        )
    with localcontext(prec=_DIGITS):
        return Decimal(line["quantity"]) * Decimal(line["price"])


def _as_money(product: Decimal, field: str) -> str:
    with localcontext(prec=_DIGITS):
        cents = product.quantize(_CENT)
    if cents != product:
        raise InputError(
            f"{field} is not given, and quantity times price is {product:f}.",
            advice="Give the amount as you want it rounded, without quantity and price.",
            field=field,
        )
    return values.read_money(format(cents, "f"), field)


def refuse_fractions_of_whole_currency(currency: str, lines: list[Any]) -> None:
    """Refuse cents in a currency that has none, such as yen.

    Raises:
        InputError: Names the line's amount.
    """
    if minor_units(currency):
        return
    for place, line in enumerate(lines):
        if isinstance(line, Mapping) and Decimal(line["amount"]) % 1:
            raise InputError(
                f"lineItems[{place}].amount is {line['amount']}, but {currency} has no cents.",
                advice="Round it to a whole amount first.",
                field=f"lineItems[{place}].amount",
            )

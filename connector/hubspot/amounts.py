"""What a line of a deal comes to: exact decimals, rounded once, at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal

from connector.errors import InputError

_NUMBER = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?")
_LIMIT = Decimal(10) ** 14  # what Intacct keeps
_CENT = Decimal("0.01")
# Wide enough for price x quantity x percent without a digit lost before the rounding.
_EXACT = Context(prec=120)


def net_amount(line: Mapping[str, str], name: str) -> Decimal:
    """Return what a line item costs in all, with two decimals, half a cent rounded up.

    HubSpot's own net ``amount`` counts; without one it is price times quantity (one, when blank)
    less the discount, given as an amount or as a percentage.

    Args:
        line: Properties of the line item.
        name: What the line is called, for the errors.

    Raises:
        InputError: The line has neither an amount nor a price, or one that is not a number.
    """
    if _is_given(line, "amount"):
        return round_money(read_number(line["amount"], f"The amount of {name}"))
    if not _is_given(line, "price"):
        raise InputError(
            f"{name} has neither an amount nor a price in HubSpot.",
            advice="Enter its price in HubSpot and run it again.",
            field="lineItems",
        )
    price = read_number(line["price"], f"The price of {name}")
    gross = _EXACT.multiply(price, read_quantity(line, name))
    return round_money(_EXACT.subtract(gross, _discount(line, gross, name)))


def read_quantity(line: Mapping[str, str], name: str) -> Decimal:
    """Return a line's quantity; HubSpot means one when it is blank.

    Raises:
        InputError: It is not a number.
    """
    given = line["quantity"] if _is_given(line, "quantity") else "1"
    return read_number(given, f"The quantity of {name}")


def read_number(text: str, subject: str) -> Decimal:
    """Return the exact number that HubSpot wrote as text.

    Raises:
        InputError: It is not a number that an invoice can hold.
    """
    number = Decimal(text.strip()) if _NUMBER.fullmatch(text.strip()) else None
    if number is None or abs(number) >= _LIMIT:
        raise InputError(
            f"{subject} is not a number that can be invoiced: '{text.strip()[:60]}'.",
            advice="Correct it in HubSpot and run it again.",
        )
    return number


def round_money(number: Decimal) -> Decimal:
    """Return the amount with two decimals, half a cent rounded away from zero."""
    return number.quantize(_CENT, ROUND_HALF_UP, _EXACT)


def plain(number: Decimal) -> str:
    """Return a number without exponent and without zeros at the end, such as ``2.5`` or ``10``."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _discount(line: Mapping[str, str], gross: Decimal, name: str) -> Decimal:
    if _is_given(line, "discount"):
        return read_number(line["discount"], f"The discount of {name}")
    if _is_given(line, "hs_discount_percentage"):
        percent = read_number(line["hs_discount_percentage"], f"The discount of {name}")
        return _EXACT.multiply(gross, percent).scaleb(-2, _EXACT)
    return Decimal(0)


def _is_given(line: Mapping[str, str], name: str) -> bool:
    return bool(line.get(name, "").strip())

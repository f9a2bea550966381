"""Exact money: text to Decimal and back, never through a float."""

from __future__ import annotations

import re
from decimal import MAX_EMAX, MIN_EMIN, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, Inexact
from typing import Any

from connector.currencies import minor_units
from connector.errors import InputError
from connector.workflow.wording import shown

# An amount as a person writes it, and one as a calculation may leave it until it is rounded.
_WRITTEN = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,10})?")
_CALCULATED = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,20})?")
_EXACT = Context(prec=100, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact])
_ROUNDING = Context(prec=100, rounding=ROUND_HALF_UP, traps=[])
_MAX_PLACES = 10


def money(value: Any) -> str:
    """Return an amount as plain text, such as `12.10`.

    It takes text or a whole number, at most 14 digits before and 10 after the point; separators,
    currency signs, exponents and decimal fractions that are not text are refused.
    """
    return _text(_amount(value, _WRITTEN))


def add(left: Any, right: Any) -> str:
    """Add two amounts, exactly."""
    return _result(_EXACT.add(_calculated(left), _calculated(right)))


def sub(left: Any, right: Any) -> str:
    """Take the second amount from the first, exactly."""
    return _result(_EXACT.subtract(_calculated(left), _calculated(right)))


def mul(left: Any, right: Any) -> str:
    """Multiply two amounts, exactly; round the result with `round_money` where it is money."""
    return _result(_EXACT.multiply(_calculated(left), _calculated(right)))


def div(left: Any, right: Any, places: int) -> str:
    """Divide the first amount by the second and round half up to 0 to 10 decimal places."""
    if not 0 <= places <= _MAX_PLACES:
        raise InputError(f"A division cannot be rounded to {places} places, only to 0 to 10.")
    divisor = _calculated(right)
    if not divisor:
        raise InputError(
            "An amount cannot be divided by zero.",
            advice="Check the divisor first, with a ? b : c.",
        )
    return _result(_rounded(_ROUNDING.divide(_calculated(left), divisor), places))


def round_money(amount: Any, currency: str) -> str:
    """Round half up to the currency's minor units: 2 for USD, 0 for JPY, 3 for KWD (ISO 4217)."""
    return _result(_rounded(_calculated(amount), _places(currency)))


def sum_money(amounts: list[Any]) -> str:
    """Add up a list of amounts, exactly; the sum of no amounts is `0`."""
    total = Decimal(0)
    for amount in amounts:
        total = _EXACT.add(total, _calculated(amount))
    return _result(total)


def allocate(total: Any, weights: list[Any], currency: str) -> list[str]:
    """Share an amount out by weights, rounded to the currency, so that the parts equal the total.

    The smallest units that rounding leaves over go to the parts that lost most, the first of
    equals first.
    """
    places = _places(currency)
    whole = _calculated(total)
    if _rounded(whole, places) != whole:
        raise InputError(
            f"{shown(total)} has more decimals than {currency} amounts have.",
            advice="Round it first, with round_money(...).",
        )
    shares = [_calculated(weight) for weight in weights]
    basis = sum(shares, Decimal(0))
    if not shares or basis <= 0 or min(shares) < 0:
        raise InputError(
            "An amount is shared out by weights that are not negative and not all zero.",
            advice="Check the list of weights.",
        )
    unit = Decimal(1).scaleb(-places)
    exact = [_ROUNDING.divide(_ROUNDING.multiply(whole, share), basis) for share in shares]
    parts = [number.quantize(unit, rounding=ROUND_FLOOR, context=_ROUNDING) for number in exact]
    left_over = int((whole - sum(parts, Decimal(0))) / unit)
    by_loss = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_loss[:left_over]:
        parts[place] += unit
    return [_result(part) for part in parts]


def compare(left: Any, right: Any) -> int:
    """Compare two amounts as numbers, where texts would put `9` after `10`: -1, 0 or 1."""
    return int(_EXACT.compare(_calculated(left), _calculated(right)))


def _places(currency: str) -> int:
    if re.fullmatch(r"[A-Z]{3}", currency) is None:
        raise InputError(
            f"{shown(currency)} is not a currency.", advice="Use the ISO code, such as USD."
        )
    return minor_units(currency)


def _calculated(value: Any) -> Decimal:
    return _amount(value, _CALCULATED)


def _amount(value: Any, pattern: re.Pattern[str]) -> Decimal:
    text = str(value) if isinstance(value, str | int) else ""
    if pattern.fullmatch(text) is None:
        raise InputError(f"{shown(value)} is not an amount.", advice=_advice(value))
    return Decimal(text)


def _advice(value: Any) -> str:
    if isinstance(value, float):
        return "Give it as text, such as '0.10': decimal fractions that are not text are inexact."
    if value is None or value == "":
        return "Give an amount, or use default(value, '0') where it may be missing."
    if isinstance(value, str) and ("," in value or " " in value or "_" in value):
        return "Write it without separators and blanks, such as 1000.00."
    if isinstance(value, str) and re.fullmatch(r"[-+]?[0-9.]+[eE][-+]?[0-9]+", value):
        return "Write it without an exponent, such as 1000.00."
    return "Use at most 14 digits, then if needed a point and at most 10 more, such as 1000.00."


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), context=_ROUNDING)


def _result(number: Decimal) -> str:
    text = _text(number)
    if _CALCULATED.fullmatch(text) is None:
        raise InputError(
            "The result is too large or has more than 20 decimal places.",
            advice="Round earlier, or check the amounts: more than 14 digits are not accepted.",
        )
    return text


def _text(number: Decimal) -> str:
    return format(number or number.copy_abs(), "f")  # no minus before zero

"""Money, numbers, dates and yes-or-no answers as people write them, made exact or refused."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from connector.errors import InputError

_NUMBER = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,10})?")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_US_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_YES_OR_NO = {"true": True, "false": False}

# Sage rounds what has more than two decimals (Parameter Formats page); we refuse instead.
MONEY_PLACES = 2

# Writing out 1E+999999999 would take a gigabyte; no number of a business needs more than this.
_MOST_PLACES = 20
_MOST_DIGITS = 40


def number_text(number: int | Decimal, field: str = "") -> str:
    """Return a number's digits as text, never with an exponent.

    Raises:
        InputError: It was written with an exponent, is not finite, or is absurdly long.
    """
    if isinstance(number, Decimal):
        _, digits, exponent = number.as_tuple()
        is_plain = isinstance(exponent, int) and -_MOST_PLACES <= exponent <= 0
        if is_plain and len(digits) <= _MOST_DIGITS:
            return format(number, "f")
    elif abs(number) < 10**_MOST_DIGITS:
        return str(number)
    raise InputError(
        f"{_subject(field)} is not a plain number: {_shown(_brief(number))}.",
        advice=_number_advice(""),
        field=field,
    )


def _brief(number: int | Decimal) -> str:
    # Turning a very long whole number into text is refused by Python itself.
    return str(number) if isinstance(number, Decimal) else "a very long number"


def read_decimal(value: object, field: str = "") -> Decimal:
    """Return an exact number from text, a whole number or a Decimal.

    Raises:
        InputError: A float, a separator, an exponent, NaN, or more than 14 + 10 digits.
    """
    text = str(value).strip() if isinstance(value, str) else _number_text(value, field)
    if not _NUMBER.fullmatch(text):
        raise InputError(
            f"{_subject(field)} is not a plain number: {_shown(text)}.",
            advice=_number_advice(text),
            field=field,
        )
    return Decimal(text)


def _number_text(value: object, field: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise InputError(
            f"{_subject(field)} must be written as text, such as 12.10.",
            advice="Numbers with a binary fraction lose cents; write the amount as text.",
            field=field,
        )
    return number_text(value, field)


def _number_advice(text: str) -> str:
    if "," in text:
        return "Write it without thousands separators, with a point before the cents: 1000.00."
    return "Write digits with a point before the cents, such as 1000.00."


def read_money(value: object, field: str = "") -> str:
    """Return an amount as text with no more than two decimals, exactly as meant.

    Raises:
        InputError: Not a plain number, or more decimals than Intacct keeps.
    """
    number = read_decimal(value, field)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MONEY_PLACES:
        raise InputError(
            f"{_subject(field)} has more than {MONEY_PLACES} decimals: {number}.",
            advice="Round it first, for example with round_money(amount, 'USD').",
            field=field,
        )
    return format(number, "f")


def read_date(value: object, field: str = "") -> str:
    """Return a date as ``YYYY-MM-DD`` from that form or from ``MM/DD/YYYY``.

    Intacct's own form is month first and every help text says so; nothing else is guessed.

    Raises:
        InputError: Another form, or a day that does not exist.
    """
    text = str(value).strip()
    american = _US_DATE.fullmatch(text)
    if american:
        month, day, year = (int(part) for part in american.groups())
    elif _ISO_DATE.fullmatch(text):
        year, month, day = (int(part) for part in text.split("-"))
    else:
        raise InputError(
            f"{_subject(field)} is not a date: {_shown(text)}.",
            advice="Write it as YYYY-MM-DD or MM/DD/YYYY.",
            field=field,
        )
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise InputError(
            f"{_subject(field)} names a day that does not exist: {_shown(text)}.",
            advice="Check month and day; Intacct's form is month first, MM/DD/YYYY.",
            field=field,
        ) from None


def read_yes_or_no(value: object, field: str = "") -> bool:
    """Return a boolean from one, or from the words true and false.

    Raises:
        InputError: Anything else; yes, 1 and on are not guessed.
    """
    if isinstance(value, bool):
        return value
    found = _YES_OR_NO.get(str(value).strip().lower())
    if found is None:
        raise InputError(
            f"{_subject(field)} must be true or false, not {_shown(str(value))}.", field=field
        )
    return found


def read_whole_number(value: object, field: str = "") -> int:
    """Return a whole number from one, or from its digits.

    Raises:
        InputError: A fraction, or anything that is not digits.
    """
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,15}", text):
        raise InputError(
            f"{_subject(field)} must be a whole number, not {_shown(text)}.", field=field
        )
    return int(text)


def _subject(field: str) -> str:
    return field or "The value"


def _shown(text: str) -> str:
    limit = 60
    return f"'{text[:limit]}…'" if len(text) > limit else f"'{text}'"

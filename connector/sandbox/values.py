"""Field values: how they come in, how they are kept, how they go out and how they compare.

Kept are ISO dates, UTC timestamps ending in Z, decimals as text, booleans as true or false and
labels of enumerations. Everything else is a matter of the family of functions that reads or writes.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from connector.sandbox.objects.definition import Field
from connector.sandbox.refusal import FORMAT, Fault, Refusal, rule

CENT = Decimal("0.01")
NUMBERS = frozenset({"int", "money", "rate"})
_YES_NO = {"true": "true", "false": "false", "t": "true", "f": "false"}
_DECIMAL = re.compile(r"[+-]?([0-9]{1,14}(\.[0-9]{0,10})?|\.[0-9]{1,10})")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def decimal_of(text: str) -> Decimal | None:
    """Return the number, or None when the text is none.

    No exponents, no thousands separators; more than 14 digits before the point are no amount.
    """
    found = _DECIMAL.fullmatch(text.strip())
    return Decimal(found[0]) if found else None


def rounded(amount: Decimal) -> Decimal:
    """Return the amount in cents, halves away from zero, as the gateway rounds what it is given."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def money(amount: Decimal) -> str:
    """Return an amount as it is kept and shown: two decimals, zero as 0."""
    return str(rounded(amount)) if amount else "0"


def date_of(text: str) -> date | None:
    """Return the date of MM/DD/YYYY text, or None when it is no date."""
    found = re.fullmatch(r"\s*([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})\s*", text)
    if found is None:
        return None
    month, day, year = (int(part) for part in found.groups())
    return calendar_date(year, month, day)


def calendar_date(year: int, month: int, day: int) -> date | None:
    """Return that day, or None when the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def normal(described: Field, text: str) -> str:
    """Return the text of a create or update as it is kept; a wrong format raises Refusal."""
    if not text.strip():
        return ""
    if described.kind in NUMBERS:
        return _number(described, text)
    read = _READ.get(described.kind)
    return _found(described, read(described, text.strip()), text) if read else text


_READ: dict[str, Callable[[Field, str], str | None]] = {
    "bool": lambda _, text: _YES_NO.get(text.lower()),
    "tf": lambda _, text: _YES_NO.get(text.lower()),
    "enum": lambda described, text: next(
        (label for label in described.codes if label.lower() == text.lower()), None
    ),
    "date": lambda _, text: _day(text),
    "email": lambda _, text: text if _EMAIL.fullmatch(text) else None,
}


def _number(described: Field, text: str) -> str:
    amount = decimal_of(text)
    if amount is None or (described.kind == "int" and amount != amount.to_integral_value()):
        raise illegal_format(described.name, text)
    if described.kind == "int":
        return str(int(amount))
    return money(amount) if described.kind == "money" else str(amount)


def _found(described: Field, value: str | None, text: str) -> str:
    if value is not None:
        return value
    if described.kind == "enum":
        choices = ", ".join(described.codes)
        raise rule(
            f"'{text}' is not a valid value for {described.name}. Valid values are {choices}.",
            field=described.name,
        )
    raise illegal_format(described.name, text)


def illegal_format(name: str, text: str) -> Refusal:
    """Return the refusal of text that is not in the format of its field."""
    return Refusal(
        Fault(
            FORMAT,
            f"The value '{text}' has an illegal format for the field {name}.",
            "Enter the value in the format of the field.",
            field=name,
        )
    )


def shown(described: Field | None, value: str, *, is_read: bool) -> str:
    """Return a kept value as `read` (ISO dates) or the query functions (MM/DD/YYYY) write it."""
    kind = "text" if described is None else described.kind
    if kind == "bool":
        return value or "false"
    if kind == "tf":
        return "T" if value == "true" else "F"
    if not value or is_read or kind not in ("date", "stamp"):
        return value
    day = f"{value[5:7]}/{value[8:10]}/{value[:4]}"
    return day if kind == "date" else f"{day} {value[11:19]}"


def stamp(moment: datetime) -> str:
    """Return a moment as it is kept."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def comparable(described: Field | None, text: str) -> Decimal | str | None:
    """Return what a kept value is compared by; None when it cannot be compared."""
    if described is not None and described.kind in NUMBERS:
        return decimal_of(text)
    return text


def operand(described: Field | None, text: str, *, by_code: bool) -> Decimal | str | None:
    """Return the value of a filter in the form of `comparable`.

    readByQuery names database codes (`'A'`, `'T'`), query names labels (`Posted`, `true`).
    """
    kind = "text" if described is None else described.kind
    if kind in ("date", "stamp"):
        moment, _, clock = text.strip().partition(" ")
        day = _day(moment)
        return f"{day}T{clock or '00:00:00'}Z" if day and kind == "stamp" else day
    if kind in ("bool", "tf"):
        return {"T": "true", "F": "false"}.get(text) if by_code else _YES_NO.get(text.lower())
    if kind == "enum" and by_code and described is not None:
        return {code: label for label, code in described.codes.items()}.get(text)
    return comparable(described, text)


def _day(text: str) -> str | None:
    day = date_of(text)
    return day.isoformat() if day else None

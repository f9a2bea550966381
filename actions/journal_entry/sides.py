"""The side and the amount of each line of a journal entry, however the line was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connector.component import values
from connector.errors import InputError
from connector.intacct.dialects.xml_fragments import elements_of

_SIDES = {"1": True, "-1": False}
_NATIVE = ("ACCOUNTNO", "TR_TYPE", "TRX_AMOUNT", "AMOUNT", "CURRENCY")


@dataclass(frozen=True)
class Side:
    """One line: how much it debits or credits.

    Args:
        is_debit: Whether it is a debit.
        amount: How much, never below zero.
        currency: Its three letters; empty for the company's own.
    """

    is_debit: bool
    amount: Decimal
    currency: str


def sides_of(lines: Any) -> list[Side]:
    """Return the sides of all lines; one text of XML may hold several.

    Raises:
        InputError: A line without account, side or amount, a side that is neither 1 nor -1, an
            amount below zero, or text that is no well-formed XML.
    """
    given = [lines] if isinstance(lines, str) else lines
    sides: list[Side] = []
    for place, line in enumerate(given):
        path = f"lines[{place}]"
        parts = _written(line, path) if isinstance(line, str) else [line]
        sides += [_side(part, path) for part in parts]
    return sides


def _written(text: str, path: str) -> list[Mapping[str, str]]:
    """Return lines written as XML under our names, as far as their sides are concerned."""
    return [
        _ours([(str(child.tag).upper(), (child.text or "").strip()) for child in element], path)
        for element in elements_of(text, path)
    ]


def _ours(written: list[tuple[str, str]], path: str) -> Mapping[str, str]:
    native = dict(written)
    for name in _NATIVE:
        if len({text for each, text in written if each == name}) > 1:
            raise InputError(
                f"{path} holds <{name}> twice with different values.",
                advice="Write it once in each line.",
                field=path,
            )
    # Sage's own samples write AMOUNT, its table TRX_AMOUNT (xml-api 4.7).
    amount = native.get("TRX_AMOUNT") or native.get("AMOUNT", "")
    line = {
        "accountNumber": native.get("ACCOUNTNO", ""),
        "lineType": native.get("TR_TYPE", ""),
        "amount": values.read_money(amount, f"{path}.amount") if amount else "",
        "currency": native.get("CURRENCY", ""),
    }
    return {name: value for name, value in line.items() if value}


def _side(line: Mapping[str, Any], path: str) -> Side:
    for name in ("accountNumber", "lineType", "amount"):
        if name not in line:
            raise InputError(
                f"{path}.{name} is required.",
                advice="Give account, lineType (1 for a debit, -1 for a credit) and amount.",
                field=f"{path}.{name}",
            )
    if line["lineType"] not in _SIDES:
        raise InputError(
            f"{path}.lineType must be 1 for a debit or -1 for a credit.",
            advice="Correct it; other values mean nothing to Intacct.",
            field=f"{path}.lineType",
        )
    amount = Decimal(line["amount"])
    if amount < 0:
        raise InputError(
            f"{path}.amount is {line['amount']}, but amounts are never below zero here.",
            advice="Leave the minus out and turn lineType round.",
            field=f"{path}.amount",
        )
    return Side(_SIDES[line["lineType"]], amount, line.get("currency", "").strip().upper())

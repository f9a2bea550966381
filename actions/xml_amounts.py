"""Amounts in lines that a person wrote as XML: held to the same rules as all others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from connector.component import values
from connector.currencies import minor_units
from connector.errors import InputError
from connector.intacct.dialects.xml_fragments import elements_of

_MONEY = re.compile(r".*(AMOUNT|DISCOUNTTOAPPLY|TOTALDUE|TOTALPAID)")
# Lines of the legacy functions have one amount, in the document's currency (xml-api 4.1); where
# there are two, the one in that currency begins with TRX_ (xml-api 4.2).
_LEGACY_LINES = {"LINEITEM", "UPDATELINEITEM"}


def check(lines: Any, name: str, currency: str = "") -> None:
    """Refuse amounts that Intacct would round or not understand in lines given as XML.

    Args:
        lines: XML text, or a list of lines of which some may be XML text; others are passed over.
        name: The input that holds them.
        currency: Three letters, or nothing where the company's own is meant.

    Raises:
        InputError: An amount is no plain number, has more decimals than Intacct keeps or cents in
            a currency without any, stands twice in a line, or the text is no well-formed XML.
    """
    given = [(name, lines)] if isinstance(lines, str) else _places(lines, name)
    is_whole = not minor_units(currency.strip()) if currency.strip() else False
    for path, line in given:
        for element in elements_of(line, path):
            seen: set[str] = set()
            for tag, text in _amounts(element):
                where = f"{path}.{tag}"
                if tag.upper() in seen:
                    raise InputError(
                        f"{path} holds <{tag}> twice in one line.",
                        advice="Write it once in each line.",
                        field=path,
                    )
                seen.add(tag.upper())
                amount = values.read_money(text, where)
                if is_whole and _is_of_document(element, tag) and Decimal(amount) % 1:
                    raise InputError(
                        f"{where} is {amount}, but {currency.strip()} has no cents.",
                        advice="Round it to a whole amount first.",
                        field=path,
                    )


def _places(lines: Any, name: str) -> list[tuple[str, str]]:
    return [(f"{name}[{place}]", line) for place, line in enumerate(lines) if isinstance(line, str)]


def _amounts(element: Any) -> Iterator[tuple[str, str]]:
    """Yield the amounts of a line with their names, those that are blank left out."""
    for child in element:
        text = (child.text or "").strip()
        if len(child) == 0 and text and _MONEY.fullmatch(str(child.tag).upper()):
            yield str(child.tag), text


def _is_of_document(element: Any, tag: str) -> bool:
    return str(element.tag).upper() in _LEGACY_LINES or tag.upper().startswith("TRX_")

"""The lines of a form: what one line takes, which fields stand in it, what lines add up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connector.component.values import read_decimal
from connector.errors import InputError

# How Intacct's journals tell the sides apart.
SIDES = {"1": "Debit", "-1": "Credit"}
_AMOUNT = "amount"

# Names with values, such as custom fields, are lines of two fields.
PAIR: Mapping[str, Any] = {
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "title": "Name", "examples": ["REGION_CODE"]},
        "value": {"type": "string", "title": "Value", "examples": ["NE"]},
    },
}


@dataclass(frozen=True)
class Total:
    """A sum under the lines; None where a line cannot be added up."""

    label: str
    amount: Decimal | None


def line_schema(stanza: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what one line of a list takes; nothing where the field has no lines."""
    if stanza.get("x-form", {}).get("pairs") and "properties" not in stanza:
        return PAIR
    items = stanza.get("items", {})
    return items if isinstance(items, Mapping) else {}


def columns(stanza: Mapping[str, Any], schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what most people fill in: what the example shows, and what is required."""
    if schema is PAIR:
        return tuple(PAIR["properties"])
    examples = stanza.get("examples") or [[]]
    lines = examples[0] if isinstance(examples[0], list) else []
    shown = [key for line in lines if isinstance(line, Mapping) for key in line]
    return tuple(dict.fromkeys([*shown, *schema.get("required", ())]))


def totals(schema: Mapping[str, Any], lines: Sequence[Mapping[str, str]]) -> tuple[Total, ...]:
    """Return what lines add up to: each amount that is used, or debits against credits."""
    stanzas: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
    side = next((k for k, s in stanzas.items() if set(s.get("enum", ())) == set(SIDES)), "")
    if side:
        debits = _sum([line for line in lines if line.get(side) == "1"], _AMOUNT)
        credit = _sum([line for line in lines if line.get(side) == "-1"], _AMOUNT)
        left = None if debits is None or credit is None else debits - credit
        return (Total("Debits", debits), Total("Credits", credit), Total("Difference", left))
    amounts = [key for key, stanza in stanzas.items() if stanza.get("format") == "money"]
    used = [key for key in amounts if key == _AMOUNT or any(line.get(key) for line in lines)]
    return tuple(Total(f"Total {stanzas[key]['title']}", _sum(lines, key)) for key in used)


def _sum(lines: Sequence[Mapping[str, str]], key: str) -> Decimal | None:
    try:
        return sum((read_decimal(line.get(key) or "0") for line in lines), Decimal())
    except InputError:
        return None

"""What a new record is worth: read from the write as it was frozen, never from a page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from connector.intacct.dialects.object_schema import ObjectSchema

JOURNAL = "journalEntry"

# The names of a document's currency in the two APIs, as our own encoders write them.
_CURRENCY = re.compile(
    r"<(?:currency|CURRENCY)>([A-Z]{3})</|\"(?:txnCurrency|currency)\"\s*:\s*\"([A-Z]{3})\""
)
_ENTRY = re.compile(r"<GLENTRY>(.*?)</GLENTRY>", re.DOTALL)
_DEBIT = re.compile(r"<TR_TYPE>\s*1\s*</TR_TYPE>")
_ENTRY_AMOUNT = re.compile(r"<(?:TRX_)?AMOUNT>([^<]*)</")


@dataclass(frozen=True)
class Money:
    """An amount.

    Args:
        amount: The document's total; of a journal entry, its debits.
        currency: Three letters; empty for the company's own.
    """

    amount: Decimal
    currency: str


def money_of(object_name: str, agree: Mapping[str, str], payload: str) -> Money | None:
    """Return what a create is worth; None where its record has no total or does not say it.

    Args:
        object_name: Our name of the record's kind.
        agree: What the record was to agree in, as the ledger kept it.
        payload: The write as it was frozen.
    """
    is_journal = object_name == JOURNAL
    total = _journal(payload) if is_journal else _number(agree.get(_total_field(object_name)))
    if total is None:
        return None
    named = _CURRENCY.search(payload)
    return Money(total, (named[1] or named[2]) if named else "")


@cache
def _total_field(object_name: str) -> str:
    total = ObjectSchema.find(object_name).total
    return str(total["field"]) if total else ""


def _journal(payload: str) -> Decimal | None:
    if payload.startswith("POST "):
        return _journal_over_rest(payload.partition("\n\n")[2])
    debits = [entry for entry in _ENTRY.findall(payload) if _DEBIT.search(entry)]
    amounts = [_number(found[1]) for entry in debits if (found := _ENTRY_AMOUNT.search(entry))]
    return _sum(amounts)


def _journal_over_rest(body: str) -> Decimal | None:
    lines = json.loads(body, parse_float=Decimal).get("lines", [])
    return _sum([_number(line.get("txnAmount")) for line in lines if _is_debit(line)])


def _is_debit(line: Mapping[str, Any]) -> bool:
    return str(line.get("txnType", "")).casefold() == "debit"


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal()) if known and len(known) == len(amounts) else None


def _number(text: object) -> Decimal | None:
    try:
        found = Decimal(str(text))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None

"""What a term takes off for early payment: until which day, and how much."""

from datetime import date, timedelta
from decimal import Decimal

from connector.sandbox.company import Call
from connector.sandbox.document_kinds import KINDS
from connector.sandbox.store import Body, Record
from connector.sandbox.values import rounded

PERCENT = Decimal("0.01")


def last_day(term: Record, created: str) -> str:
    """Return the last day (ISO) of the discount for a document of that day, empty without one."""
    days = term.body.get("DISCDATE", "")
    if not days or not Decimal(term.body.get("DISCAMOUNT", "0")):
        return ""
    try:
        return (date.fromisoformat(created) + timedelta(days=int(days))).isoformat()
    except OverflowError:
        return ""


def discount_of(call: Call, document: Record) -> Decimal:
    """Return the discount that the term of a document grants on all of it."""
    kind = KINDS[document.object]
    found = call.store.by_id(kind.term, document.body.get("TERMNAME", "")) if kind.term else []
    if not found:
        return Decimal(0)
    term: Body = found[0].body
    amount = Decimal(term.get("DISCAMOUNT", "0"))
    if term.get("DISCPERCAMN") == "amount":
        return rounded(amount)
    return rounded(abs(Decimal(document.body["TRX_TOTALENTERED"])) * amount * PERCENT)

"""API transactions: what the company has used, by the rule that Sage's partners publish.

Each record created, updated or deleted is one, a header with its lines is one, and each page of a
query is one, whatever it holds. Nothing is refused when the month's share is used up.
"""

from typing import Any

from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer
from connector.sandbox.store import Store
from connector.sandbox.wire.tree import Element, text_of

INCLUDED = 100_000  # a month, in the tier that everybody has
_PAGES = frozenset({"query", "readByQuery", "readMore", "readView", "readReport", "get_list"})
_BY_KEY = frozenset({"read", "readByName", "get"})


def transactions(call: Call, request: Element, answer: Answer) -> int:
    """Return what a function costs; this is not asked of one that was refused as a whole."""
    name = call.function
    if name in ("create", "update"):
        return 0 if answer.data is None else len(answer.data)
    if name == "delete":
        return len([key for key in text_of(request, "keys").split(",") if key.strip()])
    if name in _BY_KEY:
        return 1 if call.company.policies.is_on("reads_by_key_count") else 0
    # Legacy writes are told by the underscore in their names; generic names have none.
    return 1 if name in _PAGES or ("_" in name and not name.startswith("get_")) else 0


def note(call: Call, count: int) -> None:
    """Add to what the caller's month has used; it goes with the transaction it is part of."""
    if count:
        call.store.execute(
            "INSERT INTO usage VALUES (?, ?, ?, ?) ON CONFLICT (month, sender, function)"
            " DO UPDATE SET transactions = transactions + excluded.transactions",
            (f"{call.at:%Y-%m}", call.scope.sender, call.function, count),
        )


def summary(store: Store) -> dict[str, Any]:
    """Return the use of every month, by sender and by function."""
    months: dict[str, Any] = {}
    rows = store.execute("SELECT month, sender, function, transactions FROM usage ORDER BY month")
    for month, sender, function, count in rows:
        shown = months.setdefault(month, {"transactions": 0, "senders": {}, "functions": {}})
        shown["transactions"] += count
        for kind, name in (("senders", sender), ("functions", function)):
            shown[kind][name] = shown[kind].get(name, 0) + count
    rule = (
        "Each record created, updated or deleted counts 1, a header with its lines 1, each page of"
        " a query 1. Use beyond the included amount is billed, not refused."
    )
    return {"included_per_month": INCLUDED, "months": months, "rule": rule}

"""The journal entry that balances another one: the same lines, each on its other side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OTHER_SIDE = {"1": "-1", "-1": "1"}
_LONGEST_DESCRIPTION = 80
# What belongs to the first entry alone: its papers, its number, and how it is answered.
_LEFT_OUT = ("reversalDate", "resultForm", "api", "attachmentsId", "state")


def opposite(inputs: Mapping[str, Any] | None, *, of_key: str, day: str) -> dict[str, Any] | str:
    """Return the inputs of Create Journal Entry that balance an entry, or why there are none.

    Args:
        inputs: What the entry was made of, checked; None where that is not kept any more.
        of_key: The record number of the entry.
        day: The day the new one is posted on, ISO text.
    """
    if inputs is None:
        return "What the entry was made of is not kept any more; balance it in Intacct."
    if inputs.get("reversalDate"):
        return f"Intacct reverses it by itself, on {inputs['reversalDate']}."
    lines = inputs.get("lines")
    if not isinstance(lines, list) or not all(isinstance(line, Mapping) for line in lines):
        return "Its lines were given as XML text; balance it in Intacct."
    if any(line.get("lineType") not in _OTHER_SIDE for line in lines):
        return "The sides of its lines cannot be told; balance it in Intacct."
    if any(line.get("currency") and not line.get("exchangeRate") for line in lines):
        return "Its lines took the exchange rate of their day; balance it in Intacct."
    kept = {name: value for name, value in inputs.items() if name not in _LEFT_OUT}
    said = f"Reversal of {of_key}: {inputs.get('description', '')}"[:_LONGEST_DESCRIPTION]
    return {
        **kept,
        "postingDate": day,
        "description": said,
        # By this a lost answer is looked up, so it names the one entry it is for.
        "referenceNumber": f"REV-{of_key}",
        "lines": [{**line, "lineType": _OTHER_SIDE[line["lineType"]]} for line in lines],
    }

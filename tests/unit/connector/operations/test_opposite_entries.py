"""The entry that balances another one has the same lines, each on its other side."""

from __future__ import annotations

from typing import Any

import pytest

from connector.operations.opposite_entries import opposite

LINES: list[dict[str, Any]] = [
    {"accountNumber": "6400", "lineType": "1", "amount": "9.00", "customFields": {"A": "b"}},
    {"accountNumber": "1300", "lineType": "-1", "amount": "9.00", "locationId": "100"},
]
ENTRY = {
    "journal": "GJ",
    "postingDate": "2026-03-31",
    "description": "Rent " * 30,
    "referenceNumber": "R-1",
    "attachmentsId": "A-1",
    "lines": LINES,
}


def balanced(**changes: Any) -> Any:
    return opposite({**ENTRY, **changes}, of_key="77", day="2026-04-01")


def test_every_line_stands_on_its_other_side_and_keeps_the_rest() -> None:
    found = balanced()
    assert found["lines"] == [{**LINES[0], "lineType": "-1"}, {**LINES[1], "lineType": "1"}]
    assert (found["journal"], found["postingDate"]) == ("GJ", "2026-04-01")
    assert found["description"].startswith("Reversal of 77: Rent")
    assert len(found["description"]) <= 80
    assert found["referenceNumber"] == "REV-77"
    assert "attachmentsId" not in found


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reversalDate": "2026-04-01"}, "Intacct reverses it by itself, on 2026-04-01."),
        ({"lines": "<GLENTRY/>"}, "Its lines were given as XML text"),
        ({"lines": ["<GLENTRY/>"]}, "Its lines were given as XML text"),
        ({"lines": [{"accountNumber": "1"}]}, "The sides of its lines cannot be told"),
        ({"lines": [{**LINES[0], "currency": "EUR"}]}, "Its lines took the exchange rate"),
    ],
)
def test_an_entry_that_cannot_be_turned_exactly_says_why(
    changes: dict[str, Any], reason: str
) -> None:
    assert str(balanced(**changes)).startswith(reason)


def test_a_rate_that_was_given_is_kept() -> None:
    line = {**LINES[0], "currency": "EUR", "exchangeRate": "1.1"}
    assert balanced(lines=[line])["lines"][0]["exchangeRate"] == "1.1"


def test_without_its_inputs_there_is_no_way() -> None:
    assert "not kept any more" in str(opposite(None, of_key="77", day="2026-04-01"))

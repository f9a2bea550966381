"""Lists whose place Intacct forgets while they are read."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import Refused
from connector.intacct import paging
from connector.intacct.paging import Listing

ROWS = [{"RECORDNO": str(number), "NAME": "same"} for number in range(7)]


class Company:
    """Gives pages of two rows, and forgets a place as often as it is told to."""

    def __init__(self, rows: list[dict[str, Any]], losses: int) -> None:
        self.rows = rows
        self.losses = losses
        self.asked: list[str] = []

    def page(self, after: str) -> Listing:
        self.asked.append(after)
        if after == "4" and self.losses:
            self.losses -= 1
            raise Refused("The result set does not exist.")
        start = int(after or 0)
        rows = self.rows[start : start + 2]
        following = str(start + 2) if start + 2 < len(self.rows) else ""
        return Listing(rows, rows, len(self.rows), following)


def test_a_lost_place_costs_a_second_reading_and_no_row_comes_twice() -> None:
    company = Company(ROWS, losses=2)
    assert list(paging.each_once(company.page)) == ROWS
    assert company.asked == ["", "2", "4", "", "2", "4", "", "2", "4", "6"]


def test_rows_of_custom_objects_are_told_apart_too() -> None:
    rows = [{"id": str(number)} for number in range(5)]
    assert list(paging.each_once(Company(rows, losses=1).page)) == rows


def test_a_place_that_is_lost_for_ever_is_an_error() -> None:
    with pytest.raises(Refused):
        list(paging.each_once(Company(ROWS, losses=99).page))


def test_rows_without_a_number_are_not_guessed_apart() -> None:
    company = Company([{"NAME": "same"}] * 7, losses=1)
    with pytest.raises(Refused):
        list(paging.each_once(company.page))
    assert company.asked == ["", "2", "4"]

"""Spans of days that inputs describe."""

from __future__ import annotations

from connector.component import Inputs
from connector.errors import InputError


def refuse_end_before_start(inputs: Inputs) -> None:
    """Refuse a span whose last day lies before its first.

    Raises:
        InputError: Names endDate.
    """
    start, end = inputs.get("startDate"), inputs.get("endDate")
    if start and end and end < start:
        raise InputError(
            f"endDate {end} lies before startDate {start}.",
            advice="Correct one of the two dates; with slashes the month comes first.",
            field="endDate",
        )

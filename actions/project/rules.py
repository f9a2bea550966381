"""What a project's inputs have to say together."""

from __future__ import annotations

from typing import Any

from actions import additional_tags
from connector.component import Inputs
from connector.errors import InputError


def project_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the project that the inputs describe or change.

    Raises:
        InputError: The project would end before it begins, or the additional fields are no XML.
    """
    refuse_end_before_begin(inputs)
    return additional_tags.as_fields(inputs)


def refuse_end_before_begin(inputs: Inputs) -> None:
    """Refuse a project whose last day lies before its first.

    Raises:
        InputError: Names endDate.
    """
    begin, end = inputs.get("beginDate"), inputs.get("endDate")
    if begin and end and end < begin:
        raise InputError(
            f"endDate {end} lies before beginDate {begin}.",
            advice="Correct one of the two dates; with slashes the month comes first.",
            field="endDate",
        )

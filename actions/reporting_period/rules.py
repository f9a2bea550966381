"""What a reporting period's inputs have to say together."""

from __future__ import annotations

from typing import Any

from actions import additional_tags, date_spans
from connector.component import Inputs


def period_values(inputs: Inputs) -> dict[str, Any]:
    """Return the fields of the new period that the inputs describe.

    Raises:
        InputError: It would end before it starts, or the additional fields are no XML.
    """
    date_spans.refuse_end_before_start(inputs)
    return additional_tags.as_fields(inputs)

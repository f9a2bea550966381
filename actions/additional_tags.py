"""Additional XML Tags: fields under Intacct's own names, as an object or as XML elements."""

from __future__ import annotations

from typing import Any

from connector.component import Inputs
from connector.intacct.dialects.xml_fragments import fields_of

_NAME = "additionalFields"


def as_fields(inputs: Inputs) -> dict[str, Any]:
    """Return the inputs with the additional tags as names and values, however they were given.

    Raises:
        InputError: The text is no well-formed XML, or uses what a field cannot hold.
    """
    given = inputs.get(_NAME)
    if not isinstance(given, str):
        return dict(inputs)
    return {**inputs, _NAME: fields_of(given, _NAME)}

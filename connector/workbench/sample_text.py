"""The text a sample is kept as: exact, no larger than needed, without secrets."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from connector import redaction
from connector.errors import InputError
from connector.store.json_text import from_json, to_json
from connector.workflow.literal_secrets import literal_secrets
from connector.workflow.wording import join

MAX_BYTES = 64 * 1024


def read_typed(text: str) -> Any:
    """Return the JSON data that somebody typed; amounts keep their digits.

    Raises:
        InputError: It is no JSON.
    """
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise InputError(
            "This is not JSON.", advice='Write it like {"deal": {"id": "1"}}.', field="document"
        ) from None


def _refuse(name: str) -> Any:
    raise ValueError(name)


def kept(document: Any) -> str:
    """Return the text that is kept of a sample; what is or looks like a secret is masked.

    Raises:
        InputError: It is over 64 KB, or no JSON data.
    """
    plain = from_json(to_json(document))
    masked = _masked(plain, "", frozenset(literal_secrets(plain)))
    text = redaction.scrub(to_json(masked))
    if len(text.encode()) > MAX_BYTES:
        raise InputError(
            f"The sample is larger than {MAX_BYTES // 1024} KB.",
            advice="Shorten its lists: a few entries are enough to compose with.",
            field="document",
        )
    return text


def _masked(value: Any, place: str, secret: frozenset[str]) -> Any:
    if place in secret:
        return redaction.MASK
    if isinstance(value, dict):
        return {name: _masked(item, join(place, name), secret) for name, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, f"{place}[{index}]", secret) for index, item in enumerate(value)]
    return value

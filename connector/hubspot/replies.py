"""The only place that reads HubSpot's status codes and error bodies."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from connector.errors import (
    ConnectionProblem,
    ConnectorError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unreachable,
)
from connector.http import HttpReply

_SUCCESS = range(200, 300)
_FIRST_SERVER_ERROR = 500
_LONGEST_MESSAGE = 200


def problem(reply: HttpReply) -> ConnectorError | None:
    """Return what a reply means when it is not a success, else None.

    A server error is an ``OutcomeUnknown``: a gateway cannot tell what happened behind it.
    """
    if reply.status in _SUCCESS:
        return None
    said = _error_body(reply.body)
    found = _meaning(reply, said)
    found.code = str(reply.status)
    found.support_id = str(said.get("correlationId") or "")
    return found


def _meaning(reply: HttpReply, said: dict[str, Any]) -> ConnectorError:  # noqa: PLR0911 (one per meaning)
    match reply.status:
        case 401:
            return ConnectionProblem("HubSpot does not accept the connection's access token.")
        case 403:
            return ConnectionProblem(
                "HubSpot does not allow this with the connection's access token.",
                advice="Give the HubSpot app the scopes it needs, then test the connection.",
            )
        case 404:
            return NotFound("HubSpot has no such record.")
        case 429:
            return RateLimited("HubSpot's limit of calls is reached.", retry_after=_wait(reply))
        case 423 | 477:  # locked for a moment; the portal is being moved
            return Unreachable("HubSpot cannot take calls for a moment.", retry_after=_wait(reply))
    if reply.status >= _FIRST_SERVER_ERROR:
        return OutcomeUnknown("HubSpot reported a problem of its own.")
    return Refused(f"HubSpot declined the request{_plain_message(said)}")


def read_json(body: bytes) -> Any:
    """Return a JSON document with numbers that have a point as Decimal.

    Raises:
        ValueError: Not JSON, or NaN or Infinity in it.
    """
    return json.loads(body, parse_float=Decimal, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _error_body(body: bytes) -> dict[str, Any]:
    try:
        said = read_json(body)
    except (ValueError, RecursionError):
        return {}  # gateways in front of HubSpot answer with HTML
    return said if isinstance(said, dict) else {}


def _plain_message(said: dict[str, Any]) -> str:
    message = " ".join(str(said.get("message") or "").split())
    # Longer or bracketed messages repeat the request as JSON, which helps nobody who reads them.
    if not message or len(message) > _LONGEST_MESSAGE or re.search(r"[{}\[\]<>]", message):
        return "."
    return f": {message.rstrip('.')}."


def _wait(reply: HttpReply) -> float | None:
    text = reply.headers.get("retry-after", "")
    return float(text) if re.fullmatch(r"[0-9]{1,5}", text) else None

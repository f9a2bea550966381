"""How the portal reads requests and words its replies and errors."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from flask import Response, request

if TYPE_CHECKING:
    from collections.abc import Callable


class HubspotError(Exception):
    """A refusal in HubSpot's error shape.

    Args:
        status: The HTTP status.
        category: HubSpot's word for the kind of error.
        message: What is wrong.
        errors: One entry per wrong part: ``{"message", "code", "context"}``.
        headers: Headers of the reply.
    """

    def __init__(
        self,
        status: int,
        category: str,
        message: str,
        *,
        errors: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.category = category
        self.message = message
        self.errors = errors or []
        self.headers = headers or {}


def invalid(message: str, errors: list[dict[str, Any]] | None = None) -> HubspotError:
    """Return the refusal of a request that says something HubSpot does not understand."""
    return HubspotError(400, "VALIDATION_ERROR", message, errors=errors)


def not_found(message: str = "resource not found") -> HubspotError:
    """Return the refusal of a request that names something the portal does not hold."""
    return HubspotError(404, "OBJECT_NOT_FOUND", message)


def rate_limited() -> HubspotError:
    """Return the refusal of a call over the ten second limit; it names no time to come back."""
    return HubspotError(
        429,
        "RATE_LIMITS",
        "You have reached your ten_secondly_rolling limit.",
        headers={
            "X-HubSpot-RateLimit-Remaining": "0",
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        },
    )


def reply(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return the body as a JSON reply, keys in the order given."""
    return Response(json.dumps(body), status, headers, content_type="application/json")


def reply_error(error: HubspotError) -> Response:
    """Return the error as HubSpot words it; ``errors`` only where there are some."""
    body: dict[str, Any] = {
        "status": "error",
        "message": error.message,
        "correlationId": str(uuid.uuid4()),
        "category": error.category,
    }
    if error.errors:
        body["errors"] = error.errors
    return reply(body, error.status, error.headers)


def read_json(decimals: Callable[[str], object] = str) -> Any:
    """Return the request's JSON; decimals stay the text they were, so that money stays exact.

    Raises:
        HubspotError: The body is no JSON.
    """
    try:
        return json.loads(request.get_data(), parse_float=decimals)
    except ValueError:
        raise invalid("Invalid input JSON: the body could not be read.") from None


def read_object(decimals: Callable[[str], object] = str) -> dict[str, Any]:
    """Return the request's JSON object; an empty body counts as an empty object.

    Raises:
        HubspotError: The body is no JSON object.
    """
    body = read_json(decimals) if request.get_data() else {}
    if not isinstance(body, dict):
        raise invalid("Invalid input JSON: an object is expected.")
    return body


def read_list(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the list of objects under the name, empty when it is missing.

    Raises:
        HubspotError: There is something else.
    """
    found = body.get(name, [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise invalid(f"Invalid input JSON: {name} is a list of objects.")
    return found


def read_names(body: dict[str, Any], name: str) -> list[str]:
    """Return the list of texts under the name, empty when it is missing.

    Raises:
        HubspotError: There is something else.
    """
    found = body.get(name, [])
    if not isinstance(found, list) or not all(isinstance(entry, str) for entry in found):
        raise invalid(f"Invalid input JSON: {name} is a list of texts.")
    return found


def read_integer(body: dict[str, Any], name: str, default: int) -> int:
    """Return the whole number under the name.

    Raises:
        HubspotError: There is something else.
    """
    found = body.get(name, default)
    if not isinstance(found, int) or isinstance(found, bool):
        raise invalid(f"Invalid input JSON: {name} is a whole number.")
    return found


def read_boolean(body: dict[str, Any], name: str, *, default: bool) -> bool:
    """Return the true or false under the name.

    Raises:
        HubspotError: There is something else.
    """
    found = body.get(name, default)
    if not isinstance(found, bool):
        raise invalid(f"Invalid input JSON: {name} is true or false.")
    return found

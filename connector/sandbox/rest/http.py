"""JSON in and out, in which decimals stay exact."""

import json
from decimal import Decimal
from typing import Any

import flask
import orjson

from connector.sandbox.company import Company
from connector.sandbox.rest.errors import RestError, error_body

API = "/ia/api/v1"
JSON_TYPE = "application/json"


_LONGEST_NUMBER = 40  # digits; a number like 1e999999999 would fill the memory


def decoded(text: bytes | str) -> Any:
    """Return a JSON document with exact decimals; raises ValueError for what is none."""
    try:
        return json.loads(text, parse_float=_decimal, parse_int=_whole, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("The document is nested too deeply.") from None


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if abs(number.adjusted()) > _LONGEST_NUMBER or len(text) > _LONGEST_NUMBER:
        raise ValueError("A number is too long.")
    return number


def _whole(text: str) -> int | Decimal:
    number = _decimal(text)
    # Whole numbers beyond 64 bits are no integers for other readers of JSON.
    return int(number) if abs(number) < 2**63 else number


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON.")


def encoded(body: Any) -> bytes:
    """Return a JSON document; a Decimal becomes a number, digit by digit. A file stays as it is."""
    return body if isinstance(body, bytes) else orjson.dumps(body, default=_number)


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError(f"{type(value).__name__} is not JSON.")


def reply(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> flask.Response:
    """Return a JSON reply; None is a reply without a body, bytes are a file of their own type."""
    if isinstance(body, bytes):
        return flask.Response(body, status=status, headers=headers)
    content = b"" if body is None else encoded(body)
    response = flask.Response(content, status=status, headers=headers)
    if body is not None:
        response.content_type = JSON_TYPE
    return response


def error_reply(company: Company, refused: RestError) -> flask.Response:
    """Return a refusal as a reply."""
    form = company.policies["rest_error_envelope"]
    body = error_body(refused, company.support_id(), form)
    return reply(body, refused.status, refused.headers)

"""Composite requests: up to ten requests in a row that may use each other's results."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connector.sandbox.rest.batches import MULTI_STATUS
from connector.sandbox.rest.errors import Json, RestError, counts, enveloped, invalid, unprocessed
from connector.sandbox.rest.exchange import Reply, Request
from connector.sandbox.rest.http import encoded

FEWEST, MOST = 2, 10
METHODS = frozenset({"GET", "POST", "PATCH", "DELETE"})
PATH = "/services/core/composite"
_REFERENCE = re.compile(r"@\{([A-Za-z0-9_]+)((?:\.[^.{}]+)*)\}")
_FAILED = 400


def answer(request: Request, handle: Callable[[Request], Reply]) -> Reply:
    """Run the requests in order; the first that fails stops it, and what was done stays."""
    parts = request.document()
    if not isinstance(parts, list) or not FEWEST <= len(parts) <= MOST:
        raise invalid(f"A composite request is a list of {FEWEST} to {MOST} requests")
    for at, part in enumerate(parts):
        _check(part, at)
    results: dict[str, Any] = {}
    answers: list[Json] = []
    has_failed = False
    for part in parts:
        if has_failed:
            skipped = unprocessed()
            error = skipped.error(request.company.support_id())
            answers.append({"ia::error": error, "ia::status": skipped.status})
            continue
        made = _made(request, part, results, handle)
        answers.append(_told(made))
        has_failed = made.status >= _FAILED
        if "resultReference" in part and not has_failed:
            results[part["resultReference"]] = _plain(made.body).get("ia::result")
    failed = sum(one["ia::status"] >= _FAILED for one in answers)
    return Reply(MULTI_STATUS if failed else 200, enveloped(answers, counts(len(answers), failed)))


def _made(
    request: Request, part: Json, results: Mapping[str, Any], handle: Callable[[Request], Reply]
) -> Reply:
    try:
        inner = _inner(request, part, results)
    except RestError as refused:
        return Reply(refused.status, request.fault_body(refused))
    made = handle(inner)
    if isinstance(made.body, bytes):
        no_file = invalid("A file cannot be part of a composite request")
        return Reply(no_file.status, request.fault_body(no_file))
    return made


def _check(part: Any, at: int) -> None:
    if not isinstance(part, dict) or part.get("method") not in METHODS:
        raise invalid(f"The request /{at} has no method of {', '.join(sorted(METHODS))}")
    path = part.get("path")
    if not isinstance(path, str) or not path.startswith("/") or urlsplit(path).path == PATH:
        raise invalid(f"The path of the request /{at} is not valid")
    if not isinstance(part.get("headers") or {}, dict):
        raise invalid(f"The headers of the request /{at} are not an object")


def _inner(request: Request, part: Json, results: Mapping[str, Any]) -> Request:
    # Who calls and what the bodies are is inherited, no other header is.
    address = urlsplit(str(_filled(part["path"], results)))
    own = {str(name).lower(): str(value) for name, value in (part.get("headers") or {}).items()}
    body = part.get("body")
    return replace(
        request,
        method=part["method"],
        path=address.path,
        parameters=dict(parse_qsl(address.query)),
        headers=own,
        body=b"" if body is None else encoded(_filled(body, results)),
    )


def _filled(value: Any, results: Mapping[str, Any]) -> Any:
    """Return a value with its references replaced; one alone keeps the type of what it means."""
    if isinstance(value, dict):
        return {name: _filled(inside, results) for name, inside in value.items()}
    if isinstance(value, list):
        return [_filled(inside, results) for inside in value]
    if not isinstance(value, str):
        return value
    alone = _REFERENCE.fullmatch(value)
    if alone is not None:
        return _meant(alone, results)
    return _REFERENCE.sub(lambda found: str(_meant(found, results)), value)


def _meant(found: re.Match[str], results: Mapping[str, Any]) -> Any:
    if found[1] not in results:
        raise invalid(f"The result {found[1]} is not known")
    value = results[found[1]]
    for step in found[2].split(".")[1:]:
        if isinstance(value, list) and step.isdecimal() and 1 <= int(step) <= len(value):
            value = value[int(step) - 1]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        elif not (isinstance(value, dict) and step == "1"):
            raise invalid(f"The result {found[1]} has no {step}")
    return value


def _plain(body: Any) -> Json:
    """Return a reply as a client reads it."""
    read: Json = json.loads(encoded(body)) if body is not None else {}
    return read


def _told(made: Reply) -> Json:
    body: Json = made.body or {}
    result = body.get("ia::result")
    error = body.get("ia::error")
    if isinstance(result, dict) and "ia::error" in result:
        error = result["ia::error"]
    if error is not None:
        return {"ia::error": error, "ia::status": made.status}
    told: Json = {name: body[name] for name in ("ia::result", "ia::meta") if name in body}
    return {**told, "ia::status": made.status}

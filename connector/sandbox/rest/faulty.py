"""What the faults on request do to REST: most as in XML, some in the words and forms of REST."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import flask

from connector.sandbox import moves
from connector.sandbox.endpoint import Surroundings
from connector.sandbox.fault_effects import FAULTS, Exchange
from connector.sandbox.faults import Armed
from connector.sandbox.rest import grants
from connector.sandbox.rest.catalogue import CATALOGUE
from connector.sandbox.rest.errors import RestError
from connector.sandbox.rest.exchange import KEY_HEADER
from connector.sandbox.rest.http import API, JSON_TYPE, encoded, error_reply
from connector.sandbox.rest.limits import over_the_limit

Work = Callable[[], flask.Response]
Effect = Callable[[Surroundings, float, Work], flask.Response]
_QUERY = "/services/core/query"
_RESULT = "ia::result"


def faulty(sandbox: Surroundings, armed: Armed, work: Work) -> flask.Response:
    """Return what an armed fault makes of the reply."""
    own = _OWN.get(armed.fault)
    if own is not None:
        return own(sandbox, armed.seconds, work)
    exchange = Exchange(
        _in_context(work),
        lambda: _expire(sandbox),
        sandbox.wait,
        insert_row=lambda: moves.insert_in_front(sandbox.company, _listed()),
        delete_row=lambda: moves.delete_first(sandbox.company, _listed()),
        retry_after=0,
    )
    response = FAULTS[armed.fault](armed.seconds, exchange)
    if "xml" in (response.mimetype or ""):
        response.content_type = JSON_TYPE
    return response


def _in_context(work: Work) -> Work:
    """Return work that may be done later in another thread: it keeps the request it belongs to."""
    flask.request.get_data()  # the connection may be gone by then
    return flask.copy_current_request_context(work)


def _expire(sandbox: Surroundings) -> None:
    grants.end_access(sandbox.company)


def _listed() -> list[str]:
    """Return the object that the request lists, by query or by its address."""
    path = flask.request.path.removeprefix(API)
    name = path.removeprefix("/objects/").strip("/")
    if path.rstrip("/") == _QUERY:
        body = flask.request.get_json(silent=True)
        name = str(body.get("object", "")) if isinstance(body, dict) else ""
    shape = CATALOGUE.get(name)
    return [shape.described.name] if shape else []


def _rate_limit(sandbox: Surroundings, _seconds: float, _work: Work) -> flask.Response:
    return error_reply(sandbox.company, over_the_limit(sandbox.company))


def _no_key(_sandbox: Surroundings, _seconds: float, work: Work) -> flask.Response:
    response = work()
    try:
        body = json.loads(response.get_data())
    except ValueError:
        return response
    body[_RESULT] = [] if isinstance(body.get(_RESULT), list) else {}
    response.set_data(encoded(body))
    return response


def _used_before(sandbox: Surroundings, _seconds: float, work: Work) -> flask.Response:
    work()
    message = "The Idempotency-Key was used with another request"
    return error_reply(sandbox.company, RestError(409, "conflict", message))


def _other_key(_sandbox: Surroundings, _seconds: float, work: Work) -> flask.Response:
    response = work()
    response.headers["Idempotency-Key"] = f"not-{flask.request.headers.get(KEY_HEADER, '')}"
    return response


def _clock_skew(_sandbox: Surroundings, seconds: float, work: Work) -> flask.Response:
    response = work()
    response.date = datetime.now(tz=UTC) + timedelta(seconds=seconds)
    return response


_OWN: dict[str, Effect] = {
    "rate_limit": _rate_limit,
    "no_key": _no_key,
    "duplicate_reply_failure": _used_before,
    "wrong_control_id": _other_key,
    "clock_skew": _clock_skew,
}

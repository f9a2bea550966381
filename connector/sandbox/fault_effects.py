"""What faults on request do: each is one small function of its seconds and the exchange it hits.

A new one is one more entry in FAULTS; its docstring is what the documentation says of it. A fault
that holds a reply sleeps in the thread of that request alone.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Response
from lxml import etree

from connector.sandbox.refusal import DUPLICATE_CONTROL_ID, Fault
from connector.sandbox.sockets import reset_on_close
from connector.sandbox.wire.reply import (
    DECLARATION,
    XML_TYPE,
    add_errors,
    front_gateway_failure,
    serialised,
)
from connector.sandbox.wire.tree import Element

RATE_LIMIT = "GW-0010"


@dataclass
class Exchange:
    """One request: what can happen to it.

    `proceed` runs it as usual, `expire_session` ends the session that it names, `wait` holds its
    thread for some seconds, `insert_row` and `delete_row` change the object that it lists,
    `retry_after` is what a 429 advises, 0 for nothing.
    """

    proceed: Callable[[], Response]
    expire_session: Callable[[], None]
    wait: Callable[[float], None]
    insert_row: Callable[[], None]
    delete_row: Callable[[], None]
    retry_after: int


Effect = Callable[[float, Exchange], Response]


def _page(status: int, title: str) -> Response:
    text = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return Response(text, status=status, content_type="text/html; charset=UTF-8")


def _cut(body: bytes, promised: int) -> Response:
    """Return a reply that ends before the length it promises, so that the connection breaks."""
    response = Response(body, content_type=XML_TYPE)
    response.automatically_set_content_length = False
    response.headers["Content-Length"] = str(promised)
    return response


def _drop_before_commit(seconds: float, exchange: Exchange) -> Response:
    """Close the connection after `seconds` without running the request."""
    exchange.wait(seconds)
    return _cut(b"", 1)


def _commit_then_hold(seconds: float, exchange: Exchange) -> Response:
    """Run the request and hold its reply back for `seconds`."""
    response = exchange.proceed()
    exchange.wait(seconds)
    return response


def _commit_then_502(_seconds: float, exchange: Exchange) -> Response:
    """Run the request and answer with an HTML page and HTTP 502."""
    exchange.proceed()
    return _page(502, "502 Bad Gateway")


def _commit_then_524(_seconds: float, exchange: Exchange) -> Response:
    """Run the request and answer with a content network's page and HTTP 524."""
    exchange.proceed()
    return _timed_out()


def _timed_out() -> Response:
    text = (
        '<html><body><div id="cf-error-details">Error 524: A timeout occurred</div></body></html>'
    )
    return Response(text, status=524, content_type="text/html; charset=UTF-8")


def _html_200(_seconds: float, _exchange: Exchange) -> Response:
    """Answer with an HTML page and HTTP 200 without running the request."""
    return _page(200, "Sign in")


def _truncate(_seconds: float, exchange: Exchange) -> Response:
    """Run the request, send half of its reply and close the connection."""
    body = exchange.proceed().get_data()
    return _cut(body[: len(body) // 2], len(body))


def _late_commit(seconds: float, exchange: Exchange) -> Response:
    """Answer HTTP 524 at once and run the request after `seconds`."""
    later = threading.Timer(seconds, exchange.proceed)
    later.daemon = True
    later.start()
    return _timed_out()


def rate_limit(retry_after: int = 0) -> Response:
    """Return the refusal of one request too many, with advice in seconds unless it is 0."""
    failure = front_gateway_failure(RATE_LIMIT, "API rate limit exceeded")
    response = Response(serialised(failure, is_pretty=False), status=429, content_type=XML_TYPE)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _rate_limit(_seconds: float, exchange: Exchange) -> Response:
    """Refuse the request with HTTP 429."""
    return rate_limit(exchange.retry_after)


def _unavailable_503(_seconds: float, _exchange: Exchange) -> Response:
    """Refuse the request with an HTML page and HTTP 503."""
    return _page(503, "The Service is Temporarily Off-line")


def _session_expired(_seconds: float, exchange: Exchange) -> Response:
    """End the session of the request, in REST all access tokens, then answer as usual."""
    exchange.expire_session()
    return exchange.proceed()


def _rewritten(exchange: Exchange, change: Callable[[Element], None]) -> Response:
    """Return the usual reply with each of its results changed."""
    response = exchange.proceed()
    top = etree.fromstring(response.get_data())
    for result in top.iterfind("operation/result"):
        change(result)
    response.set_data(DECLARATION + etree.tostring(top, encoding="utf-8"))
    return response


def _wrong_control_id(_seconds: float, exchange: Exchange) -> Response:
    """Run the request and answer under another control id."""

    def change(result: Element) -> None:
        control_id = result.find("controlid")
        if control_id is not None:
            control_id.text = f"not-{control_id.text}"

    return _rewritten(exchange, change)


def _no_key(_seconds: float, exchange: Exchange) -> Response:
    """Run the request and leave keys and data out of its results."""

    def change(result: Element) -> None:
        for tag in ("key", "data"):
            for found in result.findall(tag):
                result.remove(found)

    return _rewritten(exchange, change)


def _duplicate_reply_failure(_seconds: float, exchange: Exchange) -> Response:
    """Run the request and say that its control id was used before."""

    def change(result: Element) -> None:
        for found in result.findall("*"):
            if found.tag == "status":
                found.text = "failure"
            elif found.tag not in ("function", "controlid"):
                result.remove(found)
        text = "A function with that control id was already completed."
        add_errors(result, [Fault(DUPLICATE_CONTROL_ID, text, "Send a new control id.")])

    return _rewritten(exchange, change)


def _drip(seconds: float, exchange: Exchange) -> Response:
    """Send the reply byte by byte, `seconds` apart but at most one."""
    response = exchange.proceed()
    body, pause = response.get_data(), min(seconds, 1.0)

    def drops() -> Iterator[bytes]:
        for position in range(len(body)):
            exchange.wait(pause)
            yield body[position : position + 1]

    response.response = drops()
    return response


def _reset(_seconds: float, exchange: Exchange) -> Response:
    """Commit, send the headers, then reset the connection.

    Where its socket cannot be found for sure it is only closed.
    """
    reset_on_close()
    return _cut(b"", len(exchange.proceed().get_data()))


def _clock_skew(seconds: float, exchange: Exchange) -> Response:
    """Answer as if the gateway's clock were `seconds` ahead, behind when negative."""
    response = exchange.proceed()
    skew = timedelta(seconds=seconds)
    top = etree.fromstring(response.get_data())
    for tag in ("sessiontimestamp", "sessiontimeout"):
        for found in top.iterfind(f"operation/authentication/{tag}"):
            found.text = (datetime.fromisoformat(str(found.text)) + skew).isoformat()
    response.set_data(DECLARATION + etree.tostring(top, encoding="utf-8"))
    response.date = datetime.now(tz=UTC) + skew
    return response


def _duplicate_rows(_seconds: float, exchange: Exchange) -> Response:
    """Insert a record into the listed object, so that a page repeats a row."""
    exchange.insert_row()
    return exchange.proceed()


def _moving_rows(_seconds: float, exchange: Exchange) -> Response:
    """Delete a record of the listed object, so that a page skips a row."""
    exchange.delete_row()
    return exchange.proceed()


FAULTS: dict[str, Effect] = {
    "drop_before_commit": _drop_before_commit,
    "commit_then_hold": _commit_then_hold,
    "commit_then_502": _commit_then_502,
    "commit_then_524": _commit_then_524,
    "html_200": _html_200,
    "truncate": _truncate,
    "late_commit": _late_commit,
    "rate_limit": _rate_limit,
    "unavailable_503": _unavailable_503,
    "session_expired": _session_expired,
    "wrong_control_id": _wrong_control_id,
    "no_key": _no_key,
    "duplicate_reply_failure": _duplicate_reply_failure,
    "drip": _drip,
    "reset": _reset,
    "clock_skew": _clock_skew,
    "duplicate_rows": _duplicate_rows,
    "moving_rows": _moving_rows,
}

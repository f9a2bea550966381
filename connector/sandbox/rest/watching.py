"""What happens around every request: latency, limits at once, faults on request, and a note."""

import time
from collections.abc import Callable

import flask

from connector.sandbox.endpoint import Surroundings
from connector.sandbox.fault_effects import FAULTS, Exchange
from connector.sandbox.faults import Armed
from connector.sandbox.rest import grants
from connector.sandbox.rest.exchange import KEY_HEADER
from connector.sandbox.rest.http import API, JSON_TYPE, error_reply
from connector.sandbox.rest.limits import over_the_limit, too_many_at_once
from connector.sandbox.traffic import Seen

# Faults that rewrite an XML reply, or the rows of an XML list, mean nothing here.
XML_ONLY = frozenset(
    {
        "wrong_control_id",
        "no_key",
        "duplicate_reply_failure",
        "clock_skew",
        "duplicate_rows",
        "moving_rows",
    }
)


def watched(sandbox: Surroundings, work: Callable[[], flask.Response]) -> flask.Response:
    """Do the work under the armed faults and the limit of requests at once, and note it."""
    started, at = time.perf_counter(), sandbox.company.now()
    if latency := sandbox.company.config.latency_ms:
        sandbox.wait(latency / 1000)
    name = f"{flask.request.method} {flask.request.path.removeprefix(API)}"
    armed = None
    with sandbox.company.gate.entered(int(sandbox.company.policies["concurrency"])) as is_in:
        if is_in:
            armed = _armed(sandbox, name)
            response = _faulty(sandbox, armed, work) if armed else work()
        else:
            response = error_reply(sandbox.company, too_many_at_once(sandbox.company))
    key = flask.request.headers.get(KEY_HEADER, "")
    sandbox.traffic.note(
        Seen(
            at=at.isoformat(),
            functions=[name],
            control_ids=[key] if key else [],
            status=response.status_code,
            fault=armed.fault if armed else "",
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
        )
    )
    return response


def _armed(sandbox: Surroundings, name: str) -> Armed | None:
    """Return the fault that a request meets.

    Token requests meet only faults that name them: clients make them before and between others.
    """
    if "/oauth2/" not in name:
        return sandbox.faults.take([name, _without_keys(name), "rest"])
    is_named = any(fault["function"] == name for fault in sandbox.faults.all())
    return sandbox.faults.take([name]) if is_named else None


def _without_keys(name: str) -> str:
    return "/".join(name.split("/")[:4])


def _faulty(
    sandbox: Surroundings, armed: Armed, work: Callable[[], flask.Response]
) -> flask.Response:
    """Return what an armed fault makes of the reply, in the words of REST."""
    company = sandbox.company
    if armed.fault in XML_ONLY:
        return work()
    if armed.fault == "rate_limit":
        return error_reply(company, over_the_limit(company))
    exchange = Exchange(
        _in_context(work),
        lambda: _expire(sandbox),
        sandbox.wait,
        insert_row=_nothing,
        delete_row=_nothing,
        retry_after=0,
    )
    response = FAULTS[armed.fault](armed.seconds, exchange)
    if "xml" in (response.mimetype or ""):
        response.content_type = JSON_TYPE
    return response


def _in_context(work: Callable[[], flask.Response]) -> Callable[[], flask.Response]:
    """Return work that may be done later in another thread: it keeps the request it belongs to."""
    flask.request.get_data()  # the connection may be gone by then
    return flask.copy_current_request_context(work)


def _nothing() -> None:
    """Stand in for what only lists of the XML API have."""


def _expire(sandbox: Surroundings) -> None:
    grants.end_access(sandbox.company)

"""What happens around every request: latency, limits at once, faults on request, and a note."""

import time
from collections.abc import Callable

import flask

from connector.sandbox.endpoint import Surroundings
from connector.sandbox.faults import Armed
from connector.sandbox.rest.exchange import KEY_HEADER
from connector.sandbox.rest.faulty import faulty
from connector.sandbox.rest.http import API, error_reply
from connector.sandbox.rest.limits import throttle_headers, too_many_at_once
from connector.sandbox.traffic import Seen


def watched(sandbox: Surroundings, work: Callable[[], flask.Response]) -> flask.Response:
    """Do the work under the armed faults and the limit of requests at once, and note it."""
    started, at = time.perf_counter(), sandbox.company.now()
    if latency := sandbox.company.config.latency_ms:
        sandbox.wait(latency / 1000)
    name = f"{flask.request.method} {flask.request.path.removeprefix(API)}"
    armed = None
    limit = int(sandbox.company.policies["concurrency"])
    with sandbox.company.gate.entered(limit) as is_in:
        if is_in:
            told = throttle_headers(limit, sandbox.company.gate.inside)
            armed = _armed(sandbox, name)
            response = faulty(sandbox, armed, work) if armed else work()
            response.headers.update(told)
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

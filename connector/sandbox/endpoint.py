"""The gateway's HTTP face: POST /ia/xml/xmlgw.phtml."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import flask

from connector.sandbox import gateway, moves
from connector.sandbox.company import Company
from connector.sandbox.config import GATEWAY_PATH
from connector.sandbox.fault_effects import FAULTS, Exchange, rate_limit
from connector.sandbox.faults import Armed, Faults, from_header
from connector.sandbox.sessions import expire_all
from connector.sandbox.traffic import Seen, Traffic
from connector.sandbox.wire.document import Document, parse

FAULT_HEADER = "X-Sandbox-Fault"  # an extension, for tests


@dataclass
class Surroundings:
    """What belongs to one running sandbox besides the company itself."""

    company: Company
    wait: Callable[[float], None] = time.sleep
    faults: Faults = field(default_factory=Faults)
    traffic: Traffic = field(default_factory=Traffic)


def create_gateway(sandbox: Surroundings) -> flask.Blueprint:
    """Return the blueprint that answers XML requests."""
    blueprint = flask.Blueprint("gateway", __name__)

    @blueprint.post(GATEWAY_PATH)
    def post() -> flask.Response:
        started, at = time.perf_counter(), sandbox.company.now()
        document = parse(flask.request.get_data())
        called = list(document.functions())
        names = [name for name, _ in called]
        limit = int(sandbox.company.policies["concurrency"])
        armed = None
        with sandbox.company.gate.entered(limit) as is_in:
            if is_in:
                armed = _fault(sandbox, names)
                response = _answer(sandbox, document, armed)
            else:
                response = rate_limit(int(sandbox.company.policies["retry_after_seconds"]))
        sandbox.traffic.note(
            Seen(
                at=at.isoformat(),
                functions=names,
                control_ids=[control_id for _, control_id in called],
                status=response.status_code,
                fault=armed.fault if armed else "",
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )
        )
        return response

    return blueprint


def _fault(sandbox: Surroundings, functions: list[str]) -> Armed | None:
    """Return the fault that the request asks for itself, or the next armed one that it meets."""
    asked = flask.request.headers.get(FAULT_HEADER)
    if not asked:
        return sandbox.faults.take(functions)
    try:
        return from_header(asked)
    except ValueError as unknown:
        flask.abort(flask.make_response(flask.jsonify(error=str(unknown)), 400))


def _answer(sandbox: Surroundings, document: Document, armed: Armed | None) -> flask.Response:
    if latency := sandbox.company.config.latency_ms:
        sandbox.wait(latency / 1000)
    exchange = _exchange(sandbox, document, flask.request.base_url)
    return FAULTS[armed.fault](armed.seconds, exchange) if armed else exchange.proceed()


def _exchange(sandbox: Surroundings, document: Document, endpoint: str) -> Exchange:
    company = sandbox.company

    def proceed() -> flask.Response:
        reply = gateway.answer(company, document, endpoint)
        return flask.Response(reply.body, status=reply.status, content_type=reply.content_type)

    def expire_session() -> None:
        if document.top is None:
            return
        for session in document.top.iterfind("operation/authentication/sessionid"):
            expire_all(company, (session.text or "").strip() or None)

    return Exchange(
        proceed,
        expire_session,
        sandbox.wait,
        insert_row=lambda: moves.insert_in_front(company, moves.listed(company, document)),
        delete_row=lambda: moves.delete_first(company, moves.listed(company, document)),
        retry_after=int(company.policies["retry_after_seconds"]),
    )

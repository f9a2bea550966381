"""The gateway's HTTP face: POST /ia/xml/xmlgw.phtml."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import flask

from connector.sandbox import gateway
from connector.sandbox.company import Company
from connector.sandbox.config import GATEWAY_PATH
from connector.sandbox.faults import FAULTS, XML_TYPE, Exchange, Faults
from connector.sandbox.sessions import expire_all
from connector.sandbox.traffic import Seen, Traffic
from connector.sandbox.wire.document import Document, parse


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
        if latency := sandbox.company.config.latency_ms:
            sandbox.wait(latency / 1000)
        document = parse(flask.request.get_data())
        called = list(document.functions())
        names = [name for name, _ in called]
        armed = sandbox.faults.take(names)
        exchange = _exchange(sandbox, document, flask.request.base_url)
        response = FAULTS[armed.fault](armed, exchange) if armed else exchange.proceed()
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


def _exchange(sandbox: Surroundings, document: Document, endpoint: str) -> Exchange:
    def proceed() -> flask.Response:
        reply = gateway.answer(sandbox.company, document, endpoint)
        return flask.Response(reply.body, status=reply.status, content_type=XML_TYPE)

    def expire_session() -> None:
        if document.top is None:
            return
        for session in document.top.iterfind("operation/authentication/sessionid"):
            expire_all(sandbox.company, (session.text or "").strip() or None)

    return Exchange(proceed, expire_session, sandbox.wait)

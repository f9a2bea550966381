"""Requests of http steps: reads as they come, writes through the ledger of effects.

A write goes out at most once, under an Idempotency-Key that stays the same however often the run
is retried. Where no answer comes, a person decides, unless the workflow says that the receiver
takes a repeated key for the same request.
"""

from __future__ import annotations

import dataclasses
import json
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connector.connections.web_services import KIND, WebService, web_service_of
from connector.errors import (
    ConnectionProblem,
    ConnectorError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unavailable,
)
from connector.http import HttpReply, HttpRequest
from connector.intacct.layers.idempotency import Idempotency, Verdict
from connector.intacct.operation import Frozen, Operation, Result, Verb
from connector.intacct.ports import EffectLedger
from connector.runtime.services import Services
from connector.runtime.walk import Walk
from connector.workflow.engine import Scene
from connector.workflow.steps import Step
from connector.workflow.web_calls import WebCall, web_call_of

API = "http"
MAX_BYTES = 1_000_000
IDEMPOTENCY_KEY = "Idempotency-Key"

_SHOWN = 200
_OK = range(200, 300)
_NOT_FOUND = 404
_TOO_EARLY = (408, 425)
_TOO_MANY = 429
_SERVER = 500


def request_of(walk: Walk, step: Step, scene: Scene) -> WebCall:
    """Return the request of a step.

    Raises:
        InputError: An expression fails; the title names the step.
        ConnectionProblem: The step's connection cannot be used.
    """
    return walk.in_step(step, lambda: call_of(walk.services, step, scene))


def call_of(services: Services, step: Step, scene: Scene) -> WebCall:
    """Return the request of a step with its full address, and without what proves us.

    Raises:
        InputError: An expression fails, or the address is not one of the step's connection.
        ConnectionProblem: The step's connection cannot be used.
    """
    call = web_call_of(step, scene)
    if not call.connection:
        return call
    return dataclasses.replace(call, url=_service(services, call).address(call.url))


def send(services: Services, call: WebCall, ledger: EffectLedger) -> dict[str, Any]:
    """Send the request and return ``{status, headers, body}``; JSON comes back as data.

    Raises:
        Refused: The receiver said no.
        Unavailable: It was not carried out, or may be repeated; worth another try.
        Uncertain: It is a write, and nobody knows what became of it.
        InputError: The address or a header cannot be used.
        ConnectionProblem: The step's connection cannot be used.
    """
    sender = _Sender(services, call, _service(services, call) if call.connection else None)
    if not call.is_write:
        return _output(_checked(sender.exchange({}, str(uuid.uuid4())), call))

    replies: list[HttpReply] = []

    def deliver(operation: Operation) -> Result:
        key = {IDEMPOTENCY_KEY: operation.control_id}
        try:
            reply = _checked(sender.exchange(key, operation.control_id), call)
        except OutcomeUnknown as error:
            if not call.may_repeat:
                raise
            raise Unavailable(error.title, advice="It is sent again under the same key.") from error
        replies.append(reply)
        return Result(call.method, operation.control_id, reply=reply.body, http_status=reply.status)

    frozen = Frozen(API, f"{call.method} {_host(call.url)}", call.to_text(), is_write=True)
    operation = Operation(Verb.RAW, frozen=frozen, seconds=call.seconds)
    result = Idempotency(Verdict(deliver, ledger), ledger)(operation)
    if replies:
        return _output(replies[-1])
    return _output(HttpReply(result.http_status, {}, result.reply))


def _service(services: Services, call: WebCall) -> WebService:
    row = services.connection_named(call.connection)
    if row.kind != KIND:
        raise ConnectionProblem(
            f"The connection '{row.name}' is no web service.",
            advice="Choose a connection of the kind http for this step.",
            field="connection",
        )
    opened = services.connections.open(row)
    return web_service_of(row.name, opened, services.settings.allowed_origins)


@dataclass(frozen=True)
class _Sender:
    services: Services
    call: WebCall
    service: WebService | None

    def exchange(self, more: dict[str, str], request_id: str) -> HttpReply:
        request = HttpRequest(
            method=self.call.method,
            url=self.call.url,
            headers={**self.call.headers, **more},
            body=self.call.body.encode(),
            seconds=self.call.seconds,
            max_bytes=MAX_BYTES,
        )
        if self.service is None:
            return self.services.http.send(request)
        # Asked again here: the connection may lead elsewhere since the request was worked out.
        self.service.address(self.call.url)
        now_seconds = self.services.wall_clock.now_ms() // 1000
        proven = self.service.proven(request, request_id, now_seconds)
        return self.service.masked(self.services.http.send(proven))


def _checked(reply: HttpReply, call: WebCall) -> HttpReply:
    if reply.status in _OK:
        return reply
    raise _error(reply, _host(call.url))


def _error(reply: HttpReply, host: str) -> ConnectorError:
    said = f"{host} answered with the status {reply.status}"
    text = " ".join(reply.body.decode("utf-8", "replace").split())[:_SHOWN]
    title = f"{said}: {text}" if text.isprintable() and text else f"{said}."
    if reply.status == _TOO_MANY:
        return RateLimited(title, retry_after=_retry_after(reply))
    if reply.status in _TOO_EARLY or reply.status >= _SERVER:
        return OutcomeUnknown(title)
    if reply.status == _NOT_FOUND:
        return NotFound(title, advice="Check the address of the step.")
    return Refused(title, advice="Check the request of the step with whoever runs that service.")


def _retry_after(reply: HttpReply) -> float | None:
    value = reply.headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() else None


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].partition("?")[0]


def _output(reply: HttpReply) -> dict[str, Any]:
    text = reply.body.decode("utf-8", "replace").replace("\0", "")
    return {"status": reply.status, "headers": dict(reply.headers), "body": _data(text)}


def _data(text: str) -> Any:
    """Return JSON as data with exact numbers, anything else as the text it is."""
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


def _refuse(name: str) -> Any:
    raise ValueError(name)

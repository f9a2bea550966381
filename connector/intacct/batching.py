"""Many writes in one request, over either API: each is judged by itself."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from connector.errors import ConnectionProblem, ConnectorError
from connector.http import HttpRequest
from connector.intacct.dialects.rest import MAX_BATCH, RestDialect
from connector.intacct.dialects.xml import Control, SessionToken
from connector.intacct.dialects.xml_batch import (
    MOST_FUNCTIONS,
    Function,
    read_functions,
    write_functions,
)
from connector.intacct.layers.session import Session
from connector.intacct.operation import Operation, Result
from connector.intacct.ports import Exchange, Ports, SessionStore, TokenStore
from connector.intacct.rest_wire import RestWire
from connector.intacct.router import REST, XML
from connector.intacct.wire import MAX_REPLY_BYTES, Company

Answers = tuple[Result | ConnectorError, ...]
# What can go in one request, by API.
BATCH = {REST: MAX_BATCH, XML: MOST_FUNCTIONS}


@dataclass(frozen=True)
class Batch:
    """Writes that share a request; all of one API, and for REST of one object and verb.

    Args:
        operations: Frozen and planned, each under its own control id.
        name: The idempotency key of the request as a whole, for REST.
        epochs: Under which each was marked as being sent, by effect.
    """

    operations: Sequence[Operation]
    name: str
    epochs: Mapping[str, int] = field(default_factory=dict)

    @property
    def api(self) -> str:
        """The API it is for."""
        frozen = self.operations[0].frozen
        return frozen.api if frozen else XML

    @property
    def function(self) -> str:
        """The wire function of its first write, under which the meter counts all."""
        frozen = self.operations[0].frozen
        return frozen.function if frozen else ""


# How a batch is sent: the request as a whole is an operation, for its deadline and its name.
BatchSend = Callable[[Batch, Operation], Answers]


def name_of(control_ids: Sequence[str], epochs: Sequence[int]) -> str:
    """Return the idempotency key of a request with these writes.

    It is made of theirs and of how often each was sent: what was put back goes under another one,
    since Intacct keeps answers, failures too (rest-api 2.8).
    """
    parts = "\n".join(f"{one}/{epoch}" for one, epoch in zip(control_ids, epochs, strict=True))
    return "aic-b" + hashlib.sha256(parts.encode()).hexdigest()[:40]


def senders_of(
    rest: RestWire | None,
    company: Company | None,
    exchange: Exchange,
    sign_in: Callable[[], SessionToken] | None,
    ports: Ports,
) -> Mapping[str, BatchSend]:
    """Return how a batch is sent, for each API there are credentials for.

    Every record of a batch is counted, however few requests carry them (xml-api 6).

    Args:
        rest: The company's REST API; None without an OAuth application.
        company: Its Web Services credentials; None where it has none.
        exchange: Sends one HTTP request; counts it.
        sign_in: Opens a session of the XML API.
        ports: Sessions, tokens and meter.
    """
    found: dict[str, BatchSend] = {}
    if rest is not None and ports.tokens is not None:
        found[REST] = _over_rest(rest, ports.tokens)
    if company is not None and sign_in is not None:
        found[XML] = _over_xml(company, exchange, sign_in, ports.sessions)
    return {api: _counted(send, ports) for api, send in found.items()}


def sender_for(senders: Mapping[str, BatchSend], batch: Batch) -> BatchSend:
    """Return how this batch is sent.

    Raises:
        ConnectionProblem: The connection signs in to its API no longer.
    """
    if batch.api not in senders:
        raise ConnectionProblem(
            "This request was made for an API that the connection no longer signs in to.",
            advice="Give the connection its credentials for both APIs again.",
        )
    return senders[batch.api]


def _counted(send: BatchSend, ports: Ports) -> BatchSend:
    def counted(batch: Batch, whole: Operation) -> Answers:
        answers = send(batch, whole)
        for _ in batch.operations[1:]:
            ports.meter.count(batch.function)
        return answers

    return counted


def _over_rest(wire: RestWire, tokens: TokenStore) -> BatchSend:
    dialect = RestDialect()
    # The session carries what comes back without a look at it, be it one result or many.
    session = Session(wire.send_many, tokens, wire.sign_in)  # type: ignore[arg-type]

    def send(batch: Batch, whole: Operation) -> Answers:
        frozen = dialect.freeze_many(batch.operations)
        named = dataclasses.replace(whole, control_id=batch.name)
        return cast("Answers", session(named.with_frozen(frozen)))

    return send


def _over_xml(
    company: Company,
    exchange: Exchange,
    sign_in: Callable[[], SessionToken],
    sessions: SessionStore,
) -> BatchSend:
    def send(batch: Batch, whole: Operation) -> Answers:
        functions = [Function(o.frozen, o.control_id) for o in batch.operations if o.frozen]

        def post(operation: Operation, token: SessionToken) -> Result:
            control = Control(
                company.sender_id, company.sender_password, operation.control_id, is_unique=True
            )
            request = HttpRequest(
                "POST",
                token.endpoint,
                {"content-type": "application/xml"},
                write_functions(functions, token, control),
                seconds=operation.seconds,
                max_bytes=MAX_REPLY_BYTES,
            )
            reply = exchange(request, batch.function)
            answers = read_functions(reply.status, reply.headers, reply.body, functions)
            return cast("Result", answers)

        named = dataclasses.replace(whole, control_id=batch.name)
        return cast("Answers", Session(post, sessions, sign_in)(named))

    return send

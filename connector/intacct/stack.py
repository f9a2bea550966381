"""Puts the layers on top of one another, in the one order there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from connector.errors import ConnectionProblem
from connector.http import HttpReply, HttpRequest
from connector.intacct.batching import senders_of
from connector.intacct.bridge import Bridge
from connector.intacct.client import IntacctClient
from connector.intacct.dialects.rest import RestDialect
from connector.intacct.dialects.xml import SessionToken, XmlDialect
from connector.intacct.layers.budget import WithinBudget
from connector.intacct.layers.circuit import OutagePause
from connector.intacct.layers.idempotency import Idempotency, Verdict
from connector.intacct.layers.limits import LimitReading
from connector.intacct.layers.many import Many
from connector.intacct.layers.metering import Metering
from connector.intacct.layers.pacing import Pacing
from connector.intacct.layers.preview import Preview
from connector.intacct.layers.retry import Retry
from connector.intacct.layers.session import Session
from connector.intacct.layers.wire_log import WireLog
from connector.intacct.operation import Operation
from connector.intacct.ports import Exchange, Ports, Send, TokenStore
from connector.intacct.rest_wire import RestAccount, RestWire
from connector.intacct.router import APIS, REST, XML, Router
from connector.intacct.wire import Company, XmlWire

T = TypeVar("T")


def open_company(
    company: Company | None,
    send: Callable[[HttpRequest], HttpReply],
    ports: Ports,
    *,
    account: RestAccount | None = None,
    prefers: str = XML,
    is_dry_run: bool = False,
    seconds: float = 120.0,
) -> IntacctClient:
    """Return a client for one step, from the verbs down to the wire.

    Args:
        company: The connection's Web Services credentials; None where it has none.
        send: The process's outbound HTTP client.
        ports: The step's ledger, slots, session, meter and what they are guided by.
        account: The connection's OAuth application; None where it has none.
        prefers: The API to take where both can do it.
        is_dry_run: Render writes instead of sending them.
        seconds: The total deadline of one call.

    Raises:
        ConnectionProblem: There are credentials for neither API.
    """
    exchange = exchange_of(send, ports)
    doors: dict[str, Send] = {}
    pages: dict[str, Callable[[Operation], str]] = {}
    rest = session_of = None
    if account is not None and ports.tokens is not None:
        rest = RestWire(account, exchange, RestDialect(), ports.tokens)
        doors[REST] = Session(rest.send, ports.tokens, rest.sign_in)
        pages[REST] = rest.render
    if company is not None:
        wire = XmlWire(company, exchange, XmlDialect())
        sign_in = wire.sign_in if company.user_id else _bridged(wire, rest, ports.tokens)
        session_of = sign_in
        doors[XML] = Session(wire.send, ports.sessions, sign_in)
        pages[XML] = wire.render
    if not doors:
        raise ConnectionProblem("This connection has no credentials for either of Intacct's APIs.")
    router = Router([api for api in APIS if api in doors], prefers)
    calling = by_api(doors)
    sending = patience_of(Verdict(calling, ports.ledger), ports)
    planned = Idempotency(sending, ports.ledger, router.frozen_in)
    batches = senders_of(rest, company, exchange, session_of, ports)
    many = Many(batches, ports, lambda judged: patience_of(judged, ports), router.frozen_in)
    return IntacctClient(
        Preview(sending, by_api(pages)) if is_dry_run else planned,
        router,
        resend=sending,
        name=ports.ledger.name,
        seconds=seconds,
        batches=None if is_dry_run else many,
    )


def _bridged(
    wire: XmlWire, rest: RestWire | None, tokens: TokenStore | None
) -> Callable[[], SessionToken]:
    if rest is None or tokens is None:
        raise ConnectionProblem("This connection has a sender, but no user and no application.")
    return Bridge(rest, tokens, wire).sign_in


def by_api(ways: Mapping[str, Callable[[Operation], T]]) -> Callable[[Operation], T]:
    """Return the way of the API that an operation was frozen for."""

    def take(operation: Operation) -> T:
        api = operation.frozen.api if operation.frozen else ""
        if api not in ways:
            raise ConnectionProblem(
                "This request was made for an API that the connection no longer signs in to.",
                advice="Give the connection its credentials for both APIs again.",
            )
        return ways[api](operation)

    return take


def exchange_of(send: Callable[[HttpRequest], HttpReply], ports: Ports) -> Exchange:
    """Return how one request leaves, whichever API it is for: counted, noted, its limits read."""
    logged = WireLog(Metering(send, ports.meter))
    return LimitReading(logged, ports.limits) if ports.limits else logged


def patience_of(judged: Send, ports: Ports) -> Send:
    """Return the layers above the verdict, whichever API it is for.

    A repeat asks the circuit again, and the circuit is asked before a slot is taken.
    """
    paced: Send = Pacing(judged, ports.leases)
    guarded = OutagePause(paced, ports.circuit) if ports.circuit else paced
    paid = WithinBudget(guarded, ports.budget) if ports.budget else guarded
    return Retry(paid, ports.retries)

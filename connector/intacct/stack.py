"""Puts the layers on top of one another, in the one order there is."""

from __future__ import annotations

from collections.abc import Callable

from connector.http import HttpReply, HttpRequest
from connector.intacct.client import IntacctClient
from connector.intacct.dialects.xml import XmlDialect
from connector.intacct.layers.idempotency import Idempotency, Verdict
from connector.intacct.layers.metering import Metering
from connector.intacct.layers.pacing import Pacing
from connector.intacct.layers.preview import Preview
from connector.intacct.layers.retry import Retry
from connector.intacct.layers.session import Session
from connector.intacct.ports import Ports
from connector.intacct.wire import Company, XmlWire


def open_company(
    company: Company,
    send: Callable[[HttpRequest], HttpReply],
    ports: Ports,
    *,
    is_dry_run: bool = False,
    seconds: float = 120.0,
) -> IntacctClient:
    """Return a client for one step, from the verbs down to the wire.

    Args:
        company: The connection's credentials.
        send: The process's outbound HTTP client.
        ports: The step's ledger, slots, session and meter.
        is_dry_run: Render writes instead of sending them.
        seconds: The total deadline of one call.
    """
    dialect = XmlDialect()
    wire = XmlWire(company, Metering(send, ports.meter), dialect)
    session = Session(wire.send, ports.sessions, wire.sign_in)
    sending = Retry(Pacing(Verdict(session, ports.ledger), ports.leases))
    top = Preview(sending, wire.render) if is_dry_run else Idempotency(sending, ports.ledger)
    return IntacctClient(top, dialect, resend=sending, name=ports.ledger.name, seconds=seconds)

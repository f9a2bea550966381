"""What the engine is measured over: a gateway in memory, a broker, services and deliveries."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import json
import re
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from connector import master_key, registry
from connector.cli import embedded_redis
from connector.component import Context, Event, Webhook
from connector.connections.encrypt import SecretBox
from connector.http import OutboundClient
from connector.intacct.dialects.xml import SessionToken
from connector.intacct.operation import Operation
from connector.intacct.ports import Effect, EffectState
from connector.runtime.bells import Bells, make_broker
from connector.runtime.effects import control_id
from connector.runtime.services import Services
from connector.settings import Settings
from connector.store.database import Database

BOOKS = "books.test:443"
LIMIT = 8
WORKFLOW = """
name: Order to invoice
trigger: {type: hubspot.deal, connection: hubspot, config: {stages: [closedwon]}}
once: "{{ input.number }}"
steps:
  - id: invoice
    type: sage-intacct.createInvoice
    connection: books
    config:
      customerId: C-00001
      invoiceNumber: "{{ 'N-' + input.number }}"
      dateCreated: "2026-03-02"
      termName: Net 30
      lineItems:
        - {accountNumber: "4000", amount: "125.00", memo: Work}
"""
_CONTROL_ID = re.compile(rb'<function controlid="([^"]*)"')
_REPLY = """<?xml version="1.0" encoding="UTF-8"?>
<response><control><status>success</status><senderid>s</senderid><controlid>c</controlid>
<uniqueid>true</uniqueid><dtdversion>3.0</dtdversion></control>
<operation><authentication><status>success</status><userid>u</userid><companyid>c</companyid>
<locationid></locationid><sessiontimestamp>2026-03-02T00:00:00+00:00</sessiontimestamp>
<sessiontimeout>2036-03-02T00:00:00+00:00</sessiontimeout></authentication>
<result><status>success</status><function>{function}</function><controlid>{control}</controlid>
{data}</result></operation></response>"""
_SESSION = (
    '<data listtype="api" count="1"><api><sessionid>benchmark-session</sessionid>'
    "<endpoint>https://books.test:443/ia/xml/xmlgw.phtml</endpoint><locationid></locationid>"
    "</api></data>"
)


class Gateway:
    """Answers every function with success; counts how long calls were under way."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0
        self.calls: list[tuple[float, float]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request, after the time a call takes."""
        begun = time.perf_counter()
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        if self.seconds:
            time.sleep(self.seconds)
        body = request.read()
        found = _CONTROL_ID.search(body)
        assert found is not None
        control = found[1].decode()
        if b"<getAPISession" in body:
            text = _REPLY.format(function="getAPISession", control=control, data=_SESSION)
        else:
            text = _REPLY.format(function="create_invoice", control=control, data="<key>4711</key>")
        with self._lock:
            self._now -= 1
            self.calls.append((begun, time.perf_counter()))
        return httpx.Response(200, text=text, headers={"content-type": "text/xml"})


class Pending(Bells):
    """Bells that a test process answers itself."""

    def __init__(self) -> None:
        super().__init__(make_broker("memory://", 15.0))
        self.rung: list[tuple[str, str | int]] = []

    def ring(self, task: str, row_id: str | int, *_: Any, **__: Any) -> None:
        """Note what is due."""
        self.rung.append((task, row_id))


@contextmanager
def broker(folder: Path) -> Iterator[str]:
    """Run the server that comes along and give its address."""
    server = embedded_redis.prepare(folder)
    with subprocess.Popen(  # noqa: S603 - our own command
        server.argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        deadline = time.monotonic() + 30
        while not server.socket.exists():
            assert time.monotonic() < deadline, "the broker does not start"
            time.sleep(0.01)
        yield server.url
        assert process.stdin is not None
        process.stdin.close()
    embedded_redis.forget(server)


def opened(folder: Path, url: str, redis_url: str, gateway: Gateway) -> Services:
    """Return services over the database, the broker and the gateway, with their connections."""
    settings = Settings.read(
        {
            "INTACCT_DATA_DIR": str(folder),
            "INTACCT_DATABASE_URL": url,
            "INTACCT_REDIS_URL": redis_url,
            "INTACCT_ALLOWED_ORIGINS": BOOKS,
        }
    )
    master_key.make(settings.master_key_file)
    database = Database(url)
    database.upgrade()
    services = Services(settings, database, SecretBox(settings.master_keys()), Pending())
    client = OutboundClient([BOOKS], transport=httpx.MockTransport(gateway))
    services.__dict__["http"] = client
    values: dict[str, Any] = {"companyId": f"bench-{time.time_ns()}", "senderId": "sender"}
    values |= {"senderPassword": "sender-secret", "userId": "user", "userPassword": "user-secret"}
    values |= {"endpoint": f"https://{BOOKS}/ia/xml/xmlgw.phtml"}
    values |= {"concurrency": LIMIT, "callsPerMinute": 0}
    for kind, name, given in (
        ("sage-intacct", "books", values),
        ("hubspot", "hubspot", {"token": "t0ken", "clientSecret": "s3cret"}),
    ):
        if services.connections.by_name(name) is None:
            services.connections.add(kind, name, given)
    return services


class Nothing:
    """Every port of a step, keeping nothing: what is left is the cost of the bytes."""

    def __init__(self) -> None:
        self._token: SessionToken | None = None

    def plan(self, operation: Operation) -> Effect:
        """Plan in memory."""
        payload = operation.frozen.payload if operation.frozen else ""
        op_key = uuid.uuid4().hex * 2
        return Effect(op_key, control_id(op_key, 0), EffectState.PLANNED, payload)

    def mark_sending(self, *_: Any) -> int | None:
        """Give the pen to whoever asks."""
        return 1

    def forget(self, *_: Any, **__: Any) -> None:
        """Keep nothing."""

    def find(self, _call: str) -> None:
        """Know of nothing earlier."""

    def together(self, work: Callable[[Nothing], Any]) -> Any:
        """Do it at once."""
        return work(self)

    succeed = refuse = put_back = doubt = name = count = learn = forget

    @contextmanager
    def slot(self, *_: Any) -> Iterator[None]:
        """Let everybody through."""
        yield

    def current(self) -> SessionToken | None:
        """Return the one session."""
        return self._token

    def renew(self, *given: Any, **_: Any) -> SessionToken:
        """Sign in once."""
        sign_in: Callable[[], SessionToken] = given[-1]
        self._token = sign_in()
        return self._token


def delivery(number: int) -> Webhook:
    """Return a signed delivery of one event."""
    event = {"eventId": number, "subscriptionId": 25, "portalId": 4774001, "occurredAt": number}
    event |= {"objectId": number, "attemptNumber": 0}
    words = {"subscriptionType": "deal.propertyChange", "propertyName": "dealstage"}
    body = json.dumps([{**event, **words, "propertyValue": "closedwon"}]).encode()
    now = time.time_ns() // 1_000_000
    url = "http://127.0.0.1:8765/hooks/benchmark"
    source = b"POST" + url.encode() + body + str(now).encode()
    signed = base64.b64encode(hmac.new(b"s3cret", source, hashlib.sha256).digest()).decode()
    headers = {
        "x-hubspot-signature-v3": signed,
        "x-hubspot-request-timestamp": str(now),
        "content-type": "application/json",
    }
    return Webhook(method="POST", url=url, headers=headers, raw=body, received_at=now)


def fetching_nothing() -> registry.Registry:
    """Return the installed parts, with a trigger that takes the event as it came."""

    def enrich(_context: Context, event: Event, _config: Any) -> Any:
        return {"number": str(event.data["objectId"])}

    installed = registry.load()
    trigger = dataclasses.replace(installed.trigger("hubspot.deal"), enrich=enrich)
    return dataclasses.replace(installed, triggers={"hubspot.deal": trigger})

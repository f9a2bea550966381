"""What a safe write costs: rows, slot, session and meter, over a gateway that answers at once.

    python benchmarks/engine.py [--database URL] [--folder DIR] [--writes 400] [--calls 400]
        [--runs 400]

Prints the time a write takes with all its rows on disk and a slot of the company's limit, the part
of it that is protocol (the same write with its rows in memory taken off), how busy 16 threads keep
a limit of 8 calls, and runs carried from a delivery to a persisted write per second, by one
process. Client, gateway and, for PostgreSQL, the server share the machine.
"""

from __future__ import annotations

import argparse
import base64
import dataclasses
import hashlib
import hmac
import json
import os
import re
import statistics
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from connector import master_key, registry
from connector.cli import embedded_redis
from connector.component import Context, Event, Webhook
from connector.connections.encrypt import SecretBox
from connector.connections.store import ConnectionRow
from connector.errors import Busy
from connector.http import OutboundClient
from connector.intacct.dialects.xml import SessionToken
from connector.intacct.operation import Operation
from connector.intacct.ports import Effect, EffectState, Ports
from connector.intacct.stack import open_company
from connector.intacct.wire import Company
from connector.runtime import inbox, runs, workflows
from connector.runtime.advance import advance
from connector.runtime.bells import ADVANCE_RUN, ROUTE_EVENT, Bells, make_broker
from connector.runtime.effects import Intent, SqlEffects, control_id
from connector.runtime.meter import StepMeter
from connector.runtime.services import Services
from connector.settings import Settings
from connector.store import tables
from connector.store.database import Database
from connector.workflow import model, yaml_loader

THREADS = 16
LIMIT = 8
CALL_SECONDS = 0.1
INVOICE = {
    "customerId": "C-00001",
    "dateCreated": "2026-03-02",
    "termName": "Net 30",
    "lineItems": [{"accountNumber": "4000", "amount": "125.00", "memo": "Work"}],
}
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
        self.busy = 0.0

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
            self.busy += time.perf_counter() - begun
        return httpx.Response(200, text=text, headers={"content-type": "text/xml"})


class Pending(Bells):
    """Bells that a test process answers itself."""

    def __init__(self) -> None:
        super().__init__(make_broker("memory://", 15.0))
        self.rung: list[tuple[str, str | int]] = []

    def ring(self, task: str, row_id: str | int, *_: Any, **__: Any) -> None:
        """Note what is due."""
        self.rung.append((task, row_id))


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--database", default="")
    parser.add_argument("--folder", help="Where the data lies; /dev/shm takes the disk out.")
    parser.add_argument("--writes", type=int, default=400)
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--runs", type=int, default=400)
    given = parser.parse_args()
    print(f"load of the machine before      {os.getloadavg()[0]:8.2f}")
    with (
        tempfile.TemporaryDirectory(prefix="engine-", dir=given.folder) as folder,
        broker(Path(folder)) as redis_url,
    ):
        url = given.database or f"sqlite:///{folder}/intacct.db"
        gateway = Gateway()
        services = opened(Path(folder), url, redis_url, gateway)
        measure_writes(services, given.writes)
        measure_limit(services, gateway, given.calls)
        measure_runs(services, given.runs)
        services.database.close()


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
        }
    )
    master_key.make(settings.master_key_file)
    database = Database(url)
    database.upgrade()
    services = Services(settings, database, SecretBox(settings.master_keys()), Pending())
    client = OutboundClient(["books.test:443"], transport=httpx.MockTransport(gateway))
    services.__dict__["http"] = client
    values: dict[str, Any] = {"companyId": f"bench-{time.time_ns()}", "senderId": "sender"}
    values |= {"senderPassword": "sender-secret", "userId": "user", "userPassword": "user-secret"}
    values |= {"endpoint": "https://books.test:443/ia/xml/xmlgw.phtml"}
    values |= {"concurrency": LIMIT, "callsPerMinute": 0}
    for kind, name, given in (
        ("sage-intacct", "books", values),
        ("hubspot", "hubspot", {"token": "t0ken", "clientSecret": "s3cret"}),
    ):
        if services.connections.by_name(name) is None:
            services.connections.add(kind, name, given)
    return services


def write(services: Services, source: ConnectionRow, once: str) -> float:
    """Create one invoice and return the seconds it took."""
    intent = Intent(source.id, scope="benchmark", once=once)
    ledger = SqlEffects(services.database, intent, services.patience, actor="benchmark")
    begun = time.perf_counter()
    client = services.open_context(source, ledger, StepMeter()).intacct
    client.create("invoice", {**INVOICE, "invoiceNumber": once})
    return time.perf_counter() - begun


def measure_writes(services: Services, count: int) -> None:
    """Print what one write costs, one after the other."""
    source = services.connection_named("books")
    prefix = f"w{time.time_ns()}"
    for number in range(20):
        write(services, source, f"{prefix}-warm-{number}")
    spent = time.process_time()
    taken = [write(services, source, f"{prefix}-{number}") * 1000 for number in range(count)]
    spent = (time.process_time() - spent) * 1000 / count
    bare_spent = time.process_time()
    bare = bare_writes(services, source, count)
    bare_spent = (time.process_time() - bare_spent) * 1000 / count
    cuts = statistics.quantiles(taken, n=100)
    print(
        f"a write, rows on disk           {cuts[49]:8.2f} ms at the median, {cuts[98]:.1f} at p99"
    )
    print(f"the same, nothing kept          {bare:8.2f} ms at the median")
    print(f"protocol                        {cuts[49] - bare:8.2f} ms at the median")
    print(f"of it this process computed     {spent - bare_spent:8.2f} ms on average")


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


def bare_writes(services: Services, source: ConnectionRow, count: int) -> float:
    """Return the median of the same writes with nothing kept, in milliseconds."""
    values = services.connections.open(source)
    company = Company(
        endpoint=values["endpoint"],
        sender_id=values["senderId"],
        sender_password=values["senderPassword"],
        company_id=values["companyId"],
        user_id=values["userId"],
        user_password=values["userPassword"],
    )
    nothing = Nothing()
    ports = Ports(nothing, nothing, nothing, nothing)
    taken = []
    for number in range(count):
        begun = time.perf_counter()
        client = open_company(company, services.http.send, ports)
        client.create("invoice", {**INVOICE, "invoiceNumber": f"bare-{number}"})
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def measure_limit(services: Services, gateway: Gateway, count: int) -> None:
    """Print how busy many threads keep the company's slots, and that they keep the limit."""
    source = services.connection_named("books")
    prefix = f"l{time.time_ns()}"
    gateway.seconds, gateway.busy, gateway.most = CALL_SECONDS, 0.0, 0
    begun = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda n: patiently(services, source, f"{prefix}-{n}"), range(count)))
    elapsed = time.perf_counter() - begun
    gateway.seconds = 0.0
    assert gateway.most <= LIMIT, f"{gateway.most} calls at once"
    share = gateway.busy / (elapsed * LIMIT)
    print(f"{THREADS} threads on a limit of {LIMIT}      {share * 100:8.1f} % of its slots busy")


def patiently(services: Services, source: ConnectionRow, once: str) -> None:
    """Write, asking again where no slot came in time."""
    while True:
        try:
            write(services, source, once)
        except Busy:
            continue
        return


def measure_runs(services: Services, count: int) -> None:
    """Print how many deliveries one process carries to a persisted write per second."""
    services.__dict__["registry"] = _fetching_nothing()
    definition = model.parse(yaml_loader.load(WORKFLOW))
    workflows.publish(services.database, definition, actor="benchmark")
    hook = services.connection_named("hubspot")
    heartbeats = runs.Heartbeats(services.database, 60_000)
    base = time.time_ns() // 1_000_000
    bells = services.bells
    assert isinstance(bells, Pending)
    bells.rung.clear()
    begun = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda n: inbox.accept(services, hook, delivery(base + n)), range(count)))
        accepted = time.perf_counter() - begun
        events = [row_id for task, row_id in bells.rung if task == ROUTE_EVENT]
        list(pool.map(lambda row_id: inbox.route(services, int(row_id)), events))
        ready = [str(row_id) for task, row_id in bells.rung if task == ADVANCE_RUN]
        while ready:
            list(pool.map(lambda run_id: advance(services, heartbeats, run_id), ready))
            ready = _unfinished(services)
    elapsed = time.perf_counter() - begun
    print(f"deliveries kept                 {count / accepted:8.0f} per second")
    print(f"delivery to persisted write     {count / elapsed:8.0f} runs per second, one process")


def _unfinished(services: Services) -> list[str]:
    found = sa.select(tables.run.c.id).where(tables.run.c.state.in_(runs.DUE))
    hurried = tables.run.update().where(tables.run.c.state.in_(runs.DUE)).values(not_before=0)
    services.database.write(lambda c: c.execute(hurried).rowcount)
    return services.database.read(lambda c: list(c.execute(found).scalars()))


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


def _fetching_nothing() -> registry.Registry:
    """Return the installed parts, with a trigger that takes the event as it came."""

    def enrich(_context: Context, event: Event, _config: Any) -> Any:
        return {"number": str(event.data["objectId"])}

    installed = registry.load()
    trigger = dataclasses.replace(installed.trigger("hubspot.deal"), enrich=enrich)
    return dataclasses.replace(installed, triggers={"hubspot.deal": trigger})


if __name__ == "__main__":
    main()

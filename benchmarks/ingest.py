"""Signed deliveries per second that are accepted, stored durably and answered for.

    python benchmarks/ingest.py [--deliveries 10000] [--connections 16] [--kind hubspot|webhook]

Starts the web server and its broker, no worker, and posts single-event deliveries that were signed
beforehand, each over a connection that waits for its answer before it sends the next. Prints the
rate, the time to an answer, the memory of the server and what is in the inbox afterwards: every
delivery once, or the run fails. The load generator shares the machine's cores; its share is
printed, because it cannot be given to the server.
"""

from __future__ import annotations

import argparse
import base64
import hmac
import json
import os
import selectors
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import sqlalchemy as sa

from connector.cli import embedded_redis, first_start
from connector.cli.machine import INTACCT
from connector.cli.supervisor import Program, Supervisor
from connector.connections.encrypt import SecretBox
from connector.connections.store import Connections
from connector.runtime import inbox
from connector.settings import Settings
from connector.store.database import Database
from connector.store.tables import inbox as inbox_table

SECRET = "benchmark-secret"  # noqa: S105 - made up
WEBHOOK_KEY = b"benchmark-secret-of-24-b"
LONGEST_SECONDS = 300.0
BUFFER_BYTES = 65_536
KINDS = {
    "hubspot": {"token": "t", "clientSecret": SECRET},
    "webhook": {
        "scheme": "standard-webhooks",
        "secret": "whsec_" + base64.b64encode(WEBHOOK_KEY).decode(),
    },
}


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--kind", choices=sorted(KINDS), default="hubspot")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ingest-") as folder:
        _run(Path(folder), given.kind, given.deliveries, given.connections)


def _run(folder: Path, kind: str, count: int, connections: int) -> None:
    redis = embedded_redis.prepare(folder)
    environment = {
        "INTACCT_DATA_DIR": str(folder),
        "INTACCT_WEB_ADDRESS": f"127.0.0.1:{_free_port()}",
        "INTACCT_REDIS_URL": redis.url,
        "INTACCT_LOG_LEVEL": "WARNING",
    }
    settings = Settings.read({**os.environ, **environment})
    database = first_start.prepare(settings)
    box = SecretBox(settings.master_keys())
    source = Connections(database, box).add(kind, kind, KINDS[kind])
    programs = [
        Program("valkey", redis.argv, redis.socket.exists),
        Program("web", (*INTACCT, "web"), lambda: _answers(settings.public_url)),
    ]
    supervisor = Supervisor(programs, {**settings.environment()}, folder / "logs")
    try:
        supervisor.start()
        server = psutil.Process(supervisor.pid("web"))
        url = f"{settings.public_url}/hooks/{source.hook_token}"
        _measure(server, database, _requests(kind, url, count), url, connections)
    finally:
        supervisor.stop()
        database.close()
        embedded_redis.forget(redis)


def _measure(
    server: psutil.Process, database: Database, requests: list[bytes], url: str, connections: int
) -> None:
    count, warm = len(requests), max(1, len(requests) // 20)
    _send(requests[:warm], url, connections)
    before, used = _memory(server), _seconds_of(server)
    own = time.process_time()
    begun = time.perf_counter()
    waits = sorted(_send(requests[warm:], url, connections))
    elapsed = time.perf_counter() - begun
    own = time.process_time() - own
    used = _seconds_of(server) - used
    kept = database.read(
        lambda c: c.execute(
            sa.select(sa.func.count()).where(inbox_table.c.state == inbox.RECEIVED)
        ).scalar_one()
    )
    assert kept == count, f"{count} deliveries were answered with 200 and {kept} are kept"
    places = {"median": 0.5, "p99": 0.99, "p99.9": 0.999}
    shown = [
        f"{name} {waits[int(len(waits) * place)] * 1000:.1f}" for name, place in places.items()
    ]
    print(f"accepted and stored  {len(waits) / elapsed:8.0f} per second")
    print(f"time to an answer    {', '.join(shown)}, longest {waits[-1] * 1000:.1f} ms")
    print(f"processor time       {used / len(waits) * 1e6:8.0f} microseconds each in the server")
    print(f"                     {own / len(waits) * 1e6:8.0f} microseconds each in the generator")
    print(f"memory of the server {before:8.0f} MB, then {_memory(server):.0f} MB")
    print(f"kept                 {kept:8d} of {count}")


@dataclass
class _Sender:
    """One connection that waits for each answer."""

    connection: socket.socket
    begun: float = 0.0
    answer: bytearray = field(default_factory=bytearray)


def _send(requests: list[bytes], url: str, connections: int) -> list[float]:
    """Post every request and return how long each took; anything but 200 ends the run."""
    address = urlsplit(url)
    waits: list[float] = []
    waiting = iter(requests)
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            opened = socket.create_connection((address.hostname or "", address.port or 80))
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sender = _Sender(opened)
            selector.register(opened, selectors.EVENT_READ, sender)
            _next(sender, waiting)
        deadline = time.monotonic() + LONGEST_SECONDS
        while len(waits) < len(requests):
            assert time.monotonic() < deadline, f"{len(waits)} answers of {len(requests)} came"
            for key, _events in selector.select(1.0):
                sender = key.data
                sender.answer += sender.connection.recv(BUFFER_BYTES)
                if sender.answer.endswith(b"\r\n\r\n"):  # the answers have no body
                    assert sender.answer.startswith(b"HTTP/1.1 200 "), bytes(sender.answer[:200])
                    waits.append(time.perf_counter() - sender.begun)
                    _next(sender, waiting)
        for key in list(selector.get_map().values()):
            key.data.connection.close()
    return waits


def _next(sender: _Sender, waiting: Iterator[bytes]) -> None:
    request = next(waiting, None)
    sender.answer.clear()
    sender.begun = time.perf_counter()
    if request is not None:
        sender.connection.sendall(request)


def _requests(kind: str, url: str, count: int) -> list[bytes]:
    """Return whole requests, signed now: they hold for five minutes."""
    sign = _hubspot if kind == "hubspot" else _standard
    address = urlsplit(url)
    now = int(time.time() * 1000)
    requests = []
    for number in range(count):
        body, headers = sign(url, number, now)
        lines = [
            f"POST {address.path} HTTP/1.1",
            f"Host: {address.netloc}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        requests.append("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
    return requests


def _hubspot(url: str, number: int, now: int) -> tuple[bytes, dict[str, str]]:
    event = {"eventId": number, "subscriptionId": 25, "portalId": 33, "occurredAt": now}
    event |= {"objectId": number, "attemptNumber": 0}
    words = {"subscriptionType": "deal.propertyChange", "propertyName": "dealstage"}
    body = json.dumps([{**event, **words, "propertyValue": "closedwon"}]).encode()
    source = b"POST" + url.encode() + body + str(now).encode()
    digest = hmac.digest(SECRET.encode(), source, "sha256")
    signature = base64.b64encode(digest).decode()
    return body, {
        "X-HubSpot-Signature-v3": signature,
        "X-HubSpot-Request-Timestamp": str(now),
    }


def _standard(_url: str, number: int, now: int) -> tuple[bytes, dict[str, str]]:
    body = json.dumps({"type": "order.paid", "data": {"number": number, "amount": "9.50"}}).encode()
    name, stamp = f"msg_{number}", str(now // 1000)
    digest = hmac.digest(WEBHOOK_KEY, f"{name}.{stamp}.".encode() + body, "sha256")
    return body, {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }


def _family(server: psutil.Process) -> list[psutil.Process]:
    return [server, *server.children(recursive=True)]


def _memory(server: psutil.Process) -> float:
    return sum(member.memory_info().rss for member in _family(server)) / 1e6


def _seconds_of(server: psutil.Process) -> float:
    times = [member.cpu_times() for member in _family(server)]
    return sum(one.user + one.system for one in times)


def _answers(public_url: str) -> bool:
    try:
        return httpx.get(f"{public_url}/hooks/nobody", trust_env=False).status_code == 401  # noqa: PLR2004
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()

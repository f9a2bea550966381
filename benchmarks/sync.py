"""How fast rows go into Intacct and out of it, against what limit and latency allow.

    python benchmarks/sync.py [--rows 10000] [--latency 250] [--ceiling 30000] [--export 1000000]

Prints the load of the machine before each figure: whoever else works on it takes his share.
Against the sandbox with the given latency and two calls in flight: rows a second of an upsert as a
share of ``limit x batch / round trip``, with the round trip measured in the same run, since the
sandbox takes its own time to write a batch on the same two cores; how many times faster that is
than one call after the other; and how much of the lanes' time between the first request and the
last answer was spent waiting for Intacct, which is what is left of the limit once the first rows
are read. Against a company that answers at once: rows a second of the connector alone, every row an
effect on disk, by the clock and by the processor's time. And the memory of an export of a million
records, in a process of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson

from actions.sync.modes import Mode
from connector.cli import first_start
from connector.cli.machine import INTACCT
from connector.connections.encrypt import SecretBox
from connector.http import HttpReply, HttpRequest
from connector.runtime.bells import Bells, make_broker
from connector.runtime.services import Services
from connector.sandbox import config as sandbox
from connector.sandbox.rest.clients import CLIENT_ID, CLIENT_SECRET
from connector.settings import Settings
from connector.store.database import Database
from connector.transfer import export, sync
from connector.transfer.door import open_door
from connector.transfer.export import Query
from connector.transfer.jobs import Job
from connector.transfer.options import Options, Summary
from connector.transfer.outcomes import OutcomeFile
from connector.transfer.rows import SourceRow
from connector.transfer.sinks import FileSink

LIMIT = 2
BATCH = 500
BOOKS = "books"
ONE_BY_ONE = 40  # calls that show how long one takes
_START_SECONDS = 60.0
_COLUMNS = ("key", "id", "customerId", "customerName")


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--latency", type=int, default=250)
    parser.add_argument("--ceiling", type=int, default=30_000)
    parser.add_argument("--export", type=int, default=1_000_000)
    parser.add_argument("--export-only", action="store_true")
    given = parser.parse_args()
    if given.export_only:
        _export(given.export)
        return
    _against_the_sandbox(given.rows, given.latency)
    _alone(given.ceiling)
    # Memory of what came before must not count: a process of its own.
    command = [sys.executable, __file__, "--export-only", "--export", str(given.export)]
    subprocess.run(command, check=True)  # noqa: S603 - this very script


def _against_the_sandbox(rows: int, latency: int) -> None:
    with _sandbox(latency) as address, _services(address) as services:
        door = open_door(services, services.connection_named(BOOKS))
        begun = time.perf_counter()
        for number in range(ONE_BY_ONE):
            values = {"customerId": f"ONE-{number}", "customerName": "One", "printAs": "One"}
            door.client.create("customer", values, call=f"one {number}")
        alone = ONE_BY_ONE / (time.perf_counter() - begun)
        print(f"one call after the other: {alone:.1f} rows/s")
        for name, match in (
            ("by record number, new", "recordNo"),
            ("by customer ID", "customerId"),
        ):
            _say_load()
            trips = _Trips(services)
            source = [_row(number) for number in range(1, rows + 1)]
            begun = time.perf_counter()
            summary = _synced(services, name, match, source)
            speed = rows / (time.perf_counter() - begun)
            assert summary.is_clean, summary
            possible = LIMIT * BATCH / trips.of_a_batch
            print(
                f"upsert {name}: {speed:,.0f} rows/s, {speed / possible:.0%} of "
                f"{LIMIT} x {BATCH} / {trips.of_a_batch:.2f} s = {possible:,.0f}; "
                f"{speed / alone:.0f} times one by one"
            )
            nominal = LIMIT * BATCH / (latency / 1000)
            print(f"  ({speed / nominal:.0%} of {nominal:,.0f}, were the sandbox's own work free)")
            print(f"  lanes busy between the first request and the last answer: {trips.busy:.0%}")


def _row(number: int) -> SourceRow:
    values = {"customerId": f"B-{number}", "customerName": f"Customer {number}", "city": "Austin"}
    return SourceRow(number, values)


def _synced(services: Services, name: str, match: str, rows: Any) -> Summary:
    job = Job("customer", Mode.UPSERT, (match,))
    with OutcomeFile(Path(services.settings.data_dir) / "outcomes.csv") as file:
        return sync.run(services, BOOKS, job, rows, file, Options(name))


class _Trips:
    """Measures how long each full batch takes from the first byte to the last."""

    def __init__(self, services: Services) -> None:
        self._client = services.__dict__.get("real") or services.http
        services.__dict__["real"] = self._client
        services.__dict__["http"] = self
        self._times: list[tuple[float, float]] = []
        self._lock = threading.Lock()

    def send(self, request: HttpRequest) -> HttpReply:
        """Send, and note how long it took."""
        begun = time.perf_counter()
        reply: HttpReply = self._client.send(request)
        if "/objects/" in request.url:
            with self._lock:
                self._times.append((begun, time.perf_counter()))
        return reply

    @property
    def of_a_batch(self) -> float:
        """Seconds a batch takes, in the middle."""
        return statistics.median(ended - begun for begun, ended in self._times)

    @property
    def busy(self) -> float:
        """The share of the lanes' time in which a batch was under way."""
        span = max(ended for _, ended in self._times) - min(begun for begun, _ in self._times)
        return sum(ended - begun for begun, ended in self._times) / (LIMIT * span)


class _AtOnce:
    """A company over REST that answers at once and remembers nothing."""

    def __init__(self, total: int = 0) -> None:
        self._total = total
        self._next = 0
        self._lock = threading.Lock()

    def send(self, request: HttpRequest) -> HttpReply:
        """Answer a token, a batch or a page of a query."""
        if request.url.endswith("/oauth2/token"):
            token = {"token_type": "Bearer", "access_token": "t", "expires_in": 43200}
            return _reply(200, {**token, "refresh_token": "r"})
        document = orjson.loads(request.body)
        if request.url.endswith("/query"):
            return self._page(document)
        with self._lock:
            first = self._next + 1
            self._next += len(document)
        items = [
            {"ia::result": {"key": str(first + n), "id": each.get("id", "")}, "ia::status": 201}
            for n, each in enumerate(document)
        ]
        meta = {"totalCount": len(items), "totalSuccess": len(items), "totalError": 0}
        return _reply(201, {"ia::result": items, "ia::meta": meta})

    def _page(self, query: dict[str, Any]) -> HttpReply:
        after = next((int(f["$gt"]["key"]) for f in query.get("filters", []) if "$gt" in f), 0)
        last = min(after + query["size"], self._total)
        rows = [
            {"key": str(n), "id": f"C-{n}", "name": f"Customer number {n}"}
            for n in range(after + 1, last + 1)
        ]
        more = query["size"] + 1 if last < self._total else None
        meta = {"totalCount": self._total - after, "start": 1, "pageSize": len(rows), "next": more}
        return _reply(200, {"ia::result": rows, "ia::meta": meta})


def _reply(status: int, document: Any) -> HttpReply:
    return HttpReply(status, {"content-type": "application/json"}, orjson.dumps(document))


def _alone(rows: int) -> None:
    _say_load()
    with _services("http://127.0.0.1:9") as services:
        services.__dict__["http"] = _AtOnce()
        source = (_row(number) for number in range(1, rows + 1))
        begun, worked = time.perf_counter(), time.process_time()
        summary = _synced(services, "ceiling", "recordNo", source)
        assert summary.is_clean, summary
        by_clock = rows / (time.perf_counter() - begun)
        by_processor = rows / (time.process_time() - worked)
        print(
            f"connector alone, 0 ms: {by_clock:,.0f} rows/s by the clock, {by_processor:,.0f} by "
            "the processor's time of one core"
        )


def _say_load() -> None:
    print(f"[load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores]")


def _export(records: int) -> None:
    with _services("http://127.0.0.1:9") as services:
        services.__dict__["http"] = _AtOnce(records)
        folder = Path(services.settings.data_dir)
        sink = FileSink(folder / "customers.jsonl", _COLUMNS, is_csv=False)
        query = Query("customer", _COLUMNS[2:])
        begun = time.perf_counter()
        options = export.Options(folder / "state.json")
        done = export.run(services, BOOKS, query, _COLUMNS, sink, options)
        assert done.records == records, done
        # Not getrusage, which counts what the process was before it became this one.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
        speed = records / (time.perf_counter() - begun)
        print(f"export of {records:,} records: {speed:,.0f} rows/s, at most {peak:.0f} MB")


@contextlib.contextmanager
def _services(address: str) -> Iterator[Services]:
    with tempfile.TemporaryDirectory(prefix="sync-") as folder:
        origin = address.removeprefix("http://")
        environment = {"INTACCT_DATA_DIR": folder, "INTACCT_ALLOWED_ORIGINS": origin}
        settings = Settings.read(environment)
        first_start.prepare(settings).close()
        database = Database(settings.database_url)
        bells = Bells(make_broker("memory://", 1.0))
        services = Services(settings, database, SecretBox(settings.master_keys()), bells)
        values = {
            "companyId": sandbox.COMPANY_ID,
            "clientId": CLIENT_ID,
            "clientSecret": CLIENT_SECRET,
            "oauthUserId": sandbox.USER_ID,
            "restUrl": f"{address}/ia/api/v1",
            "concurrency": LIMIT,
            "callsPerMinute": 0,
        }
        services.connections.add("sage-intacct", BOOKS, values)
        yield services
        database.close()


@contextlib.contextmanager
def _sandbox(latency: int) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [*INTACCT, "sandbox", "--port", str(port), "--fast", "--latency", str(latency)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own command
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + _START_SECONDS
    try:
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(address, timeout=5.0, trust_env=False)
                break
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    main()

"""500 signed deliveries become 500 invoices in a sandbox that answers at once.

    python benchmarks/first_light.py [--deliveries 500]

Prints deliveries accepted per second, runs finished per second, the time from delivery to invoice
and the memory of each process. Load generator, sandbox and connector share the machine, so the
figures are a baseline to compare with itself, not a promise.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import os
import socket
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import sqlalchemy as sa

from connector.cli import machine as machines
from connector.cli.machine import Machine
from connector.runtime import runs
from connector.sandbox.hubspot.settings import HubspotSettings
from connector.settings import Settings
from connector.store.tables import inbox, run

SENDERS = 8  # HubSpot sends at most ten at a time
LONGEST_SECONDS = 600.0


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=500)
    count = parser.parse_args().deliveries
    with tempfile.TemporaryDirectory(prefix="first-light-") as folder:
        machine = machines.start(Settings.read({**os.environ, **_environment(folder)}))
        try:
            _measure(machine, count)
        finally:
            machine.stop()


def _measure(machine: Machine, count: int) -> None:
    deals = _won_deals(machine, count)
    bodies = [_body(number, deal) for number, deal in enumerate(deals)]
    hook = f"{machine.settings.public_url}/hooks/{machine.portal.hook_token}"
    started = time.perf_counter()
    with httpx.Client(timeout=60.0, trust_env=False) as client:

        def send(body: bytes) -> float:
            begun = time.perf_counter()
            client.post(hook, content=body, headers=_signed(hook, body)).raise_for_status()
            return time.perf_counter() - begun

        with ThreadPoolExecutor(SENDERS) as pool:
            answers = list(pool.map(send, bodies))
    accepted = time.perf_counter() - started
    _wait(machine, count)
    finished = time.perf_counter() - started
    waits = _delivery_to_invoice(machine)
    print(f"deliveries accepted   {count / accepted:8.0f} per second")
    print(f"answer to a delivery  {_quantiles([answer * 1000 for answer in answers])}")
    print(f"runs finished         {count / finished:8.1f} per second")
    print(f"delivery to invoice   {_quantiles(waits)}")
    for name, size in _memory(machine):
        print(f"memory of {name:<12}{size:8.0f} MB")


def _environment(folder: str) -> dict[str, str]:
    return {
        "INTACCT_DATA_DIR": folder,
        "INTACCT_WEB_ADDRESS": f"127.0.0.1:{_free_port()}",
        "INTACCT_SANDBOX_ADDRESS": f"127.0.0.1:{_free_port()}",
        "INTACCT_LOG_LEVEL": os.environ.get("INTACCT_LOG_LEVEL", "WARNING"),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _won_deals(machine: Machine, count: int) -> list[str]:
    headers = {"authorization": f"Bearer {HubspotSettings().token}"}
    properties = {"dealname": "Load", "pipeline": "default", "dealstage": "closedwon"}
    properties |= {"amount": "125.00", "closedate": "2026-03-02T00:00:00Z"}
    deals: list[str] = []
    with httpx.Client(base_url=machine.sandbox_address, headers=headers, trust_env=False) as portal:
        for _ in range(count):
            made = portal.post("/crm/v3/objects/deals", json={"properties": properties})
            deals.append(str(made.raise_for_status().json()["id"]))
            path = f"/crm/v4/objects/deals/{deals[-1]}/associations/default/companies/5501"
            portal.put(path).raise_for_status()
    return deals


def _body(number: int, deal: str) -> bytes:
    event = {
        "eventId": number,
        "subscriptionId": 25,
        "portalId": 4774001,
        "occurredAt": 1_767_225_600_000 + number,
        "subscriptionType": "deal.propertyChange",
        "attemptNumber": 0,
        "objectId": int(deal),
        "propertyName": "dealstage",
        "propertyValue": "closedwon",
    }
    return json.dumps([event]).encode()


def _signed(hook: str, body: bytes) -> dict[str, str]:
    stamp = str(int(time.time() * 1000))
    secret = HubspotSettings().client_secret.encode()
    digest = hmac.new(secret, b"POST" + hook.encode() + body + stamp.encode(), hashlib.sha256)
    return {
        "content-type": "application/json",
        "x-hubspot-signature-v3": base64.b64encode(digest.digest()).decode(),
        "x-hubspot-request-timestamp": stamp,
    }


def _wait(machine: Machine, count: int) -> None:
    finished = sa.select(sa.func.count()).where(run.c.state == runs.SUCCEEDED)
    deadline = time.monotonic() + LONGEST_SECONDS
    while machine.database.read(lambda c: c.execute(finished).scalar_one()) < count:
        assert time.monotonic() < deadline, "the runs did not finish; see the logs"
        time.sleep(0.05)


def _delivery_to_invoice(machine: Machine) -> list[float]:
    taken = sa.select((run.c.finished_at - inbox.c.received_at).label("taken")).join(
        inbox, inbox.c.id == run.c.inbox_id
    )
    rows = machine.database.read(lambda c: list(c.execute(taken)))
    return [float(row.taken) for row in rows]


def _quantiles(milliseconds: list[float]) -> str:
    cuts = statistics.quantiles(milliseconds, n=100)
    return f"{cuts[49]:8.1f} ms at the median, {cuts[98]:.1f} ms at the 99th percentile"


def _memory(machine: Machine) -> list[tuple[str, float]]:
    sizes: list[tuple[str, float]] = []
    for name in ("valkey", "sandbox", "web", "worker", "quarantine", "beat"):
        process = psutil.Process(machine.supervisor.pid(name))
        family = [process, *process.children(recursive=True)]
        sizes.append((name, sum(member.memory_info().rss for member in family) / 1e6))
    return sizes


if __name__ == "__main__":
    main()

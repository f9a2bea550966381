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
import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sqlalchemy as sa

from benchmarks.engine_world import (
    LIMIT,
    WORKFLOW,
    Gateway,
    Nothing,
    Pending,
    broker,
    delivery,
    fetching_nothing,
    opened,
)
from connector.connections.store import ConnectionRow
from connector.errors import Busy
from connector.intacct.ports import Ports
from connector.intacct.stack import open_company
from connector.intacct.wire import Company
from connector.runtime import inbox, runs, workflows
from connector.runtime.advance import advance
from connector.runtime.bells import ADVANCE_RUN, ROUTE_EVENT
from connector.runtime.effects import Intent, SqlEffects
from connector.runtime.meter import StepMeter
from connector.runtime.services import Services
from connector.store import tables
from connector.workflow import model, yaml_loader

THREADS = 16
CALL_SECONDS = 0.1
INVOICE = {
    "customerId": "C-00001",
    "dateCreated": "2026-03-02",
    "termName": "Net 30",
    "lineItems": [{"accountNumber": "4000", "amount": "125.00", "memo": "Work"}],
}


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
    gateway.seconds, gateway.most = CALL_SECONDS, 0
    gateway.calls.clear()
    begun = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda n: patiently(services, source, f"{prefix}-{n}"), range(count)))
    gateway.seconds = 0.0
    assert gateway.most <= LIMIT, f"{gateway.most} calls at once"
    # Until the last call begins: after that there is nothing left to fill the slots with.
    last = max(start for start, _ in gateway.calls)
    busy = sum(min(end, last) - start for start, end in gateway.calls)
    share = busy / ((last - begun) * LIMIT)
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
    services.__dict__["registry"] = fetching_nothing()
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


if __name__ == "__main__":
    main()

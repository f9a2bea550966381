"""Runs worked off one after the other, as workers would, in one process and in a known order."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import sqlalchemy as sa

from connector.http import OutboundClient
from connector.runtime import inbox, runs, workflows
from connector.runtime.advance import advance
from connector.store import clock, from_json, tables, to_json
from tests.support.office import Office

TRIGGER = "trigger: {type: hubspot.deal, connection: hubspot, config: {stages: [closedwon]}}"
INVOICE = """type: sage-intacct.createInvoice
    connection: books
    config:
      customerId: "{{ input.customer }}"
      invoiceNumber: "{{ input.number }}"
      dateCreated: "2026-03-02"
      termName: Net 30
      lineItems:
        - {accountNumber: "4000", amount: "10.00", memo: Order}
"""
_MOST_ROUNDS = 500

Answer = Callable[[httpx.Request], httpx.Response]


def start(office: Office, data: Any, *, event: str = "", workflow: str = "") -> str:
    """Keep an event and return the run of the newest version of a workflow that it starts."""

    def insert(connection: sa.Connection) -> str:
        found = workflows.published(connection)
        wanted = [p for p in found if p.definition.name == workflow or not workflow]
        now = clock.now_ms(connection)
        kept = {
            "connection_id": "c",
            "trigger_key": "hubspot.deal",
            "dedupe_key": event or str(uuid.uuid4()),
            "type": "deal",
            "data": to_json(data),
            "received_at": now,
            "state": inbox.ROUTED,
        }
        row = connection.execute(tables.inbox.insert().values(**kept).returning(tables.inbox.c.id))
        run_id = str(uuid.uuid4())
        values = {
            "id": run_id,
            "workflow_id": wanted[0].workflow_id,
            "version": wanted[0].version,
            "inbox_id": row.scalar_one(),
            "state": runs.QUEUED,
            "not_before": now,
            "created_at": now,
        }
        connection.execute(tables.run.insert().values(**values))
        return run_id

    return office.database.write(insert)


def due(office: Office) -> list[str]:
    """Return the runs that a worker would take now."""

    def read(connection: sa.Connection) -> list[str]:
        now = clock.now_ms(connection)
        wanted = tables.run.c.state.in_(runs.DUE) & (tables.run.c.not_before <= now)
        found = sa.select(tables.run.c.id).where(wanted).order_by(tables.run.c.not_before)
        return list(connection.execute(found).scalars())

    return office.database.read(read)


def work_off(office: Office) -> None:
    """Let a worker take what is due until nothing is."""
    for _round in range(_MOST_ROUNDS):
        waiting = due(office)
        if not waiting:
            return
        for run_id in waiting:
            advance(office.services, office.heartbeats, run_id)
    raise AssertionError("The runs go round in circles.")


def hurry(office: Office, run_id: str) -> None:
    """Do what time would: make a waiting run due."""
    waiting = tables.run.update().where(tables.run.c.id == run_id, tables.run.c.state.in_(runs.DUE))
    office.execute(waiting.values(not_before=0))


def output(office: Office, run_id: str) -> Any:
    """Return what a run produced."""
    row = office.run(run_id)
    return from_json(row.output) if row.output else None


def error(office: Office, run_id: str) -> Any:
    """Return what a run says to people."""
    row = office.run(run_id)
    return from_json(row.error) if row.error else {}


def inside(office: Office, run_id: str) -> list[Any]:
    """Return the runs inside a run, in their order."""
    found = sa.select(tables.run).where(tables.run.c.parent_id == run_id)
    ordered = found.order_by(tables.run.c.block, tables.run.c.item_number)
    return office.database.read(lambda c: list(c.execute(ordered)))


def steps(office: Office, run_id: str) -> dict[str, Any]:
    """Return a run's steps by path."""
    return office.database.read(lambda c: runs.steps_of(c, run_id))


class Web(httpx.BaseTransport):
    """The books under their own name, and one more service that a test answers for."""

    def __init__(self, books: httpx.BaseTransport, answer: Answer) -> None:
        self._books = books
        self._answer = answer
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        if request.url.host == "sandbox.test":
            return self._books.handle_request(request)
        request.read()
        self.requests.append(request)
        return self._answer(request)


def connect(office: Office, books: httpx.BaseTransport, answer: Answer) -> Web:
    """Let the office reach one more service."""
    web = Web(books, answer)
    office.services.__dict__["http"] = OutboundClient(["sandbox.test:80"], transport=web)
    return web

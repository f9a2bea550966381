"""One process's services over a real database and a sandbox company in memory, no broker."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from cryptography.fernet import Fernet

from connector import registry
from connector.component import Context, Event
from connector.connections.encrypt import SecretBox
from connector.http import OutboundClient
from connector.runtime import inbox, runs, workflows
from connector.runtime.advance import advance
from connector.runtime.bells import SETTLE_EFFECT, Bells, make_broker
from connector.runtime.services import Services
from connector.runtime.settle import settle
from connector.runtime.sweeper import due
from connector.sandbox import config as sandbox
from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig
from connector.settings import Settings
from connector.store import Database, clock, tables, to_json
from connector.workflow import model, yaml_loader

KEY = Fernet.generate_key().decode()
LEASE_MS = 60_000
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
      invoiceNumber: "{{ input.number }}"
      dateCreated: "2026-03-02"
      termName: Net 30
      lineItems:
        - {accountNumber: "4000", amount: "{{ input.amount }}", memo: Order}
"""
NAMELESS = WORKFLOW.replace('      invoiceNumber: "{{ input.number }}"\n', "").replace(
    "Order to invoice", "Nameless order"
)


class Office:
    """What one worker does, step by step, against books that outlive every database."""

    def __init__(self, books: httpx.WSGITransport, url: str, folder: Path, **more: str) -> None:
        database = Database(url, patience=1.0)
        database.upgrade()
        quick = {"INTACCT_SETTLE_AFTER_SECONDS": "0.001", "INTACCT_LOOK_UP_DELAYS": "0.001"}
        environment = {
            "INTACCT_DATA_DIR": str(folder),
            "INTACCT_DATABASE_URL": url,
            "INTACCT_ALLOWED_ORIGINS": "sandbox.test:80",
            **quick,
        }
        self.services = Services(
            Settings.read({**environment, **more}),
            database,
            SecretBox([KEY]),
            Bells(make_broker("memory://", 15.0)),
        )
        self.books = OutboundClient(["sandbox.test:80"], transport=books)
        self.services.__dict__["http"] = self.books
        self.services.__dict__["registry"] = _fetching_nothing()
        self.heartbeats = runs.Heartbeats(database, LEASE_MS)

    @property
    def database(self) -> Database:
        return self.services.database

    def prepare(self, workflow: str = WORKFLOW) -> None:
        """Connect the books and the portal, and publish a workflow."""
        values = {
            "companyId": sandbox.COMPANY_ID,
            "senderId": sandbox.SENDER_ID,
            "senderPassword": sandbox.SENDER_PASSWORD,
            "userId": sandbox.USER_ID,
            "userPassword": sandbox.USER_PASSWORD,
            "endpoint": f"http://sandbox.test{sandbox.GATEWAY_PATH}",
            "callsPerMinute": 0,
        }
        self.services.connections.add("sage-intacct", "books", values)
        self.services.connections.add(
            "hubspot", "hubspot", {"token": "t0ken", "clientSecret": "s3cret"}
        )
        self.publish(workflow)

    def publish(self, workflow: str) -> None:
        definition = model.parse(yaml_loader.load(workflow))
        workflows.publish(self.database, definition, actor="test")

    def order(self, number: str, amount: str = "100.00", event: str = "") -> str:
        """Keep an order's event and return the run it starts."""

        def insert(connection: sa.Connection) -> str:
            (published,) = workflows.published(connection)
            now = clock.now_ms(connection)
            kept = {
                "connection_id": "c",
                "trigger_key": "hubspot.deal",
                "dedupe_key": event or number,
                "type": "deal",
                "data": to_json({"number": number, "amount": amount}),
                "received_at": now,
                "state": inbox.ROUTED,
            }
            found = connection.execute(
                tables.inbox.insert().values(**kept).returning(tables.inbox.c.id)
            )
            run_id = f"run-{event or number}"
            values = {
                "id": run_id,
                "workflow_id": published.workflow_id,
                "version": published.version,
                "inbox_id": found.scalar_one(),
                "state": runs.QUEUED,
                "not_before": now,
                "created_at": now,
            }
            connection.execute(tables.run.insert().values(**values))
            return run_id

        return self.database.write(insert)

    def work(self, run_id: str) -> Any:
        """Let a worker take the run now, whatever it waits for, and return its row."""
        hurried = tables.run.update().where(
            tables.run.c.id == run_id, tables.run.c.state.in_(runs.DUE)
        )
        self.execute(hurried.values(not_before=0))
        advance(self.services, self.heartbeats, run_id)
        return self.run(run_id)

    def execute(self, statement: sa.Update) -> int:
        """Change rows behind everybody's back and return how many."""
        return self.database.write(lambda c: c.execute(statement).rowcount)

    def run(self, run_id: str) -> Any:
        found = sa.select(tables.run).where(tables.run.c.id == run_id)
        return self.database.read(lambda c: c.execute(found).one())

    def effects(self, *states: str) -> list[Any]:
        found = sa.select(tables.effect).order_by(tables.effect.c.created_at)
        if states:
            found = found.where(tables.effect.c.state.in_(states))
        return self.database.read(lambda c: list(c.execute(found)))

    def settle_all(self) -> None:
        """Look up everything that is doubtful, however long it would have to wait."""
        past = {"look_at": 0, "call_deadline": 0}
        open_ = tables.effect.c.state.in_(("sending", "uncertain"))
        self.execute(tables.effect.update().where(open_).values(**past))
        for task, op_key, _queue in due(self.services):
            if task == SETTLE_EFFECT:
                settle(self.services, str(op_key))

    @staticmethod
    def unreachable() -> OutboundClient:
        """Return a client whose every call finds nobody home."""

        def refuse(_request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("refused")

        return OutboundClient(["sandbox.test:80"], transport=httpx.MockTransport(refuse))

    def close(self) -> None:
        self.database.close()


class Books:
    """The company whose memory no restore reaches."""

    def __init__(self, **policies: str) -> None:
        self.app = create_app(SandboxConfig(public_url="http://sandbox.test", policies=policies))
        self.posts: list[str] = []
        self.before_answer: list[Any] = []
        self.transport = httpx.WSGITransport(self._serve)

    def _serve(self, environ: Any, start_response: Any) -> Any:
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = _Body(body)
        answer = self.app.wsgi_app(environ, start_response)
        if b"<create_invoice>" in body:
            self.posts.append(body.decode())
            for work in self.before_answer:
                work()
        return answer

    def invoices(self, number: str | None = None) -> list[dict[str, Any]]:
        """Return the invoices that were created, of one number or all."""
        reply = self.app.test_client().get("/_sandbox/ledger?object=ARINVOICE")
        found = [entry for entry in reply.get_json() if entry["operation"] == "create"]
        return [entry for entry in found if number is None or entry["id"] == number]


class _Body:
    """A request's body that was read once already."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        part = self._body if size < 0 else self._body[:size]
        self._body = self._body[len(part) :]
        return part

    def readline(self) -> bytes:
        return self.read()


@contextmanager
def office(
    url: str, folder: Path, books: Books, workflow: str = WORKFLOW, **settings: str
) -> Iterator[Office]:
    """Give an office with its connections and a workflow."""
    found = Office(books.transport, url, folder, **settings)
    try:
        found.prepare(workflow)
        yield found
    finally:
        found.close()


def _fetching_nothing() -> registry.Registry:
    def enrich(_context: Context, event: Event, _config: Any) -> Any:
        return event.data

    installed = registry.load()
    trigger = dataclasses.replace(installed.trigger("hubspot.deal"), enrich=enrich)
    return dataclasses.replace(installed, triggers={"hubspot.deal": trigger})

"""Services over a real database and a sandbox company in memory, for triggers that poll."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from cryptography.fernet import Fernet

from connector.connections.encrypt import SecretBox
from connector.http import OutboundClient
from connector.runtime import inbox, poll_rows, polling, workflows
from connector.runtime.bells import ROUTE_EVENT, Bells, make_broker
from connector.runtime.effects import Intent, SqlEffects
from connector.runtime.meter import StepMeter
from connector.runtime.services import Services
from connector.sandbox import config as sandbox
from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig
from connector.settings import Settings
from connector.store import Database, from_json, tables
from connector.workflow import model, yaml_loader
from connector.workflow.model import Workflow

STEPS = """steps:
  - {id: look, type: sage-intacct.getCustomer, connection: books, config: {customerId: C-1}}
"""


class Rung(Bells):
    """Bells that note whom they were rung for."""

    def __init__(self) -> None:
        super().__init__(make_broker("memory://", 15.0))
        self.heard: list[tuple[str, str, float]] = []

    def ring(self, task: str, row_id: str | int, queue: str, *, in_seconds: float = 0.0) -> None:
        self.heard.append((task, str(row_id), in_seconds))


class Watch:
    """An installation whose polls are taken by hand, and the company it asks."""

    def __init__(
        self, database: Database, folder: Path, *, is_rest: bool = False, rows: int = 0
    ) -> None:
        settings = Settings.read(
            {"INTACCT_DATA_DIR": str(folder), "INTACCT_ALLOWED_ORIGINS": "sandbox.test:80"}
        )
        self.bells = Rung()
        self.database = database
        self.services = Services(
            settings, database, SecretBox([Fernet.generate_key().decode()]), self.bells
        )
        config = SandboxConfig(public_url="http://sandbox.test", rows=rows)
        self.app = create_app(config)
        self.company = self.app.test_client()
        transport = httpx.WSGITransport(self.app)
        self.services.__dict__["http"] = OutboundClient(["sandbox.test:80"], transport=transport)
        values: dict[str, Any] = {"companyId": sandbox.COMPANY_ID, "callsPerMinute": 0}
        if not is_rest:
            values |= {
                "senderId": sandbox.SENDER_ID,
                "senderPassword": sandbox.SENDER_PASSWORD,
                "userId": sandbox.USER_ID,
                "userPassword": sandbox.USER_PASSWORD,
                "endpoint": f"http://sandbox.test{sandbox.GATEWAY_PATH}",
            }
        values |= {
            "clientId": "5a9db0c4e1f27836.app.sage.com",
            "clientSecret": "sandbox-client-secret",
            "oauthUserId": sandbox.USER_ID,
            "restUrl": "http://sandbox.test/ia/api/v1",
        }
        self.books = self.services.connections.add("sage-intacct", "books", values)

    def publish(self, trigger: str, name: str = "Watched") -> str:
        """Publish a workflow with this trigger and return its id."""
        definition = self.definition(trigger, name=name)
        return workflows.publish(self.database, definition, actor="test").workflow_id

    @staticmethod
    def definition(trigger: str, description: str = "A test.", name: str = "Watched") -> Workflow:
        """Return a workflow with this trigger."""
        text = f"name: {name}\ndescription: {description}\ntrigger: {trigger}\n{STEPS}"
        return model.parse(yaml_loader.load(text))

    def adopt(self) -> None:
        """Do what a sweep does first."""
        poll_rows.adopt(self.database, self.services.registry, self.services.connections)

    def poll(self, workflow_id: str) -> list[dict[str, Any]]:
        """Let one worker take the poll now, whenever it is due; return what new runs are given."""
        self.adopt()
        before = {row.id for row in self.runs()}
        self.execute(
            tables.poll.update().where(tables.poll.c.workflow_id == workflow_id).values(due_at=1)
        )
        polling.take(self.services, workflow_id)
        return [from_json(row.input) for row in self.runs() if row.id not in before]

    def route_all(self) -> None:
        """Route what arrived, as workers do when they are rung for it."""
        for task, name, _ in list(self.bells.heard):
            if task == ROUTE_EVENT:
                inbox.route(self.services, name)
                polling.hint(self.services, name)

    def runs(self) -> list[Any]:
        return self.rows(sa.select(tables.run).order_by(tables.run.c.created_at, tables.run.c.id))

    def row(self, workflow_id: str) -> Any:
        (found,) = self.rows(sa.select(tables.poll).where(tables.poll.c.workflow_id == workflow_id))
        return found

    def rows(self, query: sa.Select[Any]) -> list[Any]:
        return self.database.read(lambda connection: list(connection.execute(query)))

    def execute(self, statement: sa.Update | sa.Delete) -> None:
        self.database.write(lambda connection: connection.execute(statement))

    # The company's side.

    def at(self, moment: str) -> None:
        """Stop the company's clock."""
        reply = self.company.post("/_sandbox/clock", json={"fixed": f"{moment}+00:00"})
        assert reply.status_code < 300, reply.data

    def write(self, verb: str, object_name: str, **values: Any) -> dict[str, Any]:
        """Change the company as somebody else does."""
        intent = Intent(self.books.id, scope=str(uuid.uuid4()), once="")
        ledger = SqlEffects(self.database, intent, self.services.patience, actor="test")
        client = self.services.open_context(self.books, ledger, StepMeter()).intacct
        if verb == "delete":
            return client.delete(object_name, [values["key"]])
        return (
            client.create(object_name, values)
            if verb == "create"
            else client.update(object_name, values)
        )

    def pages(self) -> int:
        """Return how many queries the company has answered."""
        reply = self.company.get("/_sandbox/usage").get_json()
        return sum(
            int(count)
            for month in _leaves(reply)
            for name, count in month.items()
            if "query" in name.lower()
        )


def _leaves(value: Any) -> list[dict[str, int]]:
    if isinstance(value, dict) and value and all(isinstance(x, int) for x in value.values()):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [leaf for item in items for leaf in _leaves(item)]


def told(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return what happened to which record, of the inputs of some runs."""
    return sorted((one["change"], one["id"]) for one in found)


def new_customer(watch: Watch, number: str) -> dict[str, Any]:
    """Let somebody make a customer."""
    return watch.write("create", "customer", customerId=number, customerName=number, printAs=number)


def change(watch: Watch, number: str, name: str) -> None:
    """Let somebody rename a customer."""
    watch.write("update", "customer", customerId=number, customerName=name, printAs=name)


def queue_trigger(watch: Watch, activation: str = "after.create") -> None:
    """Let the company put changes of customers into the queue."""
    given = {
        "name": f"queued {activation}",
        "object": "accounts-receivable/customer",
        "activation": activation,
        "type": "event_queue",
        "template": '{"key": "{!CUSTOMER.RECORDNO!}"}',
        "client_id": "5a9db0c4e1f27836.app.sage.com",
    }
    reply = watch.company.post("/_sandbox/triggers", json=given)
    assert reply.status_code < 300, reply.data

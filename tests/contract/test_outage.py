"""Intacct is away: runs say so, spend nothing on it, and go on in order when it is back."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
import sqlalchemy as sa
from cryptography.fernet import Fernet

from connector.connections.encrypt import SecretBox
from connector.http import OutboundClient
from connector.runtime import runs, workflows
from connector.runtime.advance import advance
from connector.runtime.bells import ADVANCE_RUN, Bells, make_broker
from connector.runtime.circuit import MOST_FAILURES
from connector.runtime.services import Services
from connector.sandbox import config as sandbox
from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig
from connector.settings import Settings
from connector.store import Database, clock
from connector.store.json_text import from_json
from connector.store.tables import effect, inbox, run, step
from connector.workflow import model
from tests.support.valkey import client, server

__all__ = ["client", "server"]

WORKFLOW = {
    "name": "Deal to customer",
    "trigger": {
        "type": "hubspot.deal",
        "connection": "hubspot",
        "config": {"stages": ["closedwon"]},
    },
    "once": "{{ input.deal.id }}",
    "steps": [
        {
            "id": "customer",
            "type": "sage-intacct.createCustomer",
            "connection": "books",
            "config": {"customerId": "{{ input.deal.id }}", "customerName": "{{ input.deal.id }}"},
        }
    ],
}


class Line(httpx.BaseTransport):
    """The way to the sandbox, which can be cut."""

    def __init__(self) -> None:
        app = create_app(SandboxConfig(public_url="http://sandbox.test"))
        self._sandbox = httpx.WSGITransport(app)
        self.is_cut = False
        self.calls: list[bytes] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request.content)
        if self.is_cut:
            raise httpx.ConnectError("cut")
        return self._sandbox.handle_request(request)


class RecordedBells(Bells):
    def __init__(self) -> None:
        super().__init__(make_broker("memory://", 15.0))
        self.rung: list[str | int] = []

    def ring(self, task: str, row_id: str | int, queue: str, *, in_seconds: float = 0.0) -> None:
        if task == ADVANCE_RUN and not in_seconds:
            self.rung.append(row_id)


class World:
    """An installation whose worker is this test, and a sandbox it reaches over one line."""

    def __init__(self, database: Database, server: str, folder: Path) -> None:
        variables = {
            "INTACCT_DATA_DIR": str(folder),
            "INTACCT_REDIS_URL": server,
            "INTACCT_PROBE_SECONDS": "600",
            "INTACCT_ALLOWED_ORIGINS": "sandbox.test:80",
        }
        self.bells = RecordedBells()
        self.line = Line()
        box = SecretBox([Fernet.generate_key().decode()])
        self.services = Services(Settings.read(variables), database, box, self.bells)
        http = OutboundClient(["sandbox.test:80"], transport=self.line)
        self.services.__dict__["http"] = http
        self.database = database
        self.services.connections.add("hubspot", "hubspot", {"token": "t", "clientSecret": "s"})
        self.services.connections.add("sage-intacct", "books", books())
        workflows.publish(database, model.parse(WORKFLOW), actor="test")

    def start(self, *names: str) -> None:
        for age, name in enumerate(names):
            self.database.write(partial(insert_run, name=name, age=age))

    def work(self, run_id: str, *, waits: bool = False) -> Any:
        """Let a worker take the run, if it is due or is not to wait, and return its row."""
        if not waits:
            due = run.update().where(run.c.id == run_id).values(not_before=0)
            self.database.write(lambda c: c.execute(due).rowcount)
        advance(self.services, runs.Heartbeats(self.database, 60_000), run_id)
        return self.row(run, run.c.id == run_id)

    def row(self, table: sa.Table, condition: Any) -> Any:
        return self.database.read(lambda c: c.execute(sa.select(table).where(condition)).one())


def books() -> dict[str, Any]:
    return {
        "companyId": sandbox.COMPANY_ID,
        "senderId": sandbox.SENDER_ID,
        "senderPassword": sandbox.SENDER_PASSWORD,
        "userId": sandbox.USER_ID,
        "userPassword": sandbox.USER_PASSWORD,
        "endpoint": f"http://sandbox.test{sandbox.GATEWAY_PATH}",
        "concurrency": 1,
    }


def insert_run(connection: sa.Connection, name: str, age: int) -> int:
    (published,) = workflows.published(connection)
    now = clock.now_ms(connection)
    event = {
        "connection_id": "c",
        "trigger_key": "hubspot.deal",
        "dedupe_key": name,
        "type": "deal",
        "data": "{}",
        "received_at": now,
        "state": "routed",
    }
    kept = connection.execute(inbox.insert().values(**event).returning(inbox.c.id)).scalar_one()
    values = {
        "id": name,
        "workflow_id": published.workflow_id,
        "version": published.version,
        "inbox_id": kept,
        "state": runs.QUEUED,
        "input": f'{{"deal": {{"id": "{name}"}}}}',
        "not_before": now,
        "created_at": now + age,
    }
    return connection.execute(run.insert().values(**values)).rowcount


@pytest.fixture
def world(database: Database, server: str, client: redis.Redis, tmp_path: Path) -> World:
    return World(database, server, tmp_path)


@pytest.mark.accepts("F15")
def test_runs_wait_for_intacct_without_spending_attempts_and_go_on_in_order(world: World) -> None:
    names = ["one", "two", "three", "four"]
    world.start("first", *names)
    world.line.is_cut = True
    for failures in range(1, MOST_FAILURES + 1):
        assert world.work("first").state == runs.WAITING
        spent = min(failures, MOST_FAILURES - 1)  # the last one knows that it waits for Intacct
        assert world.row(step, step.c.run_id == "first").attempts == spent
    calls = len(world.line.calls)
    for name in reversed(names):
        row = world.work(name)
        assert row.state == runs.WAITING
        assert from_json(row.error)["title"].startswith("Waiting for Intacct")
        assert world.row(step, step.c.run_id == name).attempts == 0
        assert world.row(effect, effect.c.run_id == name).state == "planned"
    assert len(world.line.calls) == calls
    world.line.is_cut = False
    world.bells.rung.clear()
    assert world.services.circuits is not None
    world.services.circuits.give_back(sandbox.COMPANY_ID)  # as if the time had come to look
    assert world.work("first").state == runs.SUCCEEDED
    assert world.bells.rung == names
    for name in names:
        assert world.work(name, waits=True).state == runs.SUCCEEDED
        assert world.row(effect, effect.c.run_id == name).attempts <= 1


def test_an_outage_changes_no_verdict_of_a_write_that_left(world: World) -> None:
    """What went out before is uncertain until it was looked up, whatever the circuit says."""
    world.start("sent", "held")
    world.work("held")
    assert world.services.circuits is not None
    lost = Line.handle_request

    def lose(self: Line, request: httpx.Request) -> httpx.Response:
        reply = lost(self, request)
        if b"<create" in request.content:
            raise httpx.ReadTimeout("the answer was lost")
        return reply

    world.line.handle_request = lose.__get__(world.line)  # type: ignore[method-assign] # one line
    for _ in range(MOST_FAILURES - 1):
        world.services.circuits.failed(sandbox.COMPANY_ID)
    # Its own silence is what opens the circuit.
    assert world.work("sent").state == runs.UNCERTAIN
    assert world.services.circuits.view(sandbox.COMPANY_ID).is_open
    assert world.work("sent").state == runs.UNCERTAIN
    assert world.row(effect, effect.c.run_id == "sent").state == "uncertain"
    assert world.row(effect, effect.c.run_id == "held").state == "succeeded"


def test_a_run_that_was_woken_while_it_stepped_back_does_not_sleep_on(world: World) -> None:
    """The outage ended between its last look and its last word."""
    world.start("late")
    circuits = world.services.circuits
    assert circuits is not None
    for _ in range(MOST_FAILURES):
        circuits.failed(sandbox.COMPANY_ID)
    admit = circuits.admit

    def admit_then_close(*asked: Any, **more: Any) -> tuple[bool, int]:
        answer = admit(*asked, **more)
        circuits.answered(sandbox.COMPANY_ID)
        return answer

    circuits.admit = admit_then_close  # type: ignore[method-assign] # the moment in between
    assert world.work("late").state == runs.WAITING
    circuits.admit = admit  # type: ignore[method-assign] # as before
    assert world.work("late", waits=True).state == runs.SUCCEEDED

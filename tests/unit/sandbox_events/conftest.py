"""A company whose deliveries end in a receiver of the test, under a clock that is moved by hand."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from connector.sandbox.app import create_app
from connector.sandbox.company import Company
from connector.sandbox.config import SandboxConfig
from connector.sandbox.events import definitions
from connector.sandbox.events.deliveries import Deliverer
from connector.sandbox.events.outbox import record_change
from connector.sandbox.ledger import Cause
from connector.sandbox.rest.clients import CLIENT_ID
from connector.sandbox.store import Record

TRIGGER: dict[str, Any] = {
    "name": "class changed",
    "object": "CLASS",
    "activation": ["after_create", "after_update", "after_delete"],
    "template": '{"key":"{!CLASS.RECORDNO!}","id":"{!CLASS.CLASSID!}"}',
    "url": "https://hooks.example.com/intacct",
    "client_id": CLIENT_ID,
}


REQUEST = """<?xml version="1.0"?><request><control><senderid>sandbox-sender</senderid>
<password>sandbox-sender-password</password><controlid>c</controlid><uniqueid>false</uniqueid>
<dtdversion>3.0</dtdversion></control><operation><authentication><login><userid>apiuser</userid>
<companyid>SANDBOX</companyid><password>sandbox-user-password</password></login></authentication>
<content><function controlid="f">{function}</function></content></operation>
</request>"""
PATIENCE_SECONDS = 30.0


def called(client: httpx.Client, function: str) -> str:
    """Return the reply of the XML gateway to one function."""
    return client.post("/ia/xml/xmlgw.phtml", content=REQUEST.format(function=function)).text


def create_classes(client: httpx.Client, *names: str) -> None:
    """Create classes with one call of the XML gateway."""
    classes = "".join(f"<CLASS><CLASSID>{n}</CLASSID><NAME>{n}</NAME></CLASS>" for n in names)
    reply = called(client, f"<create>{classes}</create>")
    assert "<status>failure</status>" not in reply, reply


def until(condition: Callable[[], object]) -> None:
    """Wait for what the background does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 16, 21, 28, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Receiver:
    """Takes deliveries and answers with the given statuses, the last of them for ever."""

    def __init__(self) -> None:
        self.received: list[tuple[str, bytes, dict[str, str]]] = []
        self.statuses: list[int | None] = [200]

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        status = self.statuses[min(len(self.received), len(self.statuses) - 1)]
        self.received.append((url, body, headers))
        if status is None:
            raise httpx.ConnectError("nobody answers")
        return status

    @property
    def bodies(self) -> list[str]:
        return [body.decode() for _, body, _ in self.received]


class Books:
    """A company without a server: changes happen to it, and what is due is sent when told."""

    def __init__(self, receiver: Receiver, clock: Clock) -> None:
        self.clock = clock
        self.company = Company(SandboxConfig(), clock.now)
        self.store = self.company.store
        self.deliverer = Deliverer(self.company, receiver)

    def trigger(self, **settings: Any) -> None:
        definitions.keep(self.store, definitions.trigger_of(TRIGGER | settings))

    def smart_event(self, **settings: Any) -> None:
        given = {"name": "big", "object": "CLASS", "event": "add", "url": TRIGGER["url"]}
        definitions.keep(self.store, definitions.smart_event_of(given | settings))

    def change(
        self, operation: str = "create", before: dict[str, str] | None = None, **fields: str
    ) -> Record:
        """Let a class change; its fields as they are after it."""
        body = {"CLASSID": "C9", "NAME": "Boats", **fields}
        record = Record("CLASS", 812, body["CLASSID"], fields.get("entity", ""), None, body)
        self.store.put(record)
        cause = Cause("create", "c1", self.clock.now(), "apiuser")
        record_change(self.store, cause, operation, record, before)
        return record


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def books(receiver: Receiver, clock: Clock) -> Books:
    return Books(receiver, clock)


@pytest.fixture
def app_company(receiver: Receiver, clock: Clock) -> Iterator[tuple[httpx.Client, Company]]:
    """A whole sandbox, and its company to look into."""
    app = create_app(SandboxConfig(), now=clock.now, post=receiver)
    transport = httpx.WSGITransport(app)
    with httpx.Client(transport=transport, base_url="http://sandbox.test") as client:
        yield client, app.extensions["sandbox"].company
        client.post("/_sandbox/reset")


@pytest.fixture
def client(app_company: tuple[httpx.Client, Company]) -> httpx.Client:
    return app_company[0]


@pytest.fixture
def events(client: httpx.Client) -> Callable[[], list[dict[str, Any]]]:
    """Return a function that lists the events of the sandbox."""

    def listed() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client.get("/_sandbox/events").json()
        return found

    return listed

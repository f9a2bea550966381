"""A sandbox in this process, spoken to with documents written by hand from the reference."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from lxml import etree

from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig
from connector.sandbox.wire.tree import Element

PATH = "/ia/xml/xmlgw.phtml"
LOGIN = """<login><userid>apiuser</userid><companyid>SANDBOX</companyid>
<password>sandbox-user-password</password>{entity}</login>"""
ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<request>
  <control>
    <senderid>sandbox-sender</senderid><password>sandbox-sender-password</password>
    <controlid>req-1</controlid><uniqueid>{unique}</uniqueid><dtdversion>3.0</dtdversion>
    <includewhitespace>false</includewhitespace>
    <showadditionalerrorinfo>{details}</showadditionalerrorinfo>
  </control>
  <operation transaction="{transaction}">
    <authentication>{authentication}</authentication>
    <content>{content}</content>
  </operation>
</request>"""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.start_over()

    def start_over(self) -> None:
        self.moment = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture(scope="session")
def shared() -> Iterator[tuple[httpx.Client, Clock]]:
    """One sandbox for all tests: building it costs more than starting it over."""
    clock = Clock()
    app = create_app(SandboxConfig(public_url="http://sandbox.test"), now=clock.now)
    transport = httpx.WSGITransport(app)
    with httpx.Client(transport=transport, base_url="http://sandbox.test") as client:
        yield client, clock


@pytest.fixture
def client(shared: tuple[httpx.Client, Clock]) -> httpx.Client:
    """Return a client of the sandbox, started over."""
    client, clock = shared
    clock.start_over()
    client.post("/_sandbox/reset").raise_for_status()
    return client


@pytest.fixture
def advance(shared: tuple[httpx.Client, Clock]) -> Callable[[float], None]:
    return shared[1].advance


@pytest.fixture
def request_text() -> Callable[..., str]:
    """Return a function that writes a request around function elements.

    Options: entity, session, unique, transaction, details, and ids (control ids, else f1, f2...).
    """

    def write(*functions: str, **options: str) -> str:
        ids = options.get("ids", ",".join(f"f{n}" for n in range(1, len(functions) + 1)))
        named = zip(ids.split(","), functions, strict=True)
        entity = f"<locationid>{options['entity']}</locationid>" if "entity" in options else ""
        session = options.get("session")
        return ENVELOPE.format(
            unique=options.get("unique", "false"),
            details=options.get("details", "false"),
            transaction=options.get("transaction", "false"),
            authentication=f"<sessionid>{session}</sessionid>"
            if session
            else LOGIN.format(entity=entity),
            content="".join(f'<function controlid="{i}">{f}</function>' for i, f in named),
        )

    return write


@pytest.fixture
def run(client: httpx.Client, request_text: Callable[..., str]) -> Callable[..., Element]:
    """Return a function that posts function elements and returns the response element."""

    def post(*functions: str, **options: str) -> Element:
        reply = client.post(PATH, content=request_text(*functions, **options).encode())
        assert reply.status_code == 200, reply.text
        return etree.fromstring(reply.content)

    return post


@pytest.fixture
def result(run: Callable[..., Element]) -> Callable[..., str]:
    """Return a function that posts one function element and returns its result as text."""

    def post(function: str, **options: str) -> str:
        found = run(function, **options).find("operation/result")
        assert found is not None
        return etree.tostring(found, encoding="unicode")

    return post


@pytest.fixture
def policy(client: httpx.Client) -> Callable[..., None]:
    """Return a function that sets policies."""

    def change(**values: str) -> None:
        client.post("/_sandbox/policies", json=values).raise_for_status()

    return change

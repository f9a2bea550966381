"""A sandbox in this process, spoken to in REST by hand-written requests."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig

API = "/ia/api/v1"
CLIENT = {"client_id": "5a9db0c4e1f27836.app.sage.com", "client_secret": "sandbox-client-secret"}
OTHER = {"client_id": "77e10b2ad93c4f58.app.sage.com", "client_secret": "sandbox-other-secret"}
XML = """<?xml version="1.0" encoding="UTF-8"?><request><control>
<senderid>sandbox-sender</senderid><password>sandbox-sender-password</password>
<controlid>r</controlid><uniqueid>false</uniqueid><dtdversion>3.0</dtdversion>
<includewhitespace>false</includewhitespace></control><operation><authentication>
<login><userid>apiuser</userid><companyid>SANDBOX</companyid>
<password>sandbox-user-password</password></login></authentication><content>
<function controlid="f">{}</function></content></operation></request>"""

Rest = Callable[..., httpx.Response]


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


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
    clock.moment = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    client.post("/_sandbox/reset").raise_for_status()
    return client


@pytest.fixture
def advance(shared: tuple[httpx.Client, Clock]) -> Callable[[float], None]:
    def move(seconds: float) -> None:
        shared[1].moment += timedelta(seconds=seconds)

    return move


@pytest.fixture
def policy(client: httpx.Client) -> Callable[..., None]:
    def change(**values: str) -> None:
        client.post("/_sandbox/policies", json=values).raise_for_status()

    return change


@pytest.fixture
def token(client: httpx.Client) -> Callable[..., httpx.Response]:
    """Return a function that asks for tokens, by default by client credentials."""

    def ask(**fields: str) -> httpx.Response:
        usual = {"grant_type": "client_credentials", "username": "apiuser@SANDBOX", **CLIENT}
        return client.post(f"{API}/oauth2/token", data=usual | fields)

    return ask


@pytest.fixture
def rest(client: httpx.Client, token: Callable[..., httpx.Response]) -> Rest:
    """Return a function that sends one request with a token of its own for each entity."""
    tokens: dict[str, str] = {}

    def send(
        method: str,
        path: str,
        body: Any = None,
        *,
        entity: str = "",
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        if entity not in tokens:
            username = f"apiuser@SANDBOX|{entity}" if entity else "apiuser@SANDBOX"
            tokens[entity] = token(username=username).json()["access_token"]
        sent = {"Authorization": f"Bearer {tokens[entity]}"} | (headers or {})
        if body is not None:
            more["json"] = body
        return client.request(method, API + path, headers=sent, **more)

    return send


@pytest.fixture
def xml(client: httpx.Client) -> Callable[[str], str]:
    """Return a function that runs one function of the XML API and returns the reply's text."""

    def post(function: str) -> str:
        reply = client.post("/ia/xml/xmlgw.phtml", content=XML.format(function).encode())
        assert "<status>failure" not in reply.text, reply.text
        return reply.text

    return post


@pytest.fixture
def ledger(client: httpx.Client) -> Callable[[str], list[dict[str, Any]]]:
    """Return a function that lists what was written of one object."""

    def rows(name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client.get("/_sandbox/ledger", params={"object": name}).json()
        return found

    return rows


@pytest.fixture
def invoice() -> Callable[..., dict[str, Any]]:
    """Return a function that writes the body of an invoice, changed in some fields."""

    def body(**changes: Any) -> dict[str, Any]:
        usual: dict[str, Any] = {
            "customer": {"id": "C-00001"},
            "invoiceNumber": "R-1",
            "invoiceDate": "2026-03-02",
            "dueDate": "2026-04-01",
            "lines": [
                {
                    "txnAmount": "1200.00",
                    "glAccount": {"id": "4000"},
                    "memo": "Onboarding",
                    "dimensions": {"location": {"id": "100"}, "department": {"id": "10"}},
                },
                {"txnAmount": 99.5, "glAccount": {"id": "4010"}, "memo": "Travel"},
            ],
        }
        return usual | changes

    return body

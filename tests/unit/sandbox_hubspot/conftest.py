"""A portal in memory, spoken to without sockets; its deliveries land in a list."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import flask
import httpx
import pytest

from connector.sandbox.hubspot import HubspotSettings, create_blueprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TARGET = "https://hooks.example.com/hubspot"
TOKEN = {"Authorization": "Bearer sandbox-hubspot-token"}


@dataclass
class Receiver:
    """Stands at the target address: answers with the statuses given, then always with 200."""

    statuses: list[int | None] = field(default_factory=list)
    received: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """Take one delivery."""
        with self.changed:
            self.received.append((url, body, headers))
            self.changed.notify_all()
            status = self.statuses.pop(0) if self.statuses else 200
        if status is None:
            message = "nobody answers"
            raise httpx.ConnectError(message)
        return status

    def wait_for(self, count: int) -> None:
        """Wait until so many deliveries came."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.received) >= count, timeout=20)


@pytest.fixture
def receiver() -> Receiver:
    """What stands at the target address."""
    return Receiver()


@pytest.fixture
def open_portal(receiver: Receiver) -> Iterator[Callable[..., httpx.Client]]:
    """A function that opens a portal with other settings, for a client that holds the token."""
    with ExitStack() as clients:

        def open_(**settings: Any) -> httpx.Client:
            app = flask.Flask("portal")
            defaults = HubspotSettings(target_url=TARGET, retry_seconds=0)
            all_settings = replace(defaults, **settings)
            app.register_blueprint(create_blueprint(all_settings, receiver))
            transport = httpx.WSGITransport(app)
            client = httpx.Client(transport=transport, base_url="http://portal.test", headers=TOKEN)
            return clients.enter_context(client)

        yield open_


@pytest.fixture
def portal(open_portal: Callable[..., httpx.Client]) -> httpx.Client:
    """A fresh portal whose failed deliveries are repeated without waiting."""
    return open_portal()


@pytest.fixture
def new_deal(portal: httpx.Client) -> Callable[..., str]:
    """A function that creates a deal in the default pipeline and returns its id."""

    def create(**properties: str) -> str:
        body = {"properties": {"dealname": "Test", "dealstage": "contractsent"} | properties}
        reply = portal.post("/crm/v3/objects/deals", json=body)
        assert reply.status_code == 201
        deal_id: str = reply.json()["id"]
        return deal_id

    return create

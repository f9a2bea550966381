"""Deliveries over the network, checked by a JWT library that nobody here wrote."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from connector.sandbox.rest.clients import CLIENT_ID, CLIENT_SECRET
from tests.clients.conftest import Sandbox

Story = Callable[..., Any]
PATIENCE_SECONDS = 60.0


class Receiver:
    """Listens on this machine, and answers 503 to the first delivery and 200 to the others."""

    def __init__(self) -> None:
        self.received: list[tuple[bytes, dict[str, str]]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the name that http.server calls
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append((body, dict(self.headers.items())))
                self.send_response(503 if len(receiver.received) == 1 else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing on the terminal of the tests."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def test_a_delivery_is_repeated_and_its_signature_holds(
    sandbox: Sandbox, receiver: Receiver, python_rest_sdk: Story, decoded: Story
) -> None:
    trigger = {
        "name": "customer made",
        "object": "CUSTOMER",
        "activation": "after_create",
        "template": '{"key":"{!CUSTOMER.RECORDNO!}","id":"{!CUSTOMER.CUSTOMERID!}"}',
        "url": receiver.url,
        "client_id": CLIENT_ID,
    }
    sandbox.admin.post("/_sandbox/policies", json={"delivery_retry_scale": "0.01"})
    sandbox.admin.post("/_sandbox/triggers", json=trigger).raise_for_status()
    values = {"id": "C-HOOK", "name": "Hook", "contacts": {"default": {"printAs": "Hook"}}}
    made = python_rest_sdk("create", part="customers", values=values)["found"]["made"]

    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(receiver.received) < 2:
        assert time.monotonic() < deadline, sandbox.admin.get("/_sandbox/events").json()
        time.sleep(0.02)

    (first, first_headers), (second, headers) = receiver.received
    assert first == second == f'{{"key":"{made["key"]}","id":"C-HOOK"}}'.encode()
    assert first_headers["Idempotency-Key"] == headers["Idempotency-Key"]
    token = headers["X-IA-Sage-Signature"]
    claims = decoded(token, CLIENT_SECRET)
    assert claims["payload_signature"] == hashlib.sha256(second).hexdigest()
    assert claims["exp"] - claims["iat"] == 3_600_000
    assert decoded(token, "another secret") == {"error": "InvalidSignatureError"}

"""Bulk files and asynchronous requests: work behind the reply."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig

API = "/ia/api/v1"
VENDOR = "/objects/accounts-payable/vendor"
HOOK = "https://client.example/hook"
CLIENT = {"client_id": "5a9db0c4e1f27836.app.sage.com", "client_secret": "sandbox-client-secret"}
DEADLINE = 20.0

Posted = tuple[str, bytes, dict[str, str]]
Send = Callable[..., httpx.Response]


class Hook:
    """A webhook that remembers what came and answers with a status."""

    def __init__(self) -> None:
        self.came: list[Posted] = []
        self.status = 200
        self.called = threading.Event()

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.came.append((url, body, headers))
        self.called.set()
        return self.status


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[httpx.Client, Hook]]:
    """One sandbox that posts to the hook: building it costs more than starting it over."""
    hook = Hook()
    app = create_app(SandboxConfig(public_url="http://sandbox.test"), post=hook.post)
    transport = httpx.WSGITransport(app)
    with httpx.Client(transport=transport, base_url="http://sandbox.test") as client:
        yield client, hook


@pytest.fixture
def hook(shared: tuple[httpx.Client, Hook]) -> Hook:
    hook = shared[1]
    hook.came, hook.status = [], 200
    hook.called.clear()
    return hook


@pytest.fixture
def send(shared: tuple[httpx.Client, Hook], hook: Hook) -> Send:
    """Return a function that sends one request to the sandbox, started over."""
    client = shared[0]
    client.post("/_sandbox/reset").raise_for_status()
    fields = {"grant_type": "client_credentials", "username": "apiuser@SANDBOX", **CLIENT}
    token = client.post(f"{API}/oauth2/token", data=fields).json()["access_token"]

    def request(method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} | more.pop("headers", {})
        path = path if path.startswith(API) else API + path
        return client.request(method, path, headers=headers, **more)

    return request


def _start(send: Send, operation: str, items: Any, **more: str) -> httpx.Response:
    asked = {
        "objectName": "accounts-payable/vendor",
        "operation": operation,
        "jobFile": "vendors.json",
        "fileContentType": "json",
        **more,
    }
    content = items if isinstance(items, bytes) else json.dumps(items).encode()
    files = {"file": ("vendors.json", content, "application/json")}
    data = {"ia::requestBody": json.dumps(asked)}
    return send("POST", "/services/bulk/job/create", data=data, files=files)


def _until(send: Send, address: str, name: str, value: str) -> dict[str, Any]:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        found: dict[str, Any] = send("GET", address).json()["ia::result"]
        if found[name] == value:
            return found
        threading.Event().wait(0.01)
    raise AssertionError(f"{name} never became {value}")


def _results(send: Send, started: httpx.Response) -> list[dict[str, Any]]:
    assert started.status_code == 200, started.text
    job = started.json()["ia::result"]
    done = _until(send, job["statusURL"], "status", "completed")
    assert done["percentComplete"] == 100
    assert done["jobId"] == job["jobId"]
    results: list[dict[str, Any]] = send("GET", done["downloadURL"]).json()
    return results


def test_a_bulk_job_works_through_its_file_record_by_record(send: Send) -> None:
    items = [{"id": "J-1", "name": "One"}, {"id": "J-2"}, {"id": "J-3", "name": "Three"}]
    results = _results(send, _start(send, "create", items))
    assert [result["ia::status"] for result in results] == [201, 400, 201]
    assert "ia::error" in results[1]
    keys = [results[at]["ia::result"]["key"] for at in (0, 2)]
    changed = _start(send, "update", [{"key": keys[0], "name": "Uno"}])
    assert [result["ia::status"] for result in _results(send, changed)] == [200]
    assert send("GET", f"{VENDOR}/{keys[0]}").json()["ia::result"]["name"] == "Uno"
    gone = _start(send, "delete", [{"key": keys[1]}])
    assert _results(send, gone) == [{"ia::status": 204}]
    assert send("GET", f"{VENDOR}/{keys[1]}").status_code == 404


def test_a_bulk_job_calls_back_when_it_is_done(send: Send, hook: Hook) -> None:
    started = _start(send, "create", [], callbackURL=HOOK)
    assert hook.called.wait(DEADLINE)
    job = started.json()["ia::result"]["jobId"]
    assert (hook.came[0][0], json.loads(hook.came[0][1])["jobId"]) == (HOOK, job)


def test_results_are_not_ready_before_the_job_is(
    send: Send, shared: tuple[httpx.Client, Hook]
) -> None:
    """While this thread holds the store, the job waits and this thread's requests do not."""
    store = shared[0]._transport.app.extensions["sandbox"].company.store  # type: ignore[attr-defined]
    with store.lock:
        started = _start(send, "create", [{"id": "J-1", "name": "One"}])
        address = started.json()["ia::result"]["statusURL"]
        waiting = send("GET", address).json()["ia::result"]
        assert (waiting["status"], waiting["downloadURL"]) == ("queued", None)
        assert send("GET", f"{address}&download=true").status_code == 400
    assert [result["ia::status"] for result in _results(send, started)] == [201]


@pytest.mark.parametrize(
    ("items", "more"),
    [
        (b"{", {}),
        ({}, {}),
        ([], {"operation": "upsert"}),
        ([], {"fileContentType": "csv"}),
        ([], {"unknown": "x"}),
    ],
)
def test_a_bulk_job_of_another_shape_is_refused(
    send: Send, items: Any, more: dict[str, str]
) -> None:
    operation = more.pop("operation", "create")
    assert _start(send, operation, items, **more).status_code == 400


def test_jobs_of_nobody_are_not_found(send: Send) -> None:
    assert send("GET", "/services/bulk/job/status?jobId=x").status_code == 404
    assert send("GET", "/services/core/async/job-status").status_code == 404


def _queue(send: Send, body: Any, **headers: str) -> httpx.Response:
    given = {"Prefer": "respond-async", "X-IA-Webhook-EndpointURL": HOOK} | headers
    return send("POST", VENDOR, json=body, headers=given)


def test_an_asynchronous_request_answers_202_and_its_reply_goes_to_the_webhook(
    send: Send, hook: Hook
) -> None:
    ids = {"Idempotency-Key": "a-1"}
    reply = _queue(send, {"id": "J-1", "name": "One"}, **ids)
    assert reply.status_code == 202
    assert reply.headers["retry-after"] == "120"
    job = reply.json()["ia::result"]
    assert job["state"] == "queued"
    assert job["href"] == f"/services/core/async/job-status?jobId={job['jobId']}"
    assert hook.called.wait(DEADLINE)
    url, body, headers = hook.came[0]
    assert (url, headers["X-IA-Respond-Code"]) == (HOOK, "201")
    assert json.loads(body)["ia::result"]["id"] == "J-1"
    assert headers["X-IA-Original-Request-Id"] == job["jobId"]
    assert headers["Idempotency-Key"] == "a-1"
    digest = hmac.new(CLIENT["client_secret"].encode(), body, hashlib.sha256).digest()
    assert headers["X-IA-Sage-Signature"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    done = _until(send, job["href"], "state", "delivered")
    assert done["deliveryStatus"][0]["status"] == "200"
    assert "key" not in done


def test_a_webhook_that_refuses_makes_the_job_dead_though_the_work_is_done(
    send: Send, hook: Hook
) -> None:
    hook.status = 500
    job = _queue(send, {"id": "J-1", "name": "One"}).json()["ia::result"]
    _until(send, job["href"], "state", "dead")
    assert send("POST", VENDOR, json={"id": "J-1", "name": "One"}).status_code == 422


def test_a_registered_webhook_is_named_by_its_id_and_signed_with_its_own_secret(
    shared: tuple[httpx.Client, Hook], send: Send, hook: Hook
) -> None:
    address = "https://client.example/registered"
    registered = {"id": "wh-1", "url": address, "secret": "webhook-secret"}
    assert shared[0].post("/_sandbox/webhooks", json=registered).status_code == 200
    assert shared[0].get("/_sandbox/webhooks").json() == [{"id": "wh-1", "url": address}]
    headers = {"Prefer": "respond-async", "X-IA-Webhook-Id": "wh-1"}
    reply = send("POST", VENDOR, json={"id": "J-2", "name": "Two"}, headers=headers)
    assert reply.status_code == 202
    assert hook.called.wait(DEADLINE)
    url, body, told = hook.came[0]
    assert url == address
    digest = hmac.new(b"webhook-secret", body, hashlib.sha256).digest()
    assert told["X-IA-Sage-Signature"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    _until(send, reply.json()["ia::result"]["href"], "state", "delivered")


@pytest.mark.parametrize("body", [{}, {"id": "wh-1", "url": 1, "secret": "s"}, ["wh-1"]])
def test_a_webhook_is_registered_with_all_its_parts(
    shared: tuple[httpx.Client, Hook], body: Any
) -> None:
    assert shared[0].post("/_sandbox/webhooks", json=body).status_code == 400


def test_a_webhook_that_nobody_registered_is_refused(send: Send) -> None:
    headers = {"Prefer": "respond-async", "X-IA-Webhook-Id": "wh-0"}
    refused = send("POST", VENDOR, json={}, headers=headers)
    assert refused.status_code == 400
    assert "wh-0 is not registered" in refused.text


def test_an_asynchronous_request_needs_a_webhook(send: Send) -> None:
    reply = send("POST", VENDOR, json={}, headers={"Prefer": "respond-async"})
    assert reply.status_code == 400

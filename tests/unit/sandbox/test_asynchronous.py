"""Requests that name a transport policy: acknowledged at once, answered later."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig

PATH = "/ia/xml/xmlgw.phtml"
CREATE = "<create><CLASS><CLASSID>LATER</CLASSID><NAME>N</NAME></CLASS></create>"
Write = Callable[..., str]
PATIENCE = 10.0
posted: list[tuple[str, bytes]] = []


def _post(url: str, body: bytes, _headers: dict[str, str]) -> int:
    posted.append((url, body))
    if url.endswith("/gone"):
        raise httpx.ConnectError("Nobody is there.")
    return 200


@pytest.fixture
def sandbox() -> Iterator[httpx.Client]:
    """A sandbox whose deliveries stay in this process."""
    posted.clear()
    transport = httpx.WSGITransport(create_app(SandboxConfig(), post=_post))
    with httpx.Client(transport=transport, base_url="http://sandbox.test") as client:
        yield client


def _request(text: str, policy: str) -> str:
    return text.replace("</dtdversion>", f"</dtdversion><policyid>{policy}</policyid>")


def _replies(client: httpx.Client) -> list[dict[str, Any]]:
    deadline = time.monotonic() + PATIENCE
    while True:
        replies: list[dict[str, Any]] = client.get("/_sandbox/transport-policies").json()["replies"]
        if replies:
            return replies
        assert time.monotonic() < deadline, "The reply never came."
        time.sleep(0.005)


def test_the_acknowledgement_comes_first_and_holds_no_result(
    sandbox: httpx.Client, request_text: Write
) -> None:
    reply = sandbox.post(PATH, content=_request(request_text(CREATE), "SANDBOX-POLICY"))
    assert reply.text.split("\n", 1)[1] == (
        "<response><acknowledgement><status>success</status></acknowledgement><control>"
        "<status>success</status><senderid>sandbox-sender</senderid><controlid>req-1</controlid>"
        "<uniqueid>false</uniqueid><dtdversion>3.0</dtdversion></control></response>"
    )
    kept = _replies(sandbox)[0]
    assert kept["policy"] == "SANDBOX-POLICY"
    assert kept["control_id"] == "req-1"
    assert "<status>success</status><function>create</function>" in kept["body"]
    assert [entry["id"] for entry in sandbox.get("/_sandbox/ledger").json()] == ["LATER"]
    assert posted == []


@pytest.mark.parametrize(("path", "status"), [("/taken", 200), ("/gone", None)])
def test_the_reply_is_posted_to_the_address_of_the_policy(
    sandbox: httpx.Client, request_text: Write, path: str, status: int | None
) -> None:
    url = f"http://127.0.0.1:1{path}"
    sandbox.post("/_sandbox/transport-policies", json={"name": "MINE", "url": url})
    sandbox.post(PATH, content=_request(request_text(CREATE), "MINE"))
    kept = _replies(sandbox)[0]
    assert posted == [(url, kept["body"].encode())]
    assert kept["status"] == status


def test_a_wrong_sender_is_told_at_once(sandbox: httpx.Client, request_text: Write) -> None:
    text = _request(request_text(CREATE), "SANDBOX-POLICY").replace("sender-password", "guess")
    assert "Partner ID or password" in sandbox.post(PATH, content=text).text


def test_a_request_of_more_than_500_000_characters_is_refused(
    sandbox: httpx.Client, request_text: Write
) -> None:
    text = _request(request_text(CREATE.replace(">N<", f">{'n' * 500_000}<")), "SANDBOX-POLICY")
    reply = sandbox.post(PATH, content=text).text
    assert "<status>failure</status>" in reply
    assert "500000 characters" in reply


@pytest.mark.parametrize(
    "given",
    [
        {"name": "", "url": ""},
        {"name": "x" * 41, "url": ""},
        {"name": "A", "url": "ftp://x.test"},
        {"name": "A", "url": "http://x.test/" + "x" * 256},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(
    sandbox: httpx.Client, given: dict[str, str]
) -> None:
    assert sandbox.post("/_sandbox/transport-policies", json=given).status_code == 400


def test_a_reset_forgets_policies_and_replies(sandbox: httpx.Client, request_text: Write) -> None:
    sandbox.post("/_sandbox/transport-policies", json={"name": "MINE", "url": ""})
    sandbox.post(PATH, content=_request(request_text(CREATE), "MINE"))
    _replies(sandbox)
    sandbox.post("/_sandbox/reset")
    assert sandbox.get("/_sandbox/transport-policies").json() == {
        "policies": {"SANDBOX-POLICY": ""},
        "replies": [],
    }

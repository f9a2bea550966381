"""Several threads at once: nobody waits for a held reply, and nothing is lost or doubled."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx

from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig

PATH = "/ia/xml/xmlgw.phtml"
PATIENCE = 30.0
CLASS = "<create><CLASS><CLASSID>{}</CLASSID><NAME>N</NAME></CLASS></create>"
Write = Callable[..., str]


def _client(wait: Callable[[float], None]) -> httpx.Client:
    transport = httpx.WSGITransport(create_app(SandboxConfig(), wait=wait))
    return httpx.Client(transport=transport, base_url="http://sandbox.test")


def test_a_held_reply_does_not_block_other_requests(request_text: Write) -> None:
    is_held, is_released = threading.Event(), threading.Event()

    def wait(_seconds: float) -> None:
        is_held.set()
        is_released.wait(PATIENCE)

    with _client(wait) as client, ThreadPoolExecutor(1) as pool:
        client.post("/_sandbox/faults", json={"fault": "commit_then_hold", "seconds": 60})
        held = pool.submit(client.post, PATH, content=request_text(CLASS.format("HELD")))
        assert is_held.wait(PATIENCE)
        other = client.post(PATH, content=request_text(CLASS.format("OTHER")))
        assert "<status>success</status><function>create" in other.text
        assert not held.done()
        is_released.set()
        assert "<status>success</status><function>create" in held.result(PATIENCE).text


def test_the_same_control_id_at_once_runs_once(request_text: Write) -> None:
    with _client(lambda _: None) as client, ThreadPoolExecutor(8) as pool:
        texts = [request_text(CLASS.format(f"K{n}"), unique="true", ids="one") for n in range(16)]
        replies = list(pool.map(lambda text: client.post(PATH, content=text).text, texts))
        assert sum("SANDBOX-DUPLICATE-CONTROLID" in reply for reply in replies) == 15
        assert len(client.get("/_sandbox/ledger").json()) == 1


def test_threads_share_sessions_and_get_their_own_numbers(request_text: Write) -> None:
    with _client(lambda _: None) as client, ThreadPoolExecutor(8) as pool:
        opened = client.post(PATH, content=request_text("<getAPISession/>")).text
        session = opened.split("<sessionid>")[1].split("<")[0]
        texts = [request_text(CLASS.format(f"K{n}"), session=session) for n in range(40)]
        replies = list(pool.map(lambda text: client.post(PATH, content=text).text, texts))
        assert all("<data listtype" in reply for reply in replies)
        keys = [entry["key"] for entry in client.get("/_sandbox/ledger").json()]
        assert len(set(keys)) == len(keys) == 40


def test_latency_is_waited_before_each_call(request_text: Write) -> None:
    waited: list[float] = []
    app = create_app(SandboxConfig(latency_ms=250), wait=waited.append)
    with httpx.Client(transport=httpx.WSGITransport(app), base_url="http://sandbox.test") as client:
        client.post(PATH, content=request_text("<getAPISession/>"))
    assert waited == [0.25]

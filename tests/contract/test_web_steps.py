"""Requests to other services: a write leaves once, under one key; doubt is a person's to settle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from connector.intacct.ports import EffectState
from connector.runtime import decisions, runs
from connector.runtime.advance import advance
from connector.store import tables
from tests.support import desk
from tests.support.office import Books, Office, office

FLOW = f"""
name: Post on
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
  - id: send
    type: http
    config:
      url: "{{{{ input.url }}}}"
      method: METHOD
      idempotent: IDEMPOTENT
      json: {{number: "{{{{ input.number }}}}"}}
"""
EVENT = {"number": "N-1", "url": "https://api.example/orders"}


def flow(method: str = "POST", idempotent: str = "false") -> str:
    return FLOW.replace("METHOD", method).replace("IDEMPOTENT", idempotent)


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books, flow()) as found:
        yield found


def silent(_request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("no answer")


def in_turn(*answers: desk.Answer) -> desk.Answer:
    """Answer each request in another way, one after the other."""
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        return left.pop(0)(request)

    return answer


def test_what_comes_back_is_data(here: Office, books: Books) -> None:
    reply = httpx.Response(201, json={"id": 7, "price": "1.10"}, headers={"X-A": "b"})
    web = desk.connect(here, books.transport, lambda _request: reply)
    run_id = desk.start(here, EVENT)
    desk.work_off(here)
    sent = desk.output(here, run_id)["send"]
    assert (sent["status"], sent["body"], sent["headers"]["x-a"]) == (
        201,
        {"id": 7, "price": "1.10"},
        "b",
    )
    assert web.requests[0].content == b'{"number": "N-1"}'


def test_a_write_is_not_sent_again_by_any_retry_or_repeated_event(
    here: Office, books: Books
) -> None:
    web = desk.connect(here, books.transport, lambda _request: httpx.Response(200, text="ok"))
    first = desk.start(here, EVENT)
    desk.work_off(here)
    here.execute(tables.run.update().values(state=runs.FAILED))
    here.execute(tables.step.update().values(state=runs.FAILED))
    decisions.retry(here.services, first, actor="ada")
    desk.start(here, EVENT)
    desk.work_off(here)
    assert here.run(first).state == runs.SUCCEEDED
    assert desk.output(here, first)["send"]["body"] == "ok"
    assert len(web.requests) == 1


def test_silence_after_a_write_waits_for_a_person(here: Office, books: Books) -> None:
    web = desk.connect(here, books.transport, silent)
    run_id = desk.start(here, EVENT)
    advance(here.services, here.heartbeats, run_id)
    assert here.run(run_id).state == runs.UNCERTAIN
    here.settle_all()
    desk.hurry(here, run_id)
    desk.work_off(here)
    assert here.run(run_id).state == runs.PARKED
    assert here.effects()[0].state == EffectState.PARKED
    assert len(web.requests) == 1


def test_silence_is_overcome_where_a_repeated_key_is_harmless(here: Office, books: Books) -> None:
    here.publish(flow(idempotent="true"))
    answer = in_turn(silent, lambda _request: httpx.Response(200))
    web = desk.connect(here, books.transport, answer)
    run_id = desk.start(here, EVENT)
    advance(here.services, here.heartbeats, run_id)
    assert here.run(run_id).state == runs.WAITING
    desk.hurry(here, run_id)
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    keys = [request.headers["Idempotency-Key"] for request in web.requests]
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_a_read_is_simply_tried_again(here: Office, books: Books) -> None:
    here.publish(flow("GET"))
    busy, good = httpx.Response(503), httpx.Response(200)
    web = desk.connect(here, books.transport, in_turn(silent, lambda _: busy, lambda _: good))
    run_id = desk.start(here, EVENT)
    for _attempt in range(3):
        desk.hurry(here, run_id)
        advance(here.services, here.heartbeats, run_id)
    assert here.run(run_id).state == runs.SUCCEEDED
    assert len(web.requests) == 3
    assert "Idempotency-Key" not in web.requests[0].headers
    assert here.effects() == []


@pytest.mark.parametrize(
    ("reply", "state", "title"),
    [
        (httpx.Response(400, text="no such order"), runs.FAILED, "status 400: no such order"),
        (httpx.Response(404), runs.FAILED, "status 404."),
        (httpx.Response(302, headers={"Location": "http://10.0.0.1"}), runs.FAILED, "status 302"),
        (httpx.Response(429, headers={"Retry-After": "60"}), runs.WAITING, "status 429"),
        (httpx.Response(500), runs.UNCERTAIN, "status 500"),
    ],
)
def test_a_status_says_what_becomes_of_a_write(
    here: Office, books: Books, reply: httpx.Response, state: str, title: str
) -> None:
    desk.connect(here, books.transport, lambda _request: reply)
    run_id = desk.start(here, EVENT)
    advance(here.services, here.heartbeats, run_id)
    assert here.run(run_id).state == state
    assert title in desk.error(here, run_id)["title"]


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/", "http://169.254.169.254/latest", "ftp://a.example", "file:///etc/passwd"],
)
def test_no_request_goes_inside(here: Office, books: Books, address: str) -> None:
    """Over the real client, which dials nothing it has not checked."""
    from connector.http import OutboundClient  # noqa: PLC0415 - this test alone uses the network

    here.services.__dict__["http"] = OutboundClient()
    run_id = desk.start(here, {**EVENT, "url": address})
    advance(here.services, here.heartbeats, run_id)
    assert here.run(run_id).state in {runs.FAILED, runs.WAITING}
    assert {row.state for row in here.effects()} <= {EffectState.PLANNED, EffectState.REFUSED}
    assert books.posts == []

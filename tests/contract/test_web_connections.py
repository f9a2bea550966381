"""Http steps over a connection: what proves us reaches its host alone, and nobody else sees it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook

from connector.runtime import runs
from connector.runtime.advance import advance
from connector.runtime.workflows import surroundings
from connector.store import from_json, tables
from connector.workbench.rehearsal import rehearse
from connector.workbench.report import State
from connector.workflow import model, validation, yaml_loader
from tests.support import desk
from tests.support.office import Books, Office, office

SECRET = "s3cret-of-the-shop"
WHSEC = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
HOME = "https://shop.example/v1"
FLOW = f"""
name: Post on
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
  - id: send
    type: http
    connection: shop
    config:
      url: "{{{{ input.url }}}}"
      method: POST
      idempotent: IDEMPOTENT
      json: {{number: "{{{{ input.number }}}}"}}
"""
EVENT = {"number": "N-1", "url": "/orders"}


def flow(idempotent: str = "false") -> str:
    return FLOW.replace("IDEMPOTENT", idempotent)


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path, books, flow()) as found:
        yield found


def shop(here: Office, **values: Any) -> None:
    given = {"baseUrl": HOME, "secret": SECRET, **values}
    here.services.connections.add("http", "shop", given)


def ran(here: Office, books: Books, **changes: Any) -> tuple[desk.Web, str]:
    """Run one event through; the shop answers with everything it was sent."""

    def echo(request: httpx.Request) -> httpx.Response:
        said = {"url": str(request.url), "headers": dict(request.headers)}
        return httpx.Response(200, json=said, headers={"x-echo": str(request.headers)})

    web = desk.connect(here, books.transport, echo)
    run_id = desk.start(here, {**EVENT, **changes})
    desk.work_off(here)
    return web, run_id


def everything_kept(here: Office) -> str:
    """Return whatever the tables of runs, steps and effects say."""

    def read(connection: sa.Connection) -> str:
        found = (tables.run, tables.step, tables.effect, tables.inbox)
        return str([list(connection.execute(sa.select(table))) for table in found])

    return here.database.read(read)


@pytest.mark.parametrize(
    ("values", "header", "proof"),
    [
        ({"proof": "bearer"}, "authorization", f"Bearer {SECRET}"),
        ({"proof": "header", "parameter": "X-API-Key"}, "x-api-key", SECRET),
        (
            {"proof": "basic", "username": "ann"},
            "authorization",
            "Basic " + base64.b64encode(f"ann:{SECRET}".encode()).decode(),
        ),
    ],
)
def test_secret_goes_out_in_its_header_and_is_kept_nowhere(
    here: Office, books: Books, values: dict[str, str], header: str, proof: str
) -> None:
    shop(here, **values)
    web, run_id = ran(here, books)
    (request,) = web.requests
    assert str(request.url) == f"{HOME}/orders"
    assert request.headers[header] == proof
    assert here.run(run_id).state == runs.SUCCEEDED
    kept = everything_kept(here)
    assert SECRET not in kept
    assert base64.b64encode(f"ann:{SECRET}".encode()).decode() not in kept
    assert desk.output(here, run_id)["send"]["status"] == 200


@pytest.mark.parametrize(
    ("values", "address", "sent"),
    [
        ({"proof": "query", "parameter": "key"}, "/orders?a=1#b", f"/orders?a=1&key={SECRET}"),
        ({"proof": "path"}, "/", f"/{SECRET}"),
        ({"proof": "path"}, "/new", f"/{SECRET}/new"),
        ({"proof": "none"}, "/orders", "/orders"),
    ],
)
def test_secret_in_the_address_is_kept_nowhere(
    here: Office, books: Books, values: dict[str, str], address: str, sent: str
) -> None:
    shop(here, **values)
    web, run_id = ran(here, books, url=address)
    assert str(web.requests[0].url) == f"{HOME}{sent}"
    assert here.run(run_id).state == runs.SUCCEEDED
    assert SECRET not in everything_kept(here)


def test_signed_request_keeps_its_id_when_it_is_sent_again(here: Office, books: Books) -> None:
    shop(here, proof="signed", secret=WHSEC)
    here.publish(flow(idempotent="true"))
    answers = [httpx.Response(503), httpx.Response(200)]
    web = desk.connect(here, books.transport, lambda _request: answers.pop(0))
    run_id = desk.start(here, EVENT)
    advance(here.services, here.heartbeats, run_id)
    desk.hurry(here, run_id)
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    first, second = web.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    for request in web.requests:
        assert Webhook(WHSEC).verify(request.content, dict(request.headers)) == {"number": "N-1"}


@pytest.mark.accepts("C07")
@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/v1/orders",
        "https://shop.example.evil.example/v1",
        "https://shop.example:8443/v1",
        "http://shop.example/v1/orders",
        "https://shop.example@evil.example/",
        "https://evil.example\\@shop.example/",
        "https:evil.example",
        "evil.example/v1",
    ],
)
def test_no_other_host_is_asked_over_the_connection(
    here: Office, books: Books, address: str
) -> None:
    shop(here)
    web, run_id = ran(here, books, url=address)
    assert web.requests == []
    assert here.run(run_id).state == runs.FAILED
    assert SECRET not in everything_kept(here)


def test_redirect_elsewhere_takes_no_secret_along(here: Office, books: Books) -> None:
    shop(here)
    away = httpx.Response(302, headers={"location": "https://evil.example/"})
    web = desk.connect(here, books.transport, lambda _request: away)
    run_id = desk.start(here, EVENT)
    desk.work_off(here)
    assert [request.url.host for request in web.requests] == ["shop.example"]
    assert here.run(run_id).state == runs.FAILED


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"baseUrl": "http://shop.example"}, "unencrypted"),
        ({"proof": "basic"}, "username"),
        ({"proof": "header"}, "parameter"),
        ({"proof": "signed", "secret": "no base64!"}, "signed with"),
        ({"secret": ""}, "secret"),
        ({"baseUrl": "https://127.0.0.1", "proof": "none"}, "not a public web address"),
    ],
)
def test_connection_that_cannot_be_used_says_what_it_lacks(
    here: Office, books: Books, values: dict[str, str], says: str
) -> None:
    shop(here, **values)
    web, run_id = ran(here, books)
    assert web.requests == []
    assert says in desk.error(here, run_id)["title"]


def test_header_of_the_step_does_not_take_the_place_of_the_proof(
    here: Office, books: Books
) -> None:
    shop(here)
    here.publish(flow().replace("method: POST", "method: POST\n      headers: {authorization: x}"))
    web, run_id = ran(here, books)
    assert web.requests == []
    assert "gives the header Authorization itself" in desk.error(here, run_id)["title"]


def test_rehearsal_shows_the_request_without_its_proof(here: Office, books: Books) -> None:
    shop(here)
    web = desk.connect(here, books.transport, lambda _request: httpx.Response(200))
    definition = model.parse(yaml_loader.load(flow()))
    found = rehearse(here.services, definition, EVENT)
    (step,) = found.steps
    assert step.state is State.WRITES
    assert step.writes[0].company == "shop.example"
    assert web.requests == []
    assert SECRET not in str(found.to_document())


def test_check_before_publishing_knows_the_kind_of_the_connection(here: Office) -> None:
    wrong = flow().replace("connection: shop", "connection: books")
    alone = flow().replace("    connection: shop\n", "").replace("{{ input.url }}", "/orders")
    around = surroundings(here.services)
    for text, place in ((wrong, "steps[0].connection"), (alone, "steps[0].config.url")):
        report = validation.validate(model.parse(yaml_loader.load(text)), around)
        assert place in [one.field for one in report.errors]


def test_request_is_frozen_with_its_connection(here: Office, books: Books) -> None:
    shop(here)
    ran(here, books)
    payload = from_json(here.effects()[0].payload)
    assert (payload["url"], payload["connection"]) == (f"{HOME}/orders", "shop")

"""Connecting in the browser: a link for programs, a page for administrators, one way back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from connector.accounts import Accounts, ApiKeys, Role
from connector.runtime.consents import TERMINAL, Consents
from connector.web.app import create_app
from connector.web.cookies import FIELD
from tests.support.oauth_world import CONSENTED, XML, World, oauth_world

PASSWORD = "a long enough pass phrase"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with oauth_world(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path) as found:
        yield found


@pytest.fixture
def app(world: World) -> Any:
    return create_app(world.services)


def key_of(world: World, role: Role = Role.ADMIN) -> dict[str, str]:
    _, secret = ApiKeys(world.services.database).add("erp", role, actor="test")
    return {"X-API-Key": secret}


def form_token(page: str) -> str:
    return page.partition(f'name="{FIELD}" value="')[2].partition('"')[0]


def administrator(world: World, app: Any, role: Role = Role.ADMIN) -> FlaskClient:
    """Return the browser of somebody who signed in."""
    accounts = Accounts(world.services.database)
    accounts.set_up("ann", "Ann", PASSWORD)
    if role is not Role.ADMIN:
        accounts.add("bob", "Bob", PASSWORD, role, actor="ann")
    browser: FlaskClient = app.test_client()
    token = form_token(browser.get("/sign-in").text)
    login = "ann" if role is Role.ADMIN else "bob"
    given = {"login": login, "password": PASSWORD, FIELD: token}
    assert browser.post("/sign-in", data=given).status_code in {302, 303}
    return browser


def back(world: World, browser: FlaskClient, url: str) -> TestResponse:
    """Allow the access on Intacct's page and let the browser come back."""
    place = urlsplit(world.allow(url))
    return browser.get(f"{place.path}?{place.query}")


@pytest.mark.accepts("A58")
def test_a_program_with_a_key_gets_a_link_and_a_person_connects_with_it(
    world: World, app: Any
) -> None:
    row = world.add(CONSENTED)
    reply = app.test_client().post(
        "/oauth/start", json={"connection": "books"}, headers=key_of(world)
    )
    assert reply.status_code == 201
    assert reply.json["connection"] == "books"
    assert reply.json["expiresAt"].endswith("Z")
    browser = app.test_client()
    going = browser.get(urlsplit(reply.json["authorizationUrl"]).path)
    assert going.status_code == 302
    assert parse_qs(urlsplit(going.location).query)["scope"] == ["offline_access"]
    assert "books is connected" in back(world, browser, going.location).text
    assert world.read(row) == 1


@pytest.mark.accepts("A58")
@pytest.mark.parametrize("key", ["", "wrong", "viewer"])
def test_without_an_administrators_key_there_is_no_link(world: World, app: Any, key: str) -> None:
    world.add(CONSENTED)
    headers = key_of(world, Role.VIEWER) if key == "viewer" else {"X-API-Key": key}
    reply = app.test_client().post(
        "/oauth/start", json={"connection": "books"}, headers=headers if key else {}
    )
    assert reply.status_code == 401
    assert "authorizationUrl" not in reply.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"connection": "nowhere"}, 404),
        ({"connection": 5}, 404),
        ([], 404),
        ({"connection": "xml only"}, 400),
        ({"connection": "hubspot"}, 400),
    ],
)
def test_a_link_needs_a_connection_with_an_application(
    world: World, app: Any, body: Any, status: int
) -> None:
    world.add(XML, "xml only")
    portal = {"token": "t0ken", "clientSecret": "s3cret"}
    world.services.connections.add("hubspot", "hubspot", portal)
    reply = app.test_client().post("/oauth/start", json=body, headers=key_of(world))
    assert (reply.status_code, "authorizationUrl" in reply.text) == (status, False)


@pytest.mark.accepts("E14")
def test_an_administrator_connects_on_the_page(world: World, app: Any) -> None:
    world.add(CONSENTED)
    browser = administrator(world, app)
    page = browser.get("/oauth/connections/books")
    assert "Nobody has allowed" in page.text
    left = browser.post("/oauth/connections/books", data={FIELD: form_token(page.text)})
    url = left.headers["Refresh"].partition("url=")[2]
    assert url.startswith("http://sandbox.test/ia/api/v1/oauth2/authorize?")
    assert "books is connected" in back(world, browser, url).text
    assert "lasts until" in browser.get("/oauth/connections/books").text


def test_a_form_of_somebody_else_begins_nothing(world: World, app: Any) -> None:
    world.add(CONSENTED)
    browser = administrator(world, app)
    reply = browser.post("/oauth/connections/books", data={FIELD: "0" * 64})
    assert reply.status_code == 403
    assert "Refresh" not in reply.headers


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.BUILDER, Role.APPROVER])
def test_others_may_not_connect(world: World, app: Any, role: Role) -> None:
    world.add(CONSENTED)
    browser = administrator(world, app, role)
    assert browser.get("/oauth/connections/books").status_code == 403


def test_an_answer_in_another_browser_is_refused(world: World, app: Any) -> None:
    """C23: a foreign or missing state, a code that somebody else was given."""
    row = world.add(CONSENTED)
    reply = app.test_client().post(
        "/oauth/start", json={"connection": "books"}, headers=key_of(world)
    )
    going = app.test_client().get(urlsplit(reply.json["authorizationUrl"]).path)
    refused = back(world, app.test_client(), going.location)
    assert refused.status_code == 400
    assert "did not ask for the access" in refused.text
    other = app.test_client()
    other.set_cookie("consent", "of another one")
    place = urlsplit(world.allow(going.location))
    assert other.get(f"{place.path}?{place.query}").status_code == 400
    assert not world.services.grants.view(row.id).has_tokens


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "no code"),
        ("?code=x&state=unknown", "did not ask"),
        ("?error=access_denied&state=x", "not allowed"),
        ("?error=<script>&state=x", "did not allow"),
        ("?code=" + "x" * 100, "did not ask"),
    ],
)
def test_a_bad_way_back_is_explained_and_echoes_nothing(app: Any, query: str, says: str) -> None:
    reply = app.test_client().get(f"/oauth/callback{query}")
    assert reply.status_code == 400
    assert says in reply.text
    assert "&lt;script" not in reply.text
    assert "<script>&" not in reply.text


def test_an_answer_for_a_terminal_is_shown_to_be_copied(world: World, app: Any) -> None:
    row = world.add(CONSENTED)
    question = Consents(world.services).begin(row, caller=TERMINAL, actor="cli")
    shown = back(world, app.test_client(), question.url)
    assert "Copy this to the terminal" in shown.text
    assert f"state={question.state}" in shown.text.replace("&amp;", "&")
    assert not world.services.grants.view(row.id).has_tokens

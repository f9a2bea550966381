"""Attacks on every route there is: C01, C04, C13, C15, C16, C17, C20, C22, C27, C32, bad input."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from connector.accounts import Account, ApiKeys, Role, passwords
from connector.connections.encrypt import SecretBox
from connector.errors import ConnectorError, InputError
from connector.operations import subscribers
from connector.store import audit, tables
from connector.web.access import access_of
from connector.web.app import create_app
from connector.workbench import drafts
from tests.unit.connector.web.conftest import BOOKS, PASSWORD, Browser, Console

HOSTILE = "<img src=x onerror=alert(1)>\"'hx-get={{7*7}} javascript:alert(1)"
RAW = "<img src=x"
MISTAKE = "The connector made a mistake."
OPEN_TO_MACHINES = ("/health", "/health/live", "/health/ready", "/metrics")
# To end, remove or look up what is not there is done at once, and tells nothing.
ENDED_ALREADY = {"people.end_session", "samples.remove", "catalogue.picklist"}
# What somebody at an unlocked desk must not do: credentials, people, keys, data out.
DANGEROUS = {
    "connections.add",
    "connections.change",
    "connections.delete",
    "people.add",
    "people.change",
    "people.give_password",
    "people.add_key",
    "second_factor.begin",
    "second_factor.remove",
    "second_factor.renew_codes",
    "second_factor.take_away",
    "second_factor.require",
    "audit.export",
    "notifications.add",
    "notifications.renew_secret",
}


def rules(app: Flask, method: str) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or set()) and rule.endpoint != "static":
            yield rule


def address(rule: Rule, known: dict[str, str], unknown: str = "no-such-thing") -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known.get(found[1], unknown), rule.rule)


def contents(console: Console) -> dict[str, list[Any]]:
    """Return every row of every table."""
    return console.services.database.read(
        lambda c: {
            table.name: [tuple(row) for row in c.execute(sa.select(table))]
            for table in tables.metadata.sorted_tables
        }
    )


def page_of(answer: TestResponse) -> str:
    """Return what a browser would read as a page; files are kept, not read (``nosniff``)."""
    is_file = answer.headers.get("Content-Disposition", "").startswith("attachment")
    return "" if is_file else answer.text


@pytest.fixture
def known(console: Console) -> dict[str, str]:
    """Things with hostile names, by the names that addresses have for them."""
    services = console.services
    row = services.connections.add("sage-intacct", HOSTILE, BOOKS)
    services.connections.add("hubspot", f"{HOSTILE} 2", {"token": "t0ken", "clientSecret": "s3c"})
    ApiKeys(services.database).add(HOSTILE, Role.VIEWER, actor=HOSTILE)
    target = "https://a.example/?<img src=x>"
    subscribers.add(services, HOSTILE, target, actor=HOSTILE)
    document = {"name": HOSTILE, "steps": [{"id": HOSTILE, "type": HOSTILE, "config": HOSTILE}]}
    draft = drafts.begin_new(services.database, document, actor=HOSTILE)
    entry = audit.Entry(HOSTILE, HOSTILE, HOSTILE, before={HOSTILE: HOSTILE}, after=[HOSTILE])
    services.database.write(lambda c: audit.append(c, entry))
    return {"row_id": row.id, "workflow_id": draft.workflow_id, "connection_id": row.id}


@pytest.fixture
def eve(console: Console) -> Browser:
    """An administrator whose very name is an attack."""
    made = console.accounts.add("eve", HOSTILE, PASSWORD, Role.ADMIN, actor="test")
    return console.browser(made)


def test_names_are_text_on_every_page(console: Console, eve: Browser, known: Any) -> None:
    """C13, C15, bad-input 35: neither the browser nor our own language reads them."""
    seen = 0
    for rule in rules(console.app, "GET"):
        answer = eve.get(address(rule, known), follow_redirects=False)
        text = page_of(answer)
        assert RAW not in text, rule.rule
        assert MISTAKE not in text, rule.rule
        assert not re.search(r'href="\s*javascript:', text), rule.rule
        seen += "&lt;img src=x" in text
    assert seen > 20


def test_looking_changes_nothing(console: Console, eve: Browser, known: Any) -> None:
    """C17: whatever a page of others makes the browser fetch, every table stays as it is."""
    before = contents(console)
    for rule in rules(console.app, "GET"):
        eve.get(address(rule, known))
        after = contents(console)
        assert [name for name in before if before[name] != after[name]] == [], rule.rule


def test_what_is_not_there_is_not_there_on_every_route(
    console: Console, eve: Browser, known: dict[str, str]
) -> None:
    """C01: an id that was guessed tells nothing and changes nothing."""
    token = eve.token("/account")
    before, answered = contents(console), []
    for method in ("GET", "POST"):
        for rule in rules(console.app, method):
            if not rule.arguments:
                continue
            data = {"form_token": token} if method == "POST" else None
            answer = eve.client.open(address(rule, {}), method=method, data=data)
            if answer.status_code not in (400, 403, 404):
                answered.append(rule.endpoint)
    assert set(answered) <= ENDED_ALREADY
    assert contents(console) == before


@pytest.mark.parametrize(
    "value",
    [
        "-1",
        "1000000000000000000000000000000",
        "<script>{{7*7}}%_'\"\\",
        "2026-02-30",
        "9999-12-31",
        "\u202e\u0661\ud7ff" + "x" * 5_000,
    ],
)
def test_no_parameter_of_an_address_breaks_a_page(
    console: Console, eve: Browser, known: Any, value: str
) -> None:
    """Bad-input 37 to 39."""
    names = ("q", "sort", "page", "per_page", "before", "after", "state", "workflow", "since")
    more = ("until", "at", "place", "month", "connection", "kind", "limit", "next", "from", "to")
    query = [(name, value) for name in (*names, *more)] + [("q", "again"), ("since[]", "1")]
    for rule in rules(console.app, "GET"):
        if rule.rule in OPEN_TO_MACHINES:
            continue  # the monitor's are red here
        answer = eve.client.get(address(rule, known), query_string=dict(query))
        assert answer.status_code < 500, (rule.rule, answer.text[:2000])
        assert RAW not in page_of(answer), rule.rule
        assert "<script>{{" not in page_of(answer), rule.rule


def test_every_route_answers_behind_the_same_walls(
    console: Console, eve: Browser, known: Any
) -> None:
    """C16: also refusals, fragments, downloads and what machines read."""
    for method in ("GET", "POST"):
        for rule in rules(console.app, method):
            headers = eve.client.open(address(rule, known), method=method).headers
            policy = headers["Content-Security-Policy"]
            assert "script-src 'self';" in policy, rule.rule
            assert "frame-ancestors 'none'" in policy, rule.rule
            assert "unsafe" not in policy, rule.rule
            assert headers["X-Content-Type-Options"] == "nosniff", rule.rule
            assert headers["Cache-Control"] == "no-store", rule.rule


def test_dangerous_acts_are_those_that_ask_for_the_password(console: Console) -> None:
    """C22: none of them loses its question unnoticed."""
    views = console.app.view_functions
    asking = {name for name, view in views.items() if (a := access_of(view)) and a.is_fresh}
    assert asking >= DANGEROUS


# C04: what a form does not offer is not taken from it


EXTRA = {
    "id": "chosen",
    "tenant": "other",
    "owner_id": "x",
    "state": "needs-attention",
    "hook_token": "known",
    "hash": "x",
    "ending": "beef",
    "secrets": "x",
    "created_by": "eve",
    "confirmed_at": "1",
    "is_partial": "0",
    "account_id": "first",
    "is_active": "0",
    "generation": "9",
    "created_at": "1",
}


def values_of(console: Console, table: sa.Table) -> list[Any]:
    found = console.services.database.read(lambda c: list(c.execute(sa.select(table)).mappings()))
    return [dict(row) for row in found]


@pytest.mark.parametrize(
    ("path", "table", "data"),
    [
        (
            "/people",
            tables.account,
            {"login": "bob", "name": "Bob", "password": PASSWORD, "role": "viewer"},
        ),
        ("/api-keys", tables.api_key, {"key_name": "erp", "role": "viewer"}),
        ("/connections/new/sage-intacct", tables.connection, {"name": "books", **BOOKS}),
        (
            "/administration/notifications",
            tables.subscriber,
            {"name": "erp", "target": "https://a.example/", "what": "all"},
        ),
        ("/account/second-factor", tables.second_factor, {}),
    ],
)
def test_what_a_form_does_not_offer_is_not_taken_from_it(
    console: Console, admin: Browser, path: str, table: sa.Table, data: dict[str, str]
) -> None:
    before = values_of(console, table)
    answer = admin.post(path, {**EXTRA, **data})
    assert answer.status_code in (200, 303, 307), answer.text
    (made,) = [row for row in values_of(console, table) if row not in before]
    taken = {name: value for name, value in EXTRA.items() if str(made.get(name)) == value}
    assert taken == {}


def test_changing_a_connection_takes_nothing_more_either(console: Console, admin: Browser) -> None:
    row = console.services.connections.add("sage-intacct", "books", BOOKS)
    data = {**EXTRA, "name": "books", **BOOKS, "changed_at": str(row.changed_at)}
    assert admin.post(f"/connections/{row.id}/edit", data).status_code == 307
    (after,) = values_of(console, tables.connection)
    assert (after["id"], after["hook_token"]) == (row.id, row.hook_token)
    assert (after["state"], after["tenant"]) == ("ready", "main")


def test_nobody_gives_themselves_another_role(console: Console) -> None:
    who = console.account(Role.VIEWER)
    browser = console.browser(who)
    password = "another horse battery"
    given = {"current_password": PASSWORD, "password": password, "again": password}
    answer = browser.post("/account/password", {**given, "role": "admin", "is_active": "1"})
    assert answer.status_code == 303
    assert console.accounts.by_id(who.id).role is Role.VIEWER


# C20, C27, C32


def test_a_name_that_nobody_has_costs_a_whole_hash_too(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C20: its answer must not come sooner."""
    looked_at: list[str] = []
    real = passwords.is_right

    def watch(password: str, stored: str) -> bool:
        looked_at.append(stored.rsplit("$", 2)[0])
        return real(password, stored)

    monkeypatch.setattr(passwords, "is_right", watch)
    console.account(Role.VIEWER)
    for login in ("viewer", "nobody"):
        with pytest.raises(ConnectorError):
            console.accounts.sign_in(login, "wrong", "127.0.0.1")
    assert len(looked_at) == 2
    assert looked_at[0] == looked_at[1]


def test_addresses_of_deliveries_hold_128_bits(console: Console) -> None:
    """C27."""
    add = console.services.connections.add
    tokens = {add("sage-intacct", f"books {number}", BOOKS).hook_token for number in range(20)}
    assert len(tokens) == 20
    assert {len(token) for token in tokens} == {22}  # 16 bytes in base64


@pytest.mark.parametrize("debug", ["", "1"])
@pytest.mark.parametrize(
    "error", [RuntimeError("s3cret trace"), sa.exc.DBAPIError("SELECT s3cret", {}, Exception("x"))]
)
def test_a_mistake_shows_a_support_id_and_nothing_else(
    console: Console, monkeypatch: pytest.MonkeyPatch, error: Exception, debug: str
) -> None:
    """C32: also where somebody left debugging on."""
    monkeypatch.setenv("FLASK_DEBUG", debug)
    app = create_app(console.services)
    browser = Console(console.services, app, console.accounts).browser(console.account(Role.ADMIN))

    def fail(**_: Any) -> str:
        raise error

    assert app.debug is False
    for endpoint, view in list(app.view_functions.items()):
        found = access_of(view)
        if found is None:
            continue
        app.view_functions[endpoint] = fail
        monkeypatch.setattr(fail, "console_access", found, raising=False)
    for rule in rules(app, "GET"):
        if access_of(app.view_functions[rule.endpoint]) is None:
            continue
        answer = browser.get(address(rule, {}))
        assert answer.status_code == 500, rule.rule
        assert "support id" in answer.text.lower(), rule.rule
        for hidden in ("s3cret", "Traceback", "RuntimeError", "SELECT", ".py"):
            assert hidden not in answer.text, rule.rule


def test_a_refusal_of_ours_says_what_to_do_and_no_more(
    console: Console, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise InputError("What was given is wrong.", advice="Give something else.")

    monkeypatch.setattr(type(console.services.connections), "list", refuse)
    answer = admin.get("/connections")
    assert answer.status_code == 400
    assert "Give something else." in answer.text


def test_a_key_of_others_opens_no_secret_of_ours(console: Console) -> None:
    """C28: what was sealed for one account is not taken for another."""
    box = console.services.box
    assert isinstance(box, SecretBox)
    one, other = console.account(Role.VIEWER), console.account(Role.BUILDER)
    sealed = box.seal(f"second-factor/{one.id}", {"secret": "x"})
    with pytest.raises(ConnectorError):
        box.open(f"second-factor/{other.id}", sealed)
    assert isinstance(one, Account)

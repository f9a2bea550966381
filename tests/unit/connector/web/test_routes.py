"""What holds for every route there is, and so for those that come later."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

import connector.web
from connector.accounts import Right, Role
from connector.store import tables
from connector.web.access import OPEN_BLUEPRINTS, SAFE_METHODS, Access, access_of
from tests.unit.connector.web.conftest import Browser, Console

TEMPLATES = Path(connector.web.__file__).parent / "templates"
CROSS_SITE = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}


def guarded(app: Flask) -> list[tuple[Rule, Access | None]]:
    """Return every route but those that check their callers themselves."""
    return [
        (rule, access_of(app.view_functions[rule.endpoint]))
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and rule.endpoint.split(".")[0] not in OPEN_BLUEPRINTS
    ]


def address(rule: Rule) -> str:
    return str(rule.rule).replace("<", "").replace(">", "")


def is_posted(rule: Rule) -> bool:
    return not (rule.methods or set()) & {"GET"}


def rows_in(console: Console, table: sa.Table) -> list[tuple[object, ...]]:
    found = console.services.database.read(lambda c: list(c.execute(sa.select(table))))
    return [tuple(row) for row in found]


def kept(console: Console) -> list[list[tuple[object, ...]]]:
    """Return everything a form could change."""
    changeable = (
        tables.account,
        tables.connection,
        tables.api_key,
        tables.effect,
        tables.usage,
        tables.subscriber,
        tables.second_factor,
        tables.recovery_code,
        tables.factor_rule,
    )
    return [rows_in(console, table) for table in changeable]


@pytest.mark.accepts("C02")
def test_every_route_says_who_may_use_it(console: Console) -> None:
    assert [rule.rule for rule, access in guarded(console.app) if access is None] == []


def test_what_changes_something_is_never_a_get(console: Console) -> None:
    """C17: a picture on a page of others can fetch any address."""
    mixed = [
        rule.rule
        for rule, _ in guarded(console.app)
        if "POST" in (rule.methods or set()) and "GET" in (rule.methods or set())
    ]
    assert mixed == []


def test_every_route_is_closed_to_strangers(console: Console) -> None:
    console.account(Role.ADMIN)
    stranger = console.browser()
    for rule, access in guarded(console.app):
        if access is None or access.right is None:
            continue
        method = "POST" if is_posted(rule) else "GET"
        answer = stranger.client.open(address(rule), method=method)
        expected = 403 if method == "POST" else 302
        assert (answer.status_code, rule.rule) == (expected, rule.rule)
        if expected == 302:
            assert answer.location.startswith("/sign-in?next=")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_every_route_refuses_roles_without_its_right(console: Console, role: Role) -> None:
    browser = console.browser(console.account(role))
    before = kept(console)
    refused = 0
    for rule, access in guarded(console.app):
        if access is None or access.right is None or access.right in role.rights:
            continue
        path = address(rule)
        answer = browser.post(path) if is_posted(rule) else browser.get(path)
        assert (answer.status_code, path) == (403, path)
        refused += 1
    assert refused > 5
    assert kept(console) == before
    actions = [row[4] for row in rows_in(console, tables.audit)]
    assert actions.count("access.refused") == refused


@pytest.mark.parametrize(
    ("data", "headers"),
    [
        ({}, {}),
        ({"form_token": "0" * 64}, {}),
        ({"form_token": ""}, {}),
        (None, CROSS_SITE),
        (None, {"Origin": "null"}),
        (None, {"Sec-Fetch-Site": "same-site"}),
    ],
)
def test_every_post_without_our_own_form_is_refused(
    console: Console, admin: Browser, data: dict[str, str] | None, headers: dict[str, str]
) -> None:
    """C17: no token, a foreign one, or a page of others with the right one; log-in as well."""
    before = kept(console)
    good = {"form_token": admin.token("/account")}
    for rule, access in guarded(console.app):
        if not is_posted(rule) or access is None or not access.has_forms:
            continue
        given = good if data is None else data
        answer = admin.client.post(address(rule), data=given, headers=headers)
        assert (answer.status_code, rule.rule) == (403, rule.rule)
    assert kept(console) == before


def test_a_token_of_another_browser_opens_no_form(console: Console, admin: Browser) -> None:
    other = console.browser(console.account(Role.VIEWER))
    answer = admin.client.post("/sign-out", data={"form_token": other.token("/account")})
    assert answer.status_code == 403


def test_json_and_method_overrides_are_no_way_around(console: Console, admin: Browser) -> None:
    token = admin.token("/account")
    as_text = admin.client.post(
        "/sign-out", data=f'{{"form_token": "{token}"}}', content_type="text/plain"
    )
    override = admin.client.get("/sign-out", headers={"X-HTTP-Method-Override": "POST"})
    assert (as_text.status_code, override.status_code) == (403, 405)
    assert admin.get("/account").status_code == 200


def test_dangerous_posts_want_the_password_again(console: Console, admin: Browser) -> None:
    """C22: a session taken over at an unlocked desk."""
    stale = tables.web_session.update().values(confirmed_at=0)
    before = kept(console)
    dangerous = [rule for rule, access in guarded(console.app) if access and access.is_fresh]
    assert len(dangerous) >= 7
    for rule in dangerous:
        console.services.database.write(lambda c: c.execute(stale))
        for given in ({}, {"current_password": "wrong password"}):
            answer = admin.post(address(rule), given)
            assert (answer.status_code, rule.rule) == (403, rule.rule)
    assert kept(console) == before
    right = {"current_password": "correct horse battery"}
    # Wrong ones were given too often by now; time passes.
    console.services.database.write(lambda c: c.execute(tables.sign_in_attempt.delete()))
    answer = admin.post("/api-keys", {"key_name": "erp", "role": "viewer", **right})
    assert answer.status_code == 200
    assert admin.post("/api-keys", {"key_name": "crm", "role": "viewer"}).status_code == 200


def test_every_page_is_sent_with_the_same_walls(console: Console, admin: Browser) -> None:
    """C16."""
    for path in ("/", "/catalogue", "/connections", "/people", "/nowhere", "/sign-in", "/health"):
        headers = admin.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_templates_hold_no_script_no_style_and_no_unescaped_value() -> None:
    """C15, C16: what the policy forbids, and what would undo the escaping."""
    texts = {
        str(path.relative_to(TEMPLATES)): path.read_text() for path in TEMPLATES.rglob("*.html")
    }
    forbidden = ("| safe", "|safe", "Markup", "hx-on", "javascript:", "autoescape", " style=")
    found = [(name, word) for name, text in texts.items() for word in forbidden if word in text]
    assert found == []
    assert [name for name, text in texts.items() if "<script>" in text] == []
    assert '"allowEval":false' in texts["layout.html"]
    assert '"selfRequestsOnly":true' in texts["layout.html"]


@pytest.mark.parametrize("right", Right)
def test_some_role_below_admin_or_admin_itself_has_each_right(right: Right) -> None:
    assert right in Role.ADMIN.rights
    assert (right is Right.ADMINISTER) == (
        not any(right in role.rights for role in Role if role is not Role.ADMIN)
    )


def test_those_who_build_do_not_approve_and_those_who_approve_do_not_build() -> None:
    """Maker and checker can be kept apart."""
    assert Right.APPROVE not in Role.BUILDER.rights
    assert Right.BUILD not in Role.APPROVER.rights


def test_unknown_things_are_not_there_for_anybody(admin: Browser) -> None:
    """C01."""
    paths = (
        "/runs/x",
        "/connections/x",
        "/connections/x/edit",
        "/connections/x/limiter",
        "/connections/new/x",
        "/catalogue/x",
        "/catalogue/triggers/x",
    )
    assert {admin.get(path).status_code for path in paths} == {404}
    assert admin.post("/connections/x/test").status_code == 404
    assert admin.post("/connections/x/delete").status_code == 404
    assert "GET" in SAFE_METHODS

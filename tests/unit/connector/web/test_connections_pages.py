"""Connections in the console: nothing secret is shown, nothing in use is removed."""

from __future__ import annotations

import re

import pytest

from connector.accounts import Role
from connector.runtime import workflows
from connector.store.tables import audit
from connector.workflow import model, yaml_loader
from tests.support.office import WORKFLOW
from tests.unit.connector.web.conftest import BOOKS, Browser, Console

SECRETS = [value for key, value in BOOKS.items() if key.endswith("Password")]
HOOKS = {"token": "t0ken-of-the-app", "clientSecret": "s3cret-of-the-app"}


def added(console: Console, name: str = "books") -> str:
    return console.services.connections.add("sage-intacct", name, BOOKS, actor="test").id


def form_of(browser: Browser, path: str) -> dict[str, str]:
    """Return what a browser would post from a page's form, as it stands."""
    fields = re.findall(r"<(?:input|textarea)[^>]*>", browser.get(path).text)
    found = {}
    for field in fields:
        name, value = re.search(r'name="([^"]+)"', field), re.search(r'value="([^"]*)"', field)
        if name:
            found[name[1]] = value[1] if value else ""
    return found


def test_saving_a_new_connection_leads_to_its_test_by_posting(
    console: Console, admin: Browser
) -> None:
    answer = admin.post("/connections/new/sage-intacct", {"name": "books", **BOOKS})
    row = console.services.connection_named("books")
    assert (answer.status_code, answer.location) == (307, f"/connections/{row.id}/test")
    assert console.services.connections.open(row)["userPassword"] == BOOKS["userPassword"]


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost_but_secrets(
    console: Console, admin: Browser
) -> None:
    given = {"name": "books", **BOOKS, "concurrency": "many"}
    answer = admin.post("/connections/new/sage-intacct", given)
    assert answer.status_code == 400
    assert 'id="wrong-concurrency"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'value="ACME"' in answer.text
    assert [secret for secret in SECRETS if secret in answer.text] == []
    assert console.services.connections.list() == ()


@pytest.mark.parametrize("role", Role)
def test_no_page_shows_a_secret_to_anybody(console: Console, role: Role) -> None:
    row_id = added(console)
    hooks = console.services.connections.add("hubspot", "hubspot", HOOKS, actor="test")
    browser = console.browser(console.account(role))
    for path in (
        "/connections",
        f"/connections/{row_id}",
        f"/connections/{row_id}/edit",
        f"/connections/{hooks.id}",
        f"/connections/{hooks.id}/edit",
    ):
        text = browser.get(path).text
        assert [secret for secret in (*SECRETS, *HOOKS.values()) if secret in text] == []
        if role is not Role.ADMIN:
            assert hooks.hook_token not in text


def test_a_blank_secret_stays_as_it_is(console: Console, admin: Browser) -> None:
    row_id = added(console)
    path = f"/connections/{row_id}/edit"
    given = form_of(admin, path)
    assert {given["senderPassword"], given["userPassword"]} == {""}
    answer = admin.post(path, {**given, "companyId": "ACME-2", "userPassword": "new-secret"})
    assert answer.status_code == 307
    row = console.services.connections.by_id(row_id)
    values = console.services.connections.open(row)
    assert values["companyId"] == "ACME-2"
    assert values["senderPassword"] == BOOKS["senderPassword"]
    assert values["userPassword"] == "new-secret"


def test_of_two_people_who_change_at_once_the_second_is_told(
    console: Console, admin: Browser
) -> None:
    """Bad input 36: nothing is overwritten unseen, nothing typed is lost."""
    row_id = added(console)
    path = f"/connections/{row_id}/edit"
    given = form_of(admin, path)
    changed_at = int(given["changed_at"]) - 1
    answer = admin.post(path, {**given, "companyId": "MINE", "changed_at": str(changed_at)})
    assert answer.status_code == 400
    assert "Somebody has changed this connection" in answer.text
    assert 'value="MINE"' in answer.text
    assert console.services.connections.by_id(row_id).settings["companyId"] == "ACME"


def test_a_connection_in_use_is_not_removed(console: Console, admin: Browser) -> None:
    row_id = added(console)
    console.services.connections.add("hubspot", "hubspot", HOOKS, actor="test")
    definition = model.parse(yaml_loader.load(WORKFLOW))
    workflows.publish(console.services.database, definition, actor="test")
    assert "Order to invoice" in admin.get(f"/connections/{row_id}").text
    answer = admin.post(f"/connections/{row_id}/delete")
    assert answer.status_code == 400
    assert "Published workflows use this connection: Order to invoice." in answer.text
    free = added(console, "spare")
    assert admin.post(f"/connections/{free}/delete").status_code == 303
    assert [row.name for row in console.services.connections.list()] == ["books", "hubspot"]


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "{{7919*7919}}",
        "=HYPERLINK(1)",
        '" hx-get="/people" x="',
        "'; DROP TABLE x",
    ],
)
def test_names_are_text_wherever_they_stand(console: Console, admin: Browser, name: str) -> None:
    """C15, bad input 35."""
    row_id = added(console, name)
    for path in ("/connections", f"/connections/{row_id}", f"/connections/{row_id}/edit"):
        text = admin.get(path).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert ' hx-get="/people"' not in text
        assert str(7919 * 7919) not in text


@pytest.mark.parametrize("name", [" ", "x" * 10_000, "a\u202eb", "a\nb"])
def test_names_nobody_can_read_are_refused(console: Console, admin: Browser, name: str) -> None:
    answer = admin.post("/connections/new/sage-intacct", {**BOOKS, "name": name})
    assert answer.status_code == 400
    assert console.services.connections.list() == ()


def test_values_that_are_no_inputs_are_not_kept(console: Console, admin: Browser) -> None:
    """C04."""
    more = {"state": "ready", "tenant": "other", "hook_token": "known", "id": "x", "role": "admin"}
    admin.post("/connections/new/sage-intacct", {"name": "books", **BOOKS, **more})
    row = console.services.connection_named("books")
    assert set(row.settings) == {"companyId", "senderId", "userId"}
    assert row.hook_token != "known"


def test_what_was_done_is_in_the_audit_trail_under_its_own_name(
    console: Console, admin: Browser
) -> None:
    admin.post("/connections/new/sage-intacct", {"name": "books", **BOOKS})
    rows = console.services.database.read(lambda c: list(c.execute(audit.select())))
    (row,) = [row for row in rows if row.action == "connection.add"]
    assert row.actor == "admin"
    assert [secret for secret in SECRETS if secret in str(rows)] == []

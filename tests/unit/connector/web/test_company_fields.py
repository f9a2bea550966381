"""What is a company's own: its fields in the try-it form, its schedules, its secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.accounts import Role
from connector.intacct.model import LiveField, LiveObject
from connector.runtime import workflows
from connector.runtime.live_schema import SqlLiveSchemas
from connector.sandbox.app import create_app as create_sandbox
from connector.sandbox.config import SandboxConfig
from connector.workflow import model
from tests.unit.connector.web.conftest import BOOKS, Browser, Console
from tests.unit.connector.web.test_try_it import INVOICE, Desk

REGION = LiveField("REGION", "Sales region", is_custom=True, choices=("North", "South"))
SCHEDULED = {
    "version": 1,
    "name": "Nightly sync",
    "trigger": {"type": "schedule", "config": {"cron": "30 2 * * *", "timeZone": "Asia/Tokyo"}},
    "steps": [{"id": "note", "type": "filter", "config": {"condition": "{{ true }}"}}],
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(create_sandbox(SandboxConfig(public_url="http://sandbox.test")), tmp_path)
    yield desk
    desk.office.close()


def test_a_companys_own_fields_are_filled_in_by_name(desk: Desk) -> None:
    page = desk.builder.get("/catalogue/createInvoice").text
    assert "are not known yet" in page
    kept = SqlLiveSchemas(desk.console.services.database, desk.connection)
    kept.get("ARINVOICE", lambda: LiveObject("ARINVOICE", {"REGION": REGION}))
    page = desk.builder.get("/catalogue/createInvoice").text
    assert "are below" in page
    name = re.search(r'name="(customFields[.\w]*REGION)"', page)
    assert name
    shown = desk.post("preview", {**INVOICE, name[1]: "North"}).text
    assert "REGION" in shown
    assert "&lt;customfieldvalue&gt;North&lt;/customfieldvalue&gt;" in shown
    wrong = desk.post("preview", {**INVOICE, name[1]: "East"})
    assert wrong.status_code == 422
    assert "Sales region" in wrong.text


def test_the_company_is_asked_for_its_fields_only_when_told_to(desk: Desk) -> None:
    page = desk.post("fields", {**INVOICE, "description": "typed before"})
    assert page.status_code == 200
    assert "are below" in page.text
    assert 'value="typed before"' in page.text
    assert desk.invoices() == []


def test_the_next_five_starts_of_a_schedule_are_shown_in_its_own_zone(
    console: Console, admin: Browser
) -> None:
    assert "No published workflow has a schedule." in admin.get("/catalogue/triggers/schedule").text
    workflows.publish(console.services.database, model.parse(SCHEDULED), actor="test")
    page = admin.get("/catalogue/triggers/schedule").text
    assert "Nightly sync" in page
    assert len(re.findall(r"<li>\d{4}-\d\d-\d\d 02:30:00\+09:00</li>", page)) == 5
    assert "What it starts next" not in admin.get("/catalogue/triggers/hubspot.deal").text


def test_administrators_see_how_a_long_secret_ends_and_when_it_changed(
    console: Console, admin: Browser
) -> None:
    connections = console.services.connections
    long_one = "a-long-sender-password-x7Kq"
    row = connections.add("sage-intacct", "books", {**BOOKS, "senderPassword": long_one})
    page = admin.get(f"/connections/{row.id}").text
    assert "x7Kq" in page
    assert long_one[:-4] not in page
    assert f"{BOOKS['userPassword'][-4:]} at its end" not in page  # too short to tell any of it
    assert "Kept, too short to show its end" in page
    assert page.count("changed <time") == 2
    viewer = console.browser(console.account(Role.VIEWER)).get(f"/connections/{row.id}").text
    assert "x7Kq" not in viewer
    assert "Kept encrypted, never shown" in viewer


def test_a_secret_that_is_kept_elsewhere_says_where(
    console: Console, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTACCT_SECRET_BOOKS", "the-real-password-of-the-user")
    values = {**BOOKS, "userPassword": "env:INTACCT_SECRET_BOOKS"}
    row = console.services.connections.add("sage-intacct", "books", values)
    page = admin.get(f"/connections/{row.id}").text
    assert "Kept at env:INTACCT_SECRET_BOOKS" in page
    assert "the-real-password" not in page

"""Trying an action: what is previewed is what is sent, once, and only when it is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from connector.accounts import Accounts, Role
from connector.sandbox.app import create_app as create_sandbox
from connector.sandbox.config import SandboxConfig
from connector.store.tables import audit
from connector.web.app import create_app
from tests.support.office import Office
from tests.unit.connector.web.conftest import CHEAP, Console

PATH = "/catalogue/createInvoice"
INVOICE = {
    "customerId": "C-00001",
    "dateCreated": "2026-03-02",
    "termName": "Net 30",
    "lineItems.0.accountNumber": "4000",
    "lineItems.0.amount": "1250.50",
    "lineItems.1.accountNumber": "4000",
    "lineItems.1.amount": "100",
}


class Desk:
    """A builder's browser on a console that is connected to a sandbox company."""

    def __init__(self, books: Flask, folder: Path) -> None:
        self.office = Office(httpx.WSGITransport(books), f"sqlite:///{folder / 'i.db'}", folder)
        self.office.prepare()
        services = self.office.services
        self.console = Console(
            services, create_app(services), Accounts(services.database, cost=CHEAP)
        )
        self.builder = self.console.browser(self.console.account(Role.BUILDER))
        self.connection = services.connection_named("books").id
        self._books: FlaskClient = books.test_client()

    def post(self, do: str, given: dict[str, str], path: str = PATH) -> TestResponse:
        data = {"do": do, "connection": self.connection, "once": "once-1", **given}
        return self.builder.post(path, data)

    def confirmation(self, page: TestResponse) -> dict[str, str]:
        """Return what the preview's own form would post."""
        seal = re.search(r'name="seal" value="(\w+)"', page.text)
        assert seal, page.text
        return {"seal": seal[1], "confirm": "SANDBOX"}

    def invoices(self) -> list[dict[str, Any]]:
        reply = self._books.get("/_sandbox/ledger?object=ARINVOICE")
        return [entry for entry in reply.get_json() if entry["operation"] == "create"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(create_sandbox(SandboxConfig(public_url="http://sandbox.test")), tmp_path)
    yield desk
    desk.office.close()


def test_a_preview_shows_the_request_and_sends_nothing(desk: Desk) -> None:
    page = desk.post("preview", INVOICE)
    assert page.status_code == 200
    assert "&lt;create_invoice&gt;" in page.text
    assert "&lt;amount&gt;1250.50&lt;/amount&gt;" in page.text
    assert "Send to SANDBOX" in page.text
    assert "sandbox-secret" not in page.text
    assert desk.invoices() == []


def test_what_is_confirmed_is_sent_once_however_often_it_is_posted(desk: Desk) -> None:
    """Bad input 36: twice, and with the back button."""
    confirmed = {**INVOICE, **desk.confirmation(desk.post("preview", INVOICE))}
    pages = [desk.post("send", confirmed) for _ in range(3)]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert len(desk.invoices()) == 1
    number = desk.invoices()[0]["id"]
    assert all(number in page.text for page in pages)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"confirm": ""},
        {"confirm": "ACME"},
        {"seal": ""},
        {"seal": "0" * 64},
        {"lineItems.0.amount": "9250.50"},
        {"customerId": "C-00002"},
        {"once": "once-2"},
    ],
)
def test_what_was_not_seen_or_not_meant_is_not_sent(desk: Desk, spoiled: dict[str, str]) -> None:
    confirmed = {**INVOICE, **desk.confirmation(desk.post("preview", INVOICE))}
    page = desk.post("send", {**confirmed, **spoiled})
    assert page.status_code == 422
    assert desk.invoices() == []


def test_a_connection_that_changed_since_the_preview_is_not_written_to(desk: Desk) -> None:
    """It might lead to other books by now."""
    confirmed = {**INVOICE, **desk.confirmation(desk.post("preview", INVOICE))}
    services = desk.office.services
    row = services.connection_named("books")
    services.connections.update(row.id, row.settings)
    page = desk.post("send", confirmed)
    assert page.status_code == 422
    assert "Something has changed since the preview" in page.text
    assert desk.invoices() == []


def test_a_mistake_is_said_beside_its_field_without_asking_anybody(desk: Desk) -> None:
    page = desk.post("preview", {**INVOICE, "lineItems.1.amount": "1,000.00"})
    assert page.status_code == 422
    assert 'id="wrong-lineItems-1-amount"' in page.text
    assert "thousands separators" in page.text
    assert 'value="1250.50"' in page.text


def test_a_refusal_of_the_company_is_said_and_what_was_typed_stays(desk: Desk) -> None:
    given = {**INVOICE, "customerId": "C-NOBODY"}
    confirmed = {**given, **desk.confirmation(desk.post("preview", given))}
    page = desk.post("send", confirmed)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert 'value="C-NOBODY"' in page.text
    assert desk.invoices() == []


def test_lines_come_and_go_without_losing_the_others(desk: Desk) -> None:
    more = desk.post("add:lineItems", INVOICE)
    assert 'name="lineItems.2.amount"' in more.text
    assert 'value="1250.50"' in more.text
    assert "1,350.50" in more.text
    less = desk.post("remove:lineItems.0", INVOICE)
    assert "1250.50" not in less.text
    assert 'name="lineItems.0.amount" value="100"' in less.text


@pytest.mark.parametrize(
    "do", ["add:", "add:x.y.z", "remove:lineItems", "remove:a.9", "nonsense", ""]
)
def test_buttons_that_do_not_exist_break_nothing(desk: Desk, do: str) -> None:
    assert desk.post(do, INVOICE).status_code == 200
    assert desk.invoices() == []


def test_what_only_reads_is_read_at_once(desk: Desk) -> None:
    page = desk.post("preview", {"customerId": "C-00001"}, "/catalogue/getCustomer")
    assert page.status_code == 200
    assert "The answer" in page.text
    assert "API transaction" in page.text


def test_without_a_company_a_sentence_asks_for_one(desk: Desk) -> None:
    page = desk.post("preview", {**INVOICE, "connection": "x"})
    assert page.status_code == 422
    assert "Choose a connection first." in page.text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.APPROVER])
def test_who_may_not_build_sees_the_description_and_no_form(desk: Desk, role: Role) -> None:
    browser = desk.console.browser(desk.console.account(role))
    page = browser.get(PATH)
    assert page.status_code == 200
    assert 'id="try"' not in page.text
    assert browser.post(PATH, {"do": "preview", **INVOICE}).status_code == 403


def test_who_tried_it_stands_in_the_audit_trail(desk: Desk) -> None:
    confirmed = {**INVOICE, **desk.confirmation(desk.post("preview", INVOICE))}
    desk.post("send", confirmed)
    rows = desk.office.database.read(lambda c: list(c.execute(audit.select())))
    assert "builder" in {row.actor for row in rows if row.action == "effect.succeeded"}


def test_picklists_offer_ids_with_names_and_take_what_was_typed(desk: Desk) -> None:
    asked = {"field": "customerId", "connection": desk.connection, "return_id": "1"}
    page = desk.builder.get(
        "/picklists/selectCustomer", query_string={**asked, "customerId": "blue"}
    )
    keys = re.findall(r'<option value="([^"]+)">([^<]+)</option>', page.text)
    assert keys
    assert all("Blue" in label and key in label for key, label in keys)
    none = desk.builder.get(
        "/picklists/selectCustomer", query_string={**asked, "customerId": "zzz"}
    )
    assert "Nothing holds &#39;zzz&#39;" in none.text


@pytest.mark.parametrize(
    ("key", "given"),
    [("selectCustomer", {}), ("selectCustomer", {"connection": "x"}), ("nothing", {})],
)
def test_a_picklist_without_a_company_says_so(desk: Desk, key: str, given: dict[str, str]) -> None:
    page = desk.builder.get(f"/picklists/{key}", query_string={"field": "a.b", **given})
    assert page.status_code == 200
    assert "Choose a connection first." in page.text


def test_data_of_the_company_is_inert_text(desk: Desk) -> None:
    """C15: a record's name comes back through previews, answers and picklists."""
    evil = '<img src=x onerror=alert(1)>" hx-get="/people'
    page = desk.post("preview", {**INVOICE, "lineItems.0.memo": evil})
    assert "<img src=x" not in page.text
    assert ' hx-get="/people' not in page.text
    assert "hx-disable" in page.text

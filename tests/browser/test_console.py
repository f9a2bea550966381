"""Connections, catalogue and runs in a real browser: by mouse, by keyboard, without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from connector.sandbox import config as sandbox
from tests.browser.conftest import Seat, Sit
from tests.support.installation import Installation

PAGES = (
    "/",
    "/welcome",
    "/connections",
    "/connections/new/sage-intacct",
    "/connections/new/hubspot",
    "/catalogue",
    "/catalogue?q=nothing+fits+this",
    "/catalogue/triggers/hubspot.deal",
    "/catalogue/createInvoice",
    "/catalogue/createCustomer",
    "/catalogue/createJournalEntry",
    "/catalogue/listInvoices",
    "/catalogue/rawRequest",
    "/oauth/connections/books",
    "/people",
    "/account",
    "/nowhere",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_readable_at_two_widths_and_clean_for_axe(ada: Seat, path: str) -> None:
    ada.open(path)
    if path.startswith("/catalogue/create"):
        for fold in ada.page.locator("details.group > summary").all():
            fold.click()
    ada.look("page" + re.sub(r"\W+", "-", path))


def test_the_dark_side_is_as_readable(sit: Sit, admin_kept: dict[str, Any]) -> None:
    with sit(admin_kept, color_scheme="dark") as seat:
        for path in ("/connections", "/catalogue", "/catalogue/createInvoice"):
            seat.open(path)
            seat.look("dark" + path.replace("/", "-"))


def test_a_wrong_password_is_named_and_put_right(ada: Seat, installation: Installation) -> None:
    page = ada.page
    ada.open("/connections")
    page.get_by_role("link", name="Connect Sage Intacct", exact=True).click()
    page.get_by_label("Name needed").fill("second")
    page.get_by_label("Company ID").fill(sandbox.COMPANY_ID)
    page.get_by_label("Sender ID").fill(sandbox.SENDER_ID)
    page.get_by_label("Sender Password").fill(sandbox.SENDER_PASSWORD)
    page.get_by_label("User ID", exact=True).fill(sandbox.USER_ID)
    page.get_by_label("User Password").fill("not-the-password")
    gateway = f"{installation.machine.sandbox_address}{sandbox.GATEWAY_PATH}"
    page.get_by_label("Endpoint").fill(gateway)
    page.get_by_role("button", name="Save and test").click()
    expect(page.get_by_text("stopped at the company, user and password")).to_be_visible()
    expect(page.locator("li.passed").first).to_have_text("address")
    expect(page.get_by_role("heading", name="second Needs attention")).to_be_visible()
    ada.look("connection-refused")

    page.get_by_role("link", name="Change").click()
    assert page.get_by_label("User Password").input_value() == ""
    page.get_by_label("User Password").fill(sandbox.USER_PASSWORD)
    page.get_by_role("button", name="Save and test").click()
    expect(page.get_by_text("XML API: everything works")).to_be_visible()
    expect(page.get_by_role("heading", name="second Ready")).to_be_visible()
    expect(page.get_by_text("Nobody works in the company, nobody waits.")).to_be_visible()


def test_typing_finds_actions_and_fields(ada: Seat) -> None:
    page = ada.page
    ada.open("/catalogue")
    page.get_by_label("Search").fill("journal create")
    expect(page.locator("#found .card")).to_have_count(1)
    page.get_by_role("link", name="Create Journal Entry").click()
    page.get_by_label("Find a field").fill("reversal")
    expect(page.locator("details.group:visible .field:visible")).to_have_count(1)
    expect(page.get_by_label("Reversal Date")).to_be_visible()


def test_an_invoice_is_posted_with_the_keyboard_alone(
    ada: Seat, installation: Installation
) -> None:
    page = ada.page
    ada.open("/catalogue/createInvoice")
    ada.tab_to("#customerId")
    page.keyboard.type("C-00001")
    ada.tab_to("#dateCreated")
    page.keyboard.type("03022026")
    ada.tab_to("#lineItems-0-accountNumber")
    page.keyboard.type("4000")
    ada.tab_to("#lineItems-0-amount")
    page.keyboard.type("75.25")
    page.keyboard.press("Enter")  # shows the request; it never sends
    expect(page.get_by_role("heading", name="This would be sent")).to_be_visible()
    ada.tab_to("#confirm")
    page.keyboard.press("Space")
    ada.tab_to("button.danger")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    assert installation.is_made("ARINVOICE", page.locator("#outcome dd").first.inner_text())


def test_everything_works_without_scripts(
    sit: Sit, admin_kept: dict[str, Any], installation: Installation
) -> None:
    with sit(admin_kept, java_script_enabled=False) as seat:
        page = seat.page
        seat.open("/catalogue")
        page.get_by_label("Search").fill("create invoice")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="Create Invoice").click()
        page.get_by_label("Customer ID").first.fill("C-00001")
        page.get_by_label("Date Created").fill("2026-03-02")
        page.locator("#lineItems-0-accountNumber").fill("4000")
        page.locator("#lineItems-0-amount").fill("10.10")
        page.get_by_role("button", name="Add a line to Invoice Line Items").click()
        page.locator("#lineItems-1-accountNumber").fill("4000")
        page.locator("#lineItems-1-amount").fill("20.20")
        page.get_by_role("button", name="Show the exact request").click()
        expect(page.locator("#totals-lineItems output")).to_have_text("30.30")
        page.get_by_label("Yes, write this to the company SANDBOX").check()
        page.get_by_role("button", name="Send to SANDBOX").click()
        expect(page.get_by_role("heading", name="Done")).to_be_visible()
        assert installation.is_made("ARINVOICE", page.locator("#outcome dd").first.inner_text())

        seat.open("/connections")
        page.get_by_role("link", name="books").click()
        page.get_by_role("button", name="Test it").click()
        expect(page.get_by_text("XML API: everything works")).to_be_visible()
        page.get_by_role("link", name="Who works in the company").click()
        expect(page.get_by_role("heading", name="Right now")).to_be_visible()

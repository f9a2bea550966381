"""From nothing to a posted invoice, reading only the screen."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, Sit
from tests.support.installation import Installation


def test_a_newcomer_gets_from_the_printed_address_to_a_posted_invoice(
    installation: Installation, sit: Sit
) -> None:
    with sit() as seat:
        page = seat.page
        page.goto(installation.machine.console_address)
        expect(page).to_have_url(re.compile("/set-up"))
        seat.look("set-up")
        page.get_by_label("Your name").fill("Ada Admin")
        page.get_by_label("Log-in name").fill("ada")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password again").fill(PASSWORD)
        page.get_by_role("button", name="Make the account").click()

        expect(page.get_by_role("heading", name="First steps")).to_be_visible()
        seat.look("first-steps")
        page.get_by_role("link", name="Open and test the connection").click()
        page.get_by_role("button", name="Test it").click()
        expect(page.get_by_text("XML API: everything works")).to_be_visible()
        seat.look("connection-tested")

        seat.open("/welcome")
        page.get_by_role("link", name="Try Create Invoice").click()
        customer = page.get_by_label("Customer ID").first
        customer.press_sequentially("blue clinic")
        expect(page.locator("#list-customerId option")).not_to_have_count(0)
        customer.fill(page.locator("#list-customerId option").first.get_attribute("value") or "")
        page.get_by_label("Date Created").fill("2026-03-02")
        page.locator("#lineItems-0-accountNumber").fill("4000")
        page.locator("#lineItems-0-amount").fill("1250.50")
        page.get_by_role("button", name="Add a line to Invoice Line Items").click()
        page.locator("#lineItems-1-accountNumber").fill("4000")
        page.locator("#lineItems-1-amount").fill("100")
        expect(page.locator("#totals-lineItems output")).to_have_text("1,350.50")
        page.get_by_role("button", name="Show the exact request").click()
        expect(page.get_by_role("heading", name="This would be sent")).to_be_visible()
        expect(page.get_by_label("The exact request")).to_contain_text("<amount>1250.50</amount>")
        seat.look("invoice-preview")

        page.get_by_role("button", name="Send to SANDBOX").click()
        expect(page.get_by_text("say that you mean the company SANDBOX")).to_be_visible()
        page.get_by_role("button", name="Show the exact request").click()
        page.get_by_label("Yes, write this to the company SANDBOX").check()
        page.get_by_role("button", name="Send to SANDBOX").click()
        expect(page.get_by_role("heading", name="Done")).to_be_visible()
        seat.look("invoice-sent")
        number = page.locator("#outcome dd").first.inner_text()
        assert installation.is_made("ARINVOICE", number)


def test_the_printed_address_opens_nothing_a_second_time(
    installation: Installation, sit: Sit
) -> None:
    with sit() as seat:
        seat.page.goto(installation.machine.console_address)
        expect(seat.page).to_have_url(re.compile("/sign-in"))
        seat.look("sign-in")
        seat.open("/set-up")
        expect(seat.page.get_by_role("alert")).to_contain_text("no such page")

"""Administration in a real browser: second factor, audit log, alerts, settings, health."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import expect

from connector.accounts import Accounts, Role
from connector.accounts.second_factor import STEP_SECONDS, code_at
from tests.browser.conftest import PASSWORD, Seat, Sit, sign_in
from tests.support.installation import Installation

PAGES = (
    "/administration",
    "/administration/audit",
    "/administration/audit?actor=nobody-at-all",
    "/administration/audit?since=2026-13-01",
    "/administration/notifications",
    "/administration/settings",
    "/administration/health",
    "/people",
    "/account",
    "/account/second-factor",
    "/catalogue/triggers/schedule",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_readable_at_two_widths_and_clean_for_axe(ada: Seat, path: str) -> None:
    ada.open(path)
    ada.look("page" + re.sub(r"\W+", "-", path))


def test_the_dark_side_is_as_readable(sit: Sit, admin_kept: dict[str, Any]) -> None:
    with sit(admin_kept, color_scheme="dark") as seat:
        for path in ("/administration", "/administration/audit", "/administration/health"):
            seat.open(path)
            seat.look("dark" + path.replace("/", "-"))


def test_a_second_factor_is_set_up_and_asked_for(sit: Sit, installation: Installation) -> None:
    accounts = Accounts(installation.machine.database)
    accounts.add("grace", "Grace", PASSWORD, Role.APPROVER, actor="test")
    with sit() as seat:
        page = seat.page
        sign_in(seat, "grace")
        seat.open("/account")
        page.get_by_role("link", name="Set it up").click()
        page.get_by_role("button", name="Set it up").click()
        secret = page.get_by_role("region", name="Key").inner_text().replace(" ", "")
        seat.look("second-factor-setting-up")
        step = int(time.time()) // STEP_SECONDS
        page.get_by_label("Code").fill(code_at(secret, step))
        page.get_by_role("button", name="Turn it on").click()
        codes = page.get_by_role("region", name="Recovery codes").inner_text().split()
        assert len(codes) == 10
        seat.look("second-factor-codes")
        page.get_by_role("link", name="I have kept them").click()
        seat.open("/account/second-factor")
        expect(page.get_by_text("10 of 10 recovery codes are left.")).to_be_visible()
        seat.look("second-factor-on")
        page.get_by_role("button", name="Sign out").click()

        page.get_by_label("Log-in name").fill("grace")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="One more step")).to_be_visible()
        seat.look("sign-in-code")
        page.get_by_label("Code from your app").fill("000000")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text("This code is not right")).to_be_visible()
        page.get_by_label("Code from your app").fill(codes[0])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_who_changed_what_is_found_and_verified_without_scripts(
    sit: Sit, admin_kept: dict[str, Any]
) -> None:
    with sit(admin_kept, java_script_enabled=False) as seat:
        page = seat.page
        seat.open("/administration")
        page.get_by_role("link", name="Audit log").click()
        page.get_by_label("What begins with").fill("account.")
        page.get_by_role("button", name="Search").click()
        expect(page.locator("tbody tr").first).to_contain_text("account.")
        page.get_by_role("button", name="Verify it now").click()
        expect(page.get_by_text("The trail is whole")).to_be_visible()


def test_somebody_is_told_of_troubles(ada: Seat) -> None:
    page = ada.page
    ada.open("/administration/notifications")
    page.get_by_label("Name", exact=True).fill("Night shift")
    page.get_by_label("Mail or https address").fill("night@example.com")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("cell", name="night@example.com")).to_be_visible()
    page.get_by_text("Change Night shift").click()
    page.get_by_role("button", name="Send a test: Night shift").click()
    expect(page.get_by_text("No mail server is set, so nothing can be sent")).to_be_visible()
    ada.look("notifications-with-one")
    page.get_by_text("Change Night shift").click()
    page.get_by_role("button", name="Remove: Night shift").click()
    expect(page.get_by_text("Nobody is told.")).to_be_visible()


def test_the_menu_shows_where_one_is_at_both_widths(ada: Seat) -> None:
    page = ada.page
    menu = page.get_by_role("navigation", name="Main")
    ada.open("/people")
    expect(menu.locator("[aria-current=page]")).to_have_text("Administration")
    page.set_viewport_size({"width": 400, "height": 800})
    for name in ("Today", "Workflows", "Usage", "Administration"):
        expect(menu.get_by_role("link", name=name)).to_be_in_viewport()

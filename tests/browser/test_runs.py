"""Runs in a real browser: found, read, repaired and decided about, with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from connector.accounts import Account, Accounts, Role
from connector.workbench import templates
from tests.browser.conftest import PASSWORD, Seat, Sit, sign_in
from tests.support.installation import Installation

NAMELESS = "Deal to unnumbered invoice"
OTHER_STAGE = "presentationscheduled"


@pytest.fixture
def closed_books(installation: Installation) -> Iterator[None]:
    installation.policy("books_closed_through", "2027-12-31")
    yield
    installation.policy("books_closed_through", "2024-12-31")


@pytest.fixture(scope="module")
def nameless(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A workflow whose invoices cannot be looked up: they have no number of their own."""
    text = templates.text("hubspot_deal_to_invoice")
    text = re.sub(r"\n +# The number.*\n +invoiceNumber:.*", "", text)
    text = text.replace("name: HubSpot deal to invoice", f"name: {NAMELESS}", 1)
    text = text.replace("[closedwon]", f"[{OTHER_STAGE}]")
    file: Path = tmp_path_factory.mktemp("workflow") / "nameless.yaml"
    file.write_text(text)
    done = installation.command("workflow", "apply", str(file))
    assert done.returncode == 0, done.stderr
    return NAMELESS


@pytest.fixture(scope="module")
def viewer(installation: Installation, admin_kept: dict[str, Any]) -> Account:
    """Somebody who may look."""
    del admin_kept  # the first account is the administrator's
    accounts = Accounts(installation.machine.database)
    return accounts.add("vera", "Vera Viewer", PASSWORD, Role.VIEWER, actor="test")


def failed_run(installation: Installation, deal: str) -> str:
    installation.move(deal)
    return installation.run_in(deal, "failed").line.id


def find(page: Page, text: str) -> None:
    page.get_by_label("Find", exact=True).fill(text)
    page.get_by_role("button", name="Show").click()


def test_a_failed_run_is_found_by_its_invoice_number_and_repaired(
    ada: Seat, installation: Installation, closed_books: None
) -> None:
    del closed_books
    deal = installation.new_deal(name="Spring refit")
    failed_run(installation, deal)
    page = ada.page
    ada.open("/runs")
    ada.look("runs-list")
    find(page, f"HS-{deal}")
    expect(page.locator("table.runs tbody tr")).to_have_count(1)
    page.get_by_role("link", name=re.compile("Failed: run of HubSpot deal")).click()
    expect(page.get_by_role("alert")).to_contain_text("closed through 2027-12-31")
    expect(page.get_by_role("alert")).to_contain_text("Choose a date in an open period")
    ada.look("run-failed")
    page.get_by_text("Request and reply").last.click()
    request = page.get_by_role("region", name=re.compile("^Request ")).last
    expect(request).to_contain_text(f"HS-{deal}")
    ada.look("run-request")
    installation.policy("books_closed_through", "2024-12-31")
    page.get_by_role("button", name="Go on where it stopped").click()
    expect(page.get_by_text("What was written is not written again.")).to_be_visible()
    # The page renews itself: nobody reloads it.
    expect(page.locator(".head .state")).to_have_text("Done")
    expect(page.locator("#run[hx-get]")).to_have_count(0)
    assert len(installation.invoices(deal)) == 1
    ada.look("run-done")


def test_a_page_that_renews_itself_leaves_open_what_was_opened(
    ada: Seat, installation: Installation
) -> None:
    deal = installation.new_deal(name="Slow answer")
    installation.fault("commit_then_hold", "create_invoice", seconds=3)
    installation.move(deal)
    run_id = installation.run_in(deal, "running", "succeeded").line.id
    page = ada.page
    ada.open(f"/runs/{run_id}")
    fold = page.locator("#event")
    fold.locator("summary").click()
    expect(fold).to_have_attribute("open", "")
    ada.look("run-running")
    expect(page.locator(".head .state")).to_have_text("Done")
    expect(fold).to_have_attribute("open", "")


def test_a_parked_write_is_decided_by_somebody_who_looked(
    ada: Seat, installation: Installation, nameless: str
) -> None:
    deal = installation.new_deal(name="Unnumbered")
    installation.fault("commit_then_502", "create_invoice")
    installation.move(deal, OTHER_STAGE)
    run = installation.run_in(deal, "parked")
    page = ada.page
    ada.open("/runs?state=parked")
    page.get_by_role("link", name=f"Needs a decision: run of {nameless} for {deal}").click()
    expect(page.get_by_text("Look in SANDBOX first. What did you find?")).to_be_visible()
    expect(page.get_by_text("If it was there after all, there will be two.")).to_be_visible()
    ada.look("run-parked")
    decide = page.get_by_role("button", name="Decide, and let the run go on")
    page.get_by_label("It is there", exact=True).check()
    decide.click()
    expect(page.get_by_text("tick that you mean SANDBOX")).to_be_visible()
    page.get_by_label("I looked in SANDBOX").check()
    decide.click()
    expect(page.get_by_text("Enter the record number")).to_be_visible()
    ada.look("run-parked-wrong")
    page.get_by_label("Its record number").fill("4711")
    page.get_by_label("I looked in SANDBOX").check()
    decide.click()
    expect(page.get_by_text("the run goes on with that record")).to_be_visible()
    expect(page.locator(".head .state")).to_have_text("Done")
    expect(page.get_by_text("ada looked and said that it is there.")).to_be_visible()
    assert installation.run_in(deal, "succeeded").line.id == run.line.id


def test_a_plan_is_seen_before_many_runs_go_again(
    ada: Seat, installation: Installation, closed_books: None
) -> None:
    del closed_books
    deals = [installation.new_deal(name=f"Batch {n}") for n in range(2)]
    for deal in deals:
        failed_run(installation, deal)
    installation.policy("books_closed_through", "2024-12-31")
    page = ada.page
    ada.open("/runs?state=failed")
    for deal in deals:
        page.get_by_label(re.compile(f"Choose the run of .* for {deal}$")).check()
    page.get_by_text("Try many again").click()
    ada.look("runs-again")
    page.get_by_role("button", name="Plan: go on where they stopped").click()
    expect(page.get_by_text("Nothing has been started.")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(2)
    ada.look("run-plan")
    assert all(installation.invoices(deal) == [] for deal in deals)
    page.get_by_role("button", name="Start 2 runs").click()
    expect(page.get_by_text(re.compile("Done. Started .* all 2 have ended."))).to_be_visible()
    ada.look("run-plan-done")
    assert [len(installation.invoices(deal)) for deal in deals] == [1, 1]


def test_a_run_is_taken_back_after_its_plan_was_seen(ada: Seat, installation: Installation) -> None:
    deal = installation.new_deal(name="By mistake")
    installation.move(deal)
    run_id = installation.run_in(deal, "succeeded").line.id
    page = ada.page
    ada.open(f"/runs/{run_id}")
    page.get_by_role("link", name="Take back").click()
    page.get_by_label("Day of the reversals").fill("2026-03-31")
    ada.look("run-reverse")
    page.get_by_role("button", name="Show the plan").click()
    expect(page.get_by_text("Nothing has been changed.")).to_be_visible()
    ada.look("run-reversal")
    page.get_by_role("button", name="Take back in SANDBOX").click()
    expect(page.get_by_text("nothing was started")).to_be_visible()
    page.get_by_label(re.compile("Yes, take .* back in the company SANDBOX")).check()
    page.get_by_role("button", name="Take back in SANDBOX").click()
    expect(page.locator("[role=status] .state")).to_have_text("Done")
    ada.look("run-reversal-done")
    ada.open(f"/runs/{run_id}")
    page.get_by_role("link", name="this reversal").click()
    expect(page.get_by_text("This run takes back what another run wrote.")).to_be_visible()
    ada.look("run-of-reversal")


def test_a_viewer_reads_and_repairs_nothing(
    sit: Sit, viewer: Account, installation: Installation, closed_books: None
) -> None:
    del closed_books
    deal = installation.new_deal(name="Only looking")
    run_id = failed_run(installation, deal)
    with sit(None) as seat:
        sign_in(seat, viewer.login)
        seat.open(f"/runs/{run_id}")
        expect(seat.page.get_by_role("alert")).to_contain_text("closed through")
        expect(seat.page.get_by_text("An operator can try it again.")).to_be_visible()
        assert seat.page.locator("main form").count() == 0
        seat.open("/runs")
        assert seat.page.locator("main input[type=checkbox]").count() == 0
        seat.look("runs-viewer")


def test_lists_and_run_pages_work_without_scripts(
    sit: Sit, admin_kept: dict[str, Any], installation: Installation, closed_books: None
) -> None:
    del closed_books
    deal = installation.new_deal(name="<img src=x onerror=alert(1)>")
    run_id = failed_run(installation, deal)
    installation.policy("books_closed_through", "2024-12-31")
    with sit(admin_kept, java_script_enabled=False) as seat:
        page = seat.page
        seat.open("/runs")
        find(page, f"HS-{deal}")
        page.get_by_role("link", name=re.compile("Failed: run of")).click()
        expect(page.get_by_role("heading", name="What it did")).to_be_visible()
        page.get_by_role("button", name="Go on where it stopped").click()
        expect(page.get_by_text("What was written is not written again.")).to_be_visible()
        installation.run_in(deal, "succeeded")
        seat.open(f"/runs/{run_id}")
        expect(page.locator(".head .state")).to_have_text("Done")
        page.get_by_text("The event").click()
        expect(page.get_by_role("region", name=re.compile("The event"))).to_contain_text("<img")
        assert page.locator("img[src=x]").count() == 0


def test_run_pages_are_readable_in_the_dark_and_when_there_is_nothing(
    sit: Sit, admin_kept: dict[str, Any], installation: Installation
) -> None:
    deal = installation.new_deal(name="In the dark")
    installation.move(deal)
    run_id = installation.run_in(deal, "succeeded").line.id
    with sit(admin_kept, color_scheme="dark") as seat:
        for path in ("/runs", f"/runs/{run_id}", "/runs?q=nothing-like-it", "/runs?since=x"):
            seat.open(path)
            seat.look("dark" + re.sub(r"\W+", "-", path.replace(run_id, "one")))

"""Today, issues, approvals, reconciliation, usage and syncs in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from connector.accounts import Accounts, Role
from connector.errors import InputError
from connector.transfer.progress import Kind, Progress
from connector.transfer.rows import Outcome, Told
from connector.workbench import templates
from tests.browser.conftest import PASSWORD, Seat, Sit, sign_in
from tests.support.installation import Installation

STAGE = "presentationscheduled"
CONSENT = """  - id: consent
    type: approval
    config:
      title: "Invoice HS-{{ input.deal.id }} for {{ input.company.name }}"
      payload: {customer: "{{ input.company.name }}", deal: "{{ input.deal.name }}"}
      covers: [invoice]
      expires: {days: 3}
"""


@pytest.fixture
def closed_books(installation: Installation) -> Iterator[None]:
    installation.policy("books_closed_through", "2027-12-31")
    yield
    installation.policy("books_closed_through", "2024-12-31")


@pytest.fixture(scope="module")
def approver(installation: Installation, admin_kept: dict[str, Any]) -> str:
    """Somebody who approves what others have built."""
    del admin_kept  # the first account is the administrator's
    accounts = Accounts(installation.machine.database)
    accounts.add("olga", "Olga Approver", PASSWORD, Role.APPROVER, actor="ada")
    return "olga"


@pytest.fixture(scope="module")
def consent(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A workflow whose invoices wait for somebody's yes."""
    text = templates.text("hubspot_deal_to_invoice")
    text = text.replace("name: HubSpot deal to invoice", "name: Invoice with approval", 1)
    text = text.replace("[closedwon]", f"[{STAGE}]")
    text = text.replace("  - id: invoice\n", f"{CONSENT}  - id: invoice\n", 1)
    file: Path = tmp_path_factory.mktemp("workflow") / "consent.yaml"
    file.write_text(text)
    done = installation.command("workflow", "apply", str(file))
    assert done.returncode == 0, done.stderr
    return "Invoice with approval"


def wait_for(page: Page, path: str, text: str) -> None:
    """Open a page until it shows what the workers are about to bring."""
    found = page.get_by_text(text).first
    for _ in range(60):
        page.goto(path)
        if found.is_visible():
            return
        page.wait_for_timeout(500)
    expect(found).to_be_visible()


def test_every_page_is_calm_before_anything_has_run(ada: Seat) -> None:
    for path, name in (
        ("/", "today-empty"),
        ("/issues", "issues-empty"),
        ("/approvals", "approvals-empty"),
        ("/reconciliation", "reconciliation-empty"),
        ("/usage", "usage-empty"),
        ("/transfers", "transfers-empty"),
    ):
        ada.open(path)
        ada.look(name)


def test_a_second_user_approves_what_the_first_has_built(
    ada: Seat, sit: Sit, installation: Installation, consent: str, approver: str
) -> None:
    deal = installation.new_deal(name="Spring refit")
    installation.move(deal, STAGE)
    run = installation.run_in(deal, "waiting")
    ada.open("/")
    expect(ada.page.get_by_role("link", name=f"Invoice HS-{deal}")).to_be_visible()
    assert installation.invoices(deal) == []
    with sit() as seat:
        page = seat.page
        sign_in(seat, approver)
        seat.open("/approvals")
        expect(page.locator("tbody tr")).to_contain_text(consent)
        seat.look("approvals")
        page.get_by_role("link", name=f"Invoice HS-{deal}").click()
        expect(page.get_by_role("region", name="Step invoice")).to_contain_text("1650.00")
        seat.look("approval")
        page.get_by_role("button", name="Refuse").click()
        expect(page.get_by_text("Say why you refuse it")).to_be_visible()
        seat.look("approval-wrong")
        page.get_by_label("Reason").fill("Agreed with the customer.")
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_text("olga approved it")).to_be_visible()
        expect(page.get_by_role("button", name="Approve")).to_have_count(0)
        seat.look("approval-done")
    assert installation.run_in(deal, "succeeded").line.id == run.line.id
    assert len(installation.invoices(deal)) == 1


def test_the_runs_of_an_issue_are_retried_and_it_ends_by_itself(
    ada: Seat, installation: Installation, closed_books: None
) -> None:
    del closed_books
    deals = [installation.new_deal(name=f"Refit {number}") for number in range(2)]
    for deal in deals:
        installation.move(deal)
    for deal in deals:
        installation.run_in(deal, "failed")
    page = ada.page
    wait_for(page, f"{ada.url}/", "2 runs, last")
    expect(page.get_by_text("2 need you")).to_be_visible()
    ada.look("today")
    page.get_by_role("link", name="Issues", exact=True).click()
    ada.look("issues")
    page.get_by_role("link", name=re.compile("closed through 2027-12-31")).first.click()
    expect(page.get_by_text("Choose a date in an open period").first).to_be_visible()
    ada.look("issue")
    installation.policy("books_closed_through", "2024-12-31")
    page.get_by_role("button", name="Retry these 2").click()
    expect(page.get_by_text("will write").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^(Retry|Start|Try)")).first.click()
    for deal in deals:
        installation.run_in(deal, "succeeded")
        assert len(installation.invoices(deal)) == 1
    wait_for(page, f"{ada.url}/issues?state=resolved", "closed through 2027-12-31")
    ada.open("/issues")
    expect(page.get_by_text("Nothing needs you.")).to_be_visible()
    ada.open("/")
    expect(page.get_by_text(re.compile("Nothing failed. The last run finished"))).to_be_visible()
    ada.look("today-quiet")


def test_a_day_is_compared_with_the_books(ada: Seat, installation: Installation) -> None:
    deal = installation.new_deal(name="Compared")
    installation.move(deal)
    installation.run_in(deal, "succeeded")
    page = ada.page
    ada.open("/")
    page.get_by_role("link", name="Reconciliation").click()
    expect(page.get_by_role("img", name=re.compile("Runs by day"))).to_be_visible()
    expect(page.get_by_role("region", name="Amounts created")).to_contain_text("Invoice")
    page.get_by_role("button", name=re.compile("^Compare")).click()
    expect(page.get_by_text("Everything agrees.")).to_be_visible()
    ada.look("reconciliation")


def test_an_administrator_gives_a_connection_a_budget(ada: Seat) -> None:
    page = ada.page
    ada.open("/usage")
    page.get_by_text("Change the budget of books").click()
    page.get_by_label("Send nothing more from").fill("soon")
    page.get_by_role("button", name="Save the budget").click()
    expect(page.get_by_text("“soon” is not a whole number.")).to_be_visible()
    ada.look("usage-wrong")
    page.get_by_label("Send nothing more from").fill("50,000")
    page.get_by_role("button", name="Save the budget").click()
    expect(page.get_by_text("stops at 50,000")).to_be_visible()
    ada.look("usage")


def test_a_sync_is_watched_without_reloading(
    ada: Seat, installation: Installation, tmp_path: Path
) -> None:
    page, data_dir = ada.page, installation.machine.settings.data_dir
    kind = Kind("sync-live", "sync", "customer", "books", "customers.outcomes.csv", expected=400)
    wrong = InputError("The name is missing.", advice="Give the customer a name.")
    with Progress(data_dir, kind) as seen:
        ada.open("/transfers")
        page.get_by_role("link", name="Sync of customer").click()
        expect(page.get_by_text("No row has gone wrong so far.")).to_be_visible()
        for number in range(1, 101):
            seen.row(Told(number, Outcome.CREATED))
        seen.row(Told(101, Outcome.INVALID, error=wrong))
        expect(page.get_by_text("The name is missing.")).to_be_visible()
        expect(page.get_by_text("101 of about 400")).to_be_visible()
        ada.look("transfer")
    expect(page.locator("h1 .state")).to_have_text("Ended")
    expect(page.locator("#job[hx-get]")).to_have_count(0)

    rows = tmp_path / "customers.csv"
    rows.write_text("customerId,customerName\nS-1,Blue Clinic\nS-2,\n")
    options = ("--connection", "books", "--object", "customer", "--mode", "insert")
    installation.command("sync", str(rows), *options)
    ada.open("/transfers")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").first).to_contain_text("customers.outcomes.csv")
    ada.look("transfers")


def test_the_dark_side_of_these_pages_is_as_readable(sit: Sit, admin_kept: dict[str, Any]) -> None:
    with sit(admin_kept, color_scheme="dark") as seat:
        for path in ("/", "/issues?state=resolved", "/approvals?state=approved", "/reconciliation"):
            seat.open(path)
            seat.look("dark" + re.sub(r"\W+", "-", path))
        for path in ("/usage", "/transfers"):
            seat.open(path)
            seat.look("dark" + re.sub(r"\W+", "-", path))


def test_these_pages_work_without_scripts(sit: Sit, admin_kept: dict[str, Any]) -> None:
    with sit(admin_kept, java_script_enabled=False) as seat:
        page = seat.page
        seat.open("/")
        page.get_by_role("link", name="Reconciliation").click()
        page.get_by_role("button", name=re.compile("^Compare")).click()
        expect(page.get_by_text("Everything agrees.")).to_be_visible()
        seat.open("/usage?month=2026-01")
        expect(page.get_by_role("heading", name="Usage in 2026-01")).to_be_visible()
        seat.open("/transfers")
        expect(page.locator("tbody tr")).to_have_count(2)

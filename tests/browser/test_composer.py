"""Composing workflows in a real browser: by mouse, by keyboard, without scripts."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from connector.workbench import drafts, editing
from connector.workbench.drafts import Draft
from tests.browser.conftest import Seat, Sit
from tests.support.composing import DEAL_TO_INVOICE
from tests.support.installation import Installation

EVERY_KIND = [
    {"id": "big", "type": "filter", "config": {"condition": "{{ input.deal.id != '' }}"}},
    {
        "id": "way",
        "name": "By currency",
        "type": "switch",
        "cases": [
            {
                "name": "Euro",
                "when": "{{ input.deal.id == '1' }}",
                "steps": [{"id": "wait", "type": "delay", "config": {"for": {"hours": "1"}}}],
            },
            {"when": "{{ true }}", "steps": []},
        ],
    },
    {
        "id": "lines",
        "type": "forEach",
        "config": {"items": "{{ input.lineItems }}", "key": "{{ item.id }}"},
        "steps": [{"id": "other", "type": "call", "config": {"workflow": "Post one line"}}],
    },
    {
        "id": "consent",
        "type": "approval",
        "config": {"title": "Post it?", "thresholds": [{"above": "1000"}]},
    },
    {
        "id": "tell",
        "type": "http",
        "config": {"method": "POST", "url": "https://example.com/{{ input.deal.id }}"},
        "onError": {"then": "branch", "steps": [{"id": "late", "type": "filter"}]},
    },
]


def begun(installation: Installation, name: str, steps: list[Any] | None = None) -> Draft:
    """Begin a draft that goes from a deal to an invoice, or has these steps."""
    document = {**DEAL_TO_INVOICE, "name": name, "steps": steps or DEAL_TO_INVOICE["steps"]}
    return drafts.begin_new(installation.machine.database, document, actor="ada")


def now(installation: Installation, draft: Draft) -> Draft:
    found = drafts.draft_of(installation.machine.database, draft.workflow_id)
    assert found is not None
    return found


def ids(draft: Draft) -> list[str]:
    return [step["id"] for step in draft.document["steps"]]


def add(page: Page, wanted: str, label: str) -> None:
    """Add a step at the end, found by a word."""
    page.get_by_role("button", name="Add a step", exact=True).click()
    page.get_by_label("Search").fill(wanted)
    page.locator("#picker .offer:visible", has_text=label).first.click()


def test_a_deal_becomes_an_invoice_from_an_empty_page(
    ada: Seat, installation: Installation
) -> None:
    page = ada.page
    ada.open("/workflows")
    ada.look("workflows")
    page.get_by_role("link", name="New workflow").click()
    page.get_by_label("Name").fill("Won deals")
    ada.look("workflow-new")
    page.get_by_role("button", name="Begin", exact=True).click()
    page.get_by_label("What starts it").select_option("hubspot.deal")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_label("Connection")).to_have_value("hubspot")
    page.get_by_label("Stages").fill("closedwon")
    page.get_by_role("button", name="Insert data into Once per").click()
    page.get_by_label("Find data").fill("deal.id")
    page.get_by_role("button", name="Insert input.deal.id").click()
    expect(page.get_by_role("textbox", name="Once per")).to_have_value("{{ input.deal.id }}")
    expect(page.locator("#shows-trigger_once")).to_contain_text("text")
    ada.look("composer-trigger")

    add(page, "find customer", "Find or Create Customer")
    ada.look("composer-step-new")
    page.locator("#customerName").fill("{{ input.company.name }}")
    page.get_by_label("Id", exact=True).evaluate("field => field.closest('details').open = true")
    page.get_by_label("Id", exact=True).fill("customer")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()

    add(page, "create invoice", "Create Invoice")
    page.get_by_role("button", name="Ask the company for them").click()
    expect(page.get_by_text("Fields that the company added are not known")).to_have_count(0)
    page.locator("#customerId").click()
    expect(page.locator("#list-customerId option").first).to_be_attached()
    page.get_by_role("button", name="Insert data into Customer ID").first.click()
    page.get_by_label("Find data").fill("customer.id")
    page.get_by_role("button", name="Insert steps.customer.id", exact=True).click()
    page.locator("#dateCreated").fill("{{ date(input.deal.closedate) }}")
    page.get_by_role("button", name="Map from a list: Invoice Line Items").click()
    page.get_by_role("textbox", name="One line for each of").fill("{{ input.lineItems }}")
    page.locator("#lineItems-0-accountNumber").fill("4000")
    page.locator("#lineItems-0-amount").fill("{{ money(line.amount) }}")
    expect(page.locator("#shows-lineItems-0-amount")).to_contain_text("text")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#totals-lineItems output").first).not_to_have_text("?")
    expect(page.get_by_text("Nothing is missing")).to_be_visible()
    ada.look("composer-invoice")
    kept = drafts.all_drafts(installation.machine.database)[0]
    assert [step["id"] for step in kept.document["steps"]] == ["customer", "createInvoice"]
    assert kept.document["steps"][1]["config"]["lineItems"]["each"] == "{{ input.lineItems }}"


def test_every_kind_of_step_is_readable_at_two_widths(
    ada: Seat, installation: Installation
) -> None:
    draft = begun(installation, "Everything", EVERY_KIND)
    for at in ("big", "way", "lines", "consent", "tell"):
        ada.open(f"/workflows/{draft.workflow_id}?at={at}")
        expect(ada.page.get_by_role("button", name="Save", exact=True)).to_be_visible()
        ada.look(f"composer-{at}")
    ada.open(f"/workflows/{draft.workflow_id}?remove=way")
    ada.look("composer-remove")
    ada.open("/workflows/new/hubspot_deal_to_invoice")
    ada.look("composer-template")


def test_the_composer_is_as_readable_in_the_dark(
    sit: Sit, admin_kept: dict[str, Any], installation: Installation
) -> None:
    draft = begun(installation, "Dark")
    with sit(admin_kept, color_scheme="dark") as seat:
        for at in ("", "?at=invoice", "?add=steps&after=customer"):
            seat.open(f"/workflows/{draft.workflow_id}{at}")
            seat.look("dark-composer" + at.partition("=")[2][:7])


def test_a_published_workflow_is_looked_at_before_it_is_changed(ada: Seat) -> None:
    page = ada.page
    ada.open("/workflows")
    page.get_by_role("link", name="HubSpot deal to invoice").click()
    expect(page.get_by_text("This is version 1")).to_be_visible()
    page.get_by_role("link", name="Create Invoice").click()
    ada.look("composer-published")
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_role("button", name="Add a step", exact=True)).to_be_visible()
    page.get_by_text("Discard this draft").click()
    page.get_by_role("button", name="Discard the draft").click()
    expect(page.get_by_text("This is version 1")).to_be_visible()


def test_a_step_is_added_filled_and_moved_with_the_keyboard_alone(
    ada: Seat, installation: Installation
) -> None:
    page = ada.page
    draft = begun(installation, "By keyboard")
    ada.open(f"/workflows/{draft.workflow_id}")
    ada.tab_to("[aria-label='Add a step']")
    page.keyboard.press("Enter")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("filter goes on only")
    ada.tab_to("#picker .offer")
    page.keyboard.press("Enter")
    expect(page.locator("#condition")).to_be_focused()
    page.keyboard.type("{{ ")
    page.locator("[data-field=condition]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#find-data")).to_be_focused()
    page.keyboard.type("deal.id")
    ada.tab_to("[data-insert='input.deal.id']")
    page.keyboard.press("Enter")
    expect(page.locator("#condition")).to_be_focused()
    page.keyboard.type(" != '' }}")
    expect(page.locator("#shows-condition")).to_contain_text("true")
    ada.tab_to("#save")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    ada.tab_to("#up-filter")
    page.keyboard.press("Enter")
    expect(page.locator(".step-list > li").nth(1)).to_contain_text("Filter")
    expect(page.locator("#up-filter")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".step-list > li").first).to_contain_text("Filter")
    found = now(installation, draft)
    assert ids(found) == ["filter", "customer", "invoice"]
    assert found.document["steps"][0]["config"]["condition"] == "{{ input.deal.id != '' }}"


def test_a_step_is_composed_without_scripts(
    sit: Sit, admin_kept: dict[str, Any], installation: Installation
) -> None:
    draft = begun(installation, "Plain")
    with sit(admin_kept, java_script_enabled=False) as seat:
        page = seat.page
        seat.open(f"/workflows/{draft.workflow_id}")
        page.get_by_role("button", name="Add a step", exact=True).click()
        page.get_by_label("Search").fill("create customer")
        page.get_by_role("button", name="Search").click()
        page.locator("button.offer", has_text="Create Customer").first.click()
        expect(page.locator("#data code", has_text="{{ steps.customer.id }}").first).to_be_visible()
        page.locator("#customerName").fill("{{ input.company.name }}")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        expect(page.locator("#shows-customerName")).to_contain_text("text")
    step = now(installation, draft).document["steps"][2]
    assert step["config"] == {"customerName": "{{ input.company.name }}"}


def test_two_who_change_the_same_draft_lose_nothing(ada: Seat, installation: Installation) -> None:
    page = ada.page
    draft = begun(installation, "Shared")
    ada.open(f"/workflows/{draft.workflow_id}?at=customer")
    theirs = editing.add_step(draft.document, "delay", "steps", 0).document
    database = installation.machine.database
    drafts.save(database, draft.workflow_id, theirs, revision=draft.revision, actor="carla")
    page.locator("#customerName").fill("Acme")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("carla changed this draft meanwhile")).to_be_visible()
    ada.look("composer-conflict")
    page.get_by_role("button", name="Save mine on top of it").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    found = now(installation, draft)
    assert ids(found) == ["delay", "customer", "invoice"]
    assert found.document["steps"][1]["config"]["customerName"] == "Acme"


def test_a_form_that_comes_too_late_keeps_what_was_typed(
    ada: Seat, installation: Installation
) -> None:
    draft = begun(installation, "Too late")
    page = ada.page
    ada.open(f"/workflows/{draft.workflow_id}?at=customer")
    page.locator("#customerName").fill("Acme")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Nothing was saved.")).to_be_visible()
    expect(page.locator("#customerName")).to_have_value("Acme")

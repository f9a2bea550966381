"""From a draft to a posted invoice, as somebody does it who tests before publishing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from connector.accounts import Accounts, Role
from connector.runtime import workflows
from connector.sandbox.hubspot.settings import HubspotSettings
from connector.workflow import model, yaml_loader
from tests.browser.conftest import PASSWORD, Seat, Sit, sign_in
from tests.support.installation import Installation

WORKFLOW = """\
name: {name}
trigger: {{type: hubspot.deal, connection: hubspot, config: {{stages: [closedwon]}}}}
once: "{{{{ input.deal.id }}}}"
steps:
  - id: customer
    type: sage-intacct.findOrCreateCustomer
    connection: books
    config:
      customerId: "{{{{ 'HS-' + input.company.id }}}}"
      customerName: "{{{{ input.company.name }}}}"
  - id: invoice
    type: sage-intacct.createInvoice
    connection: books
    config:
      customerId: "{{{{ steps.customer.id }}}}"
      invoiceNumber: "{{{{ '{prefix}-' + input.deal.id }}}}"
      dateCreated: "2026-03-02"
      termName: Net 30
      lineItems:
        each: "{{{{ input.lineItems }}}}"
        as: line
        value: {{accountNumber: "4000", amount: "{{{{ money(line.amount) }}}}", memo: Deal}}
"""


def text_of(name: str, prefix: str) -> str:
    return WORKFLOW.format(name=name, prefix=prefix)


def won_deal(installation: Installation) -> str:
    """Return a deal that is won, and of which nobody was told."""
    deal = installation.new_deal()
    installation.move(deal, deliver=False)
    return deal


def post_signed(installation: Installation, address: str, event: dict[str, Any]) -> None:
    """Post an event to an address as HubSpot signs it."""
    body = json.dumps([event]).encode()
    stamp = str(int(time.time() * 1000))
    secret = HubspotSettings().client_secret
    source = f"POST{address}".encode() + body + stamp.encode()
    digest = hmac.new(secret.encode(), source, hashlib.sha256).digest()
    headers = {
        "content-type": "application/json",
        "x-hubspot-signature-v3": base64.b64encode(digest).decode(),
        "x-hubspot-request-timestamp": stamp,
    }
    installation.outside.post(address, content=body, headers=headers).raise_for_status()


def begin(seat: Seat, name: str, prefix: str) -> str:
    """Make a draft from its text by the pages, and return the workflow's address."""
    page = seat.page
    seat.open("/workflows/import")
    page.get_by_label("Or its text").fill(text_of(name, prefix))
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.get_by_role("button", name="Make it a draft").click()
    expect(page.get_by_role("navigation", name="Workflow")).to_be_visible()
    return page.url.removeprefix(seat.url).partition("?")[0]


def tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Workflow").get_by_role("link", name=name).click()


def publish(page: Page) -> None:
    """Publish what the page shows, with its warnings read."""
    warnings = page.get_by_label("I have read")
    if warnings.count():
        warnings.check()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("It is published: from now on")).to_be_visible()


def made_for(installation: Installation, deal: str, name: str) -> list[str]:
    """Wait until the workflow's run of a deal is over; return the ids of its runs."""

    def over() -> list[str]:
        mine = [run for run in installation.runs_for(deal) if run.line.workflow == name]
        return [run.line.id for run in mine if run.line.state == "succeeded"]

    found: list[str] = installation.until(over, f"{name} is done for deal {deal}")
    return found


def test_a_draft_is_tried_on_a_real_event_published_and_posts_one_invoice(
    ada: Seat, installation: Installation
) -> None:
    page, deal = ada.page, won_deal(installation)
    begin(ada, "Story of a deal", "ST")
    tab(page, "Test")
    page.get_by_role("link", name="Sample data").click()
    ada.look("testing-samples-empty")
    page.get_by_role("button", name="Listen").click()
    expect(page.get_by_text("nothing has come yet")).to_be_visible()
    address = page.get_by_label("The test address").inner_text().strip()
    post_signed(installation, address, installation.event(deal, 1, int(time.time() * 1000)))
    page.get_by_role("button", name="Keep as a sample: deal.propertyChange").click()
    expect(page.locator("#kept").get_by_text("a real event")).to_be_visible()
    page.get_by_role("button", name="Pin deal.propertyChange").click()
    expect(page.locator("#kept").get_by_text("Pinned")).to_be_visible()
    ada.look("testing-samples")

    tab(page, "Test")
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_role("heading", name="The run would succeed")).to_be_visible()
    expect(page.locator(".timeline > li")).to_have_count(2)
    page.get_by_text("The exact request").last.click()
    expect(page.get_by_label("Request 1 of invoice")).to_contain_text(f"ST-{deal}")
    ada.look("testing-dry-run")
    assert not installation.is_made("ARINVOICE", f"ST-{deal}")

    tab(page, "Publish")
    ada.look("publishing")
    page.get_by_label("What the version is for").fill("First version")
    publish(page)
    expect(page.get_by_role("cell", name="First version")).to_be_visible()
    ada.look("publishing-history")

    installation.events_of([deal])
    runs = made_for(installation, deal, "Story of a deal")
    ledger = installation.company.get("/_sandbox/ledger", params={"object": "ARINVOICE"}).json()
    mine = [e for e in ledger if e["id"] == f"ST-{deal}" and e["operation"] == "create"]
    assert (len(runs), len(mine)) == (1, 1)

    tab(page, "Test")
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_role("heading", name="The run was done already")).to_be_visible()
    expect(page.get_by_role("heading", name="Beside a past run")).to_be_visible()
    ada.look("testing-beside-a-run")


def test_one_step_is_tried_and_sent_once_it_is_meant(ada: Seat, installation: Installation) -> None:
    page, deal = ada.page, won_deal(installation)
    path = begin(ada, "Story of a step", "SP")
    ada.open(f"{path}/samples")
    sample = {
        "deal": {"id": deal},
        "company": {"id": "9001", "name": "Blue"},
        "lineItems": [{"amount": "10.00"}],
    }
    page.get_by_label("JSON").fill(json.dumps(sample))
    page.get_by_label("Name", exact=True).fill("Small deal")
    page.get_by_role("button", name="Keep as a sample").last.click()
    expect(page.locator("#kept").get_by_text("Small deal")).to_be_visible()

    tab(page, "Test")
    page.get_by_role("link", name="customer").click()
    page.get_by_role("button", name="Test it").click()
    page.get_by_role("button", name="Keep and pin the result").click()
    expect(page.get_by_role("heading", name="Result of customer")).to_be_visible()

    ada.open(f"{path}/test/customer")
    page.get_by_role("button", name="Test it").click()
    page.get_by_label("Yes, write this to SANDBOX").check()
    page.get_by_role("button", name="Send to SANDBOX").click()
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    assert installation.is_made("CUSTOMER", "HS-9001")

    ada.open(f"{path}/test/invoice")
    page.get_by_role("button", name="Test it").click()
    expect(page.get_by_role("heading", name="Send it for real")).to_be_visible()
    ada.look("testing-step")
    page.get_by_role("button", name="Send to SANDBOX").click()
    expect(page.get_by_role("alert")).to_contain_text("has to be confirmed")
    assert not installation.is_made("ARINVOICE", f"SP-{deal}")
    page.get_by_role("button", name="Test it").click()
    page.get_by_label("Yes, write this to SANDBOX").check()
    page.get_by_role("button", name="Send to SANDBOX").click()
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    assert installation.is_made("ARINVOICE", f"SP-{deal}")
    ada.look("testing-step-sent")


def test_a_plan_is_approved_by_somebody_else_and_executed(
    ada: Seat, sit: Sit, installation: Installation
) -> None:
    page, deal = ada.page, won_deal(installation)
    path = begin(ada, "Story of a plan", "PL")
    ada.open(f"{path}/samples")
    sample = {
        "deal": {"id": deal},
        "company": {"id": "9002", "name": "Red"},
        "lineItems": [{"amount": "10.00"}],
    }
    page.get_by_label("JSON").fill(json.dumps(sample))
    page.get_by_role("button", name="Keep as a sample").last.click()
    tab(page, "Publish")
    publish(page)
    tab(page, "Test")
    page.get_by_role("button", name="Dry run").click()
    page.get_by_role("button", name="Make a plan").click()
    expect(page.get_by_role("heading", name="Plan of Story of a plan")).to_be_visible()
    plan = page.url.removeprefix(ada.url)

    accounts = Accounts(installation.machine.database)
    accounts.add("eve", "Eve Approver", PASSWORD, Role.APPROVER, actor="ada")
    with sit() as seat:
        sign_in(seat, "eve")
        seat.open(plan)
        seat.look("testing-plan")
        seat.page.get_by_role("button", name="Approve these writes").click()
        expect(seat.page.get_by_text("Approved by eve")).to_be_visible()
        expect(seat.page.get_by_role("button", name="Execute")).to_have_count(0)

    ada.open(plan)
    page.get_by_role("button", name="Execute the plan").click()
    installation.until(
        lambda: installation.is_made("ARINVOICE", f"PL-{deal}"), "the plan's invoice is there"
    )


def test_a_version_that_somebody_published_meanwhile_is_seen_before_it_is_replaced(
    ada: Seat, installation: Installation
) -> None:
    page = ada.page
    path = begin(ada, "Story of two people", "TP")
    tab(page, "Publish")
    publish(page)
    tab(page, "File")
    text = page.get_by_label("Text").input_value()
    page.get_by_label("Text").fill(text.replace("memo: Deal", "memo: Mine"))
    page.get_by_role("button", name="Save as the draft").click()
    expect(page.get_by_text("The draft says what stands here.")).to_be_visible()
    tab(page, "Publish")
    expect(page.get_by_text("Changes since version 1")).to_be_visible()
    ada.look("publishing-changes")
    theirs = model.parse(yaml_loader.load(text.replace("Net 30", "Net 60")))
    workflows.publish(installation.machine.database, theirs, actor="bob")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", name="What bob changed meanwhile")).to_be_visible()
    ada.look("publishing-conflict")
    page.get_by_role("button", name="Publish over version 2").click()
    expect(page.get_by_text("It is published: from now on")).to_be_visible()
    ada.open(f"{path}/history/compare?old=2&new=3")
    expect(page.get_by_text("Mine").first).to_be_visible()
    ada.look("publishing-compare")


def test_the_text_of_a_workflow_is_edited_and_mistakes_are_named_by_line(ada: Seat) -> None:
    page = ada.page
    path = begin(ada, "Story of a file", "FI")
    tab(page, "File")
    text = page.get_by_label("Text").input_value()
    page.get_by_label("Text").fill(text.replace("once:", "once: ["))
    page.get_by_role("button", name="Save as the draft").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be read at line")
    ada.look("file-mistake")
    page.get_by_label("Text").fill(text.replace("termName", "termNaem"))
    page.get_by_role("button", name="Save as the draft").click()
    expect(page.get_by_text("The draft says what stands here.")).to_be_visible()
    expect(page.get_by_text("thing to look at")).to_be_visible()
    ada.look("file")
    tab(page, "Publish")
    expect(page.get_by_text("to be put right first")).to_be_visible()
    ada.look("publishing-refused")
    ada.open(f"{path}/file")
    page.get_by_label("Text").fill(text)
    page.get_by_role("button", name="Save as the draft").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download YAML").click()
    file = Path(download.value.path()).read_text()
    assert "checksum: sha256:" in file

    ada.open("/workflows/import")
    page.get_by_label("File").set_input_files(
        {"name": "w.yaml", "mimeType": "application/yaml", "buffer": file.encode()}
    )
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("its checksum is right")).to_be_visible()
    ada.look("import")


def test_publishing_and_restoring_work_without_scripts(
    sit: Sit, admin_kept: dict[str, Any], installation: Installation
) -> None:
    deal = won_deal(installation)
    with sit(admin_kept, java_script_enabled=False) as seat:
        page = seat.page
        path = begin(seat, "Story without scripts", "NS")
        seat.open(f"{path}/samples")
        sample = {
            "deal": {"id": deal},
            "company": {"id": "9003", "name": "Green"},
            "lineItems": [{"amount": "10.00"}],
        }
        page.get_by_label("JSON").fill(json.dumps(sample))
        page.get_by_role("button", name="Keep as a sample").last.click()
        tab(page, "Test")
        page.get_by_role("button", name="Dry run").click()
        expect(page.get_by_role("heading", name="The run would succeed")).to_be_visible()
        for terms in ("Net 30", "Net 60"):
            tab(page, "File")
            text = page.get_by_label("Text").input_value()
            page.get_by_label("Text").fill(text.replace("Net 30", terms))
            page.get_by_role("button", name="Save as the draft").click()
            tab(page, "Publish")
            publish(page)
        page.get_by_role("link", name="Compare version 2 with the one before").click()
        expect(page.get_by_text("Net 60").first).to_be_visible()
        tab(page, "History")
        page.get_by_role("button", name="Restore as a draft: version 1").click()
        expect(page.get_by_text("Publish it to let it run.")).to_be_visible()
        page.get_by_role("link", name="Compare version 2 with the draft").click()
        expect(page.get_by_text("Net 60").first).to_be_visible()
        tab(page, "History")
        page.get_by_role("button", name="Unpublish").click()
        expect(page.get_by_text("nothing starts it any more")).to_be_visible()
        page.get_by_text("Delete", exact=True).first.click()
        page.get_by_label("Yes, delete Story without scripts").check()
        page.get_by_role("button", name="Delete").click()
        expect(page.get_by_role("heading", name="Workflows")).to_be_visible()
        expect(page.get_by_text("Story without scripts")).to_have_count(0)


def test_the_dark_side_of_testing_is_as_readable(sit: Sit, admin_kept: dict[str, Any]) -> None:
    with sit(admin_kept, color_scheme="dark") as seat:
        path = begin(seat, "Story in the dark", "DK")
        for tail in ("/test", "/samples", "/publish", "/history", "/file"):
            seat.open(f"{path}{tail}")
            seat.look("dark-testing" + tail.replace("/", "-"))

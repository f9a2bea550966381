"""The composer's list of steps: add, move, copy, leave out, remove; who may; broken documents."""

from __future__ import annotations

from typing import Any

import pytest

from connector.accounts import Role
from connector.runtime import workflows
from connector.workbench import drafts
from connector.workflow import model
from tests.support.composing import DEAL_TO_INVOICE, Composer
from tests.unit.connector.web.conftest import BOOKS, Browser, Console


@pytest.fixture
def builder(console: Console) -> Browser:
    console.services.connections.add("sage-intacct", "books", BOOKS)
    console.account(Role.ADMIN)
    return console.browser(console.account(Role.BUILDER, "bea"))


@pytest.fixture
def composer(console: Console, builder: Browser) -> Composer:
    return begun(console, builder, DEAL_TO_INVOICE)


def begun(console: Console, builder: Browser, document: Any) -> Composer:
    draft = drafts.begin_new(console.services.database, document, actor="bea")
    return Composer(console.services, builder, draft.workflow_id)


def test_a_workflow_begins_with_a_name_and_what_starts_it(
    builder: Browser, console: Console
) -> None:
    answer = builder.post("/workflows/new", {"name": " Won deals "})
    assert answer.status_code == 303
    [draft] = drafts.all_drafts(console.services.database)
    assert draft.document == {"name": "Won deals", "trigger": {}, "steps": []}
    assert "What starts it" in builder.get(answer.location).text
    assert "Won deals" in builder.get("/workflows").text
    refused = builder.post("/workflows/new", {"name": " "})
    assert refused.status_code == 422
    assert "needs a name" in refused.text


def test_a_template_becomes_a_draft(builder: Browser, console: Console) -> None:
    assert "HubSpot deal to invoice" in builder.get("/workflows/new").text
    address = "/workflows/new/hubspot_deal_to_invoice"
    assert '<option value="books" selected>' in builder.get(address).text
    answer = builder.post(address, {"name": "Ours", "connection.books": "books"})
    assert answer.status_code == 303
    [draft] = drafts.all_drafts(console.services.database)
    assert draft.name == "Ours"
    refused = builder.post(address, {"connection.hubspot": "books"})
    assert refused.status_code == 422
    assert "is of the kind" in refused.text
    assert builder.get("/workflows/new/nothing").status_code == 404


def test_a_step_is_added_behind_another_and_opened(composer: Composer, builder: Browser) -> None:
    asked = composer.press("add:steps@customer")
    page = builder.get(asked.location).text
    assert "What is to be done?" in page
    assert "Get Customer" in page
    given = {"add_block": "steps", "add_after": "customer"}
    answer = composer.press("insert:sage-intacct.getCustomer", **given)
    assert "at=getCustomer" in answer.location
    assert composer.ids == ["customer", "getCustomer", "invoice"]
    assert composer.draft.document["steps"][1]["connection"] == "books"
    assert "This is needed." not in builder.get(answer.location).text, "nobody filled it in yet"


def test_the_picker_finds_words_without_scripts(composer: Composer) -> None:
    given = {"add_block": "steps", "add_after": "customer"}
    page = composer.press("find", q="journal create", **given).text
    assert page.count('class="offer"') == 1
    assert "insert:sage-intacct.createJournalEntry" in page
    assert "Nothing fits" in composer.press("find", q="zebra", **given).text


def test_steps_move_and_are_copied_left_out_and_taken_away(composer: Composer) -> None:
    composer.press("up:invoice")
    assert composer.ids == ["invoice", "customer"]
    composer.press("up:invoice")
    assert composer.ids == ["invoice", "customer"], "it is the first already"
    composer.press("down:invoice")
    composer.press("copy:customer")
    assert composer.ids == ["customer", "customer2", "invoice"]
    composer.press("skip:invoice")
    assert composer.draft.skipped == ("invoice",)
    assert "Left out in tests" in composer.page()
    composer.press("skip:invoice")
    assert not composer.draft.skipped
    composer.press("delete:customer2")
    assert composer.ids == ["customer", "invoice"]


def test_removing_a_step_names_who_still_uses_it(composer: Composer, builder: Browser) -> None:
    asked = composer.press("remove:customer")
    assert "customerId of the step &#39;invoice&#39;" in builder.get(asked.location).text
    assert composer.ids == ["customer", "invoice"], "it was only asked"
    composer.press("delete:customer")
    assert composer.ids == ["invoice"]


def test_steps_go_into_blocks_and_out_again(console: Console, builder: Browser) -> None:
    config = {"items": "{{ [] }}", "key": "position"}
    loop = {"id": "each", "type": "forEach", "config": config, "steps": []}
    steps = [*DEAL_TO_INVOICE["steps"], loop]
    composer = begun(console, builder, {**DEAL_TO_INVOICE, "steps": steps})
    assert ">First in each: for every item</option>" in composer.page("invoice")
    assert "Add a step here." in composer.page()
    composer.press("move:invoice", move_to="each.steps@")
    assert composer.draft.document["steps"][1]["steps"][0]["id"] == "invoice"
    composer.press("move:invoice", move_to="steps@")
    assert composer.ids == ["invoice", "customer", "each"]
    composer.press("move:invoice", move_to="steps@customer")
    assert composer.ids == ["customer", "invoice", "each"]
    assert composer.press("move:each", move_to="each.steps@").status_code == 422
    inside = {"add_block": "each.steps", "add_after": ""}
    composer.press("insert:filter", **inside)
    assert composer.draft.document["steps"][2]["steps"][0]["type"] == "filter"


def test_viewers_see_everything_and_change_nothing(composer: Composer, console: Console) -> None:
    viewer = console.browser(console.account(Role.VIEWER))
    page = viewer.get(f"/workflows/{composer.id}?at=invoice").text
    assert "steps.customer.id" in page
    assert '<fieldset class="fields" id="fields" disabled>' in page
    assert not [verb for verb in ("save", "up:", "open:", "add:") if f'value="{verb}' in page]
    given = {"revision": str(composer.draft.revision), "do": "delete:invoice"}
    assert viewer.post(f"/workflows/{composer.id}", given).status_code == 403
    assert "New workflow" not in viewer.get("/workflows").text
    assert composer.ids == ["customer", "invoice"]


def test_looking_makes_no_draft(builder: Browser, console: Console) -> None:
    definition = model.parse({**DEAL_TO_INVOICE, "name": "Live"})
    published = workflows.publish(console.services.database, definition, actor="bea")
    address = f"/workflows/{published.workflow_id}"
    assert "This is version 1" in builder.get(f"{address}?at=invoice").text
    assert drafts.draft_of(console.services.database, published.workflow_id) is None
    assert builder.post(f"{address}/draft").status_code == 302
    assert 'name="do"' in builder.get(address).text
    assert "Published" in builder.get("/workflows").text
    assert builder.post(f"{address}/disable").status_code == 302
    assert "Disabled" in builder.get("/workflows").text
    assert builder.post(f"{address}/enable").status_code == 302
    assert "Disabled" not in builder.get("/workflows").text
    assert "No workflow is called" in builder.get("/workflows?q=zebra").text


def test_a_draft_is_discarded_by_its_revision(
    composer: Composer, builder: Browser, console: Console
) -> None:
    address, revision = f"/workflows/{composer.id}/discard", composer.draft.revision
    assert builder.post(address, {"revision": str(revision - 1)}).status_code == 409
    assert builder.post(address, {"revision": str(revision)}).status_code == 302
    assert drafts.draft_of(console.services.database, composer.id) is None
    assert builder.get(f"/workflows/{composer.id}").status_code == 404


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        "text",
        {"name": 5, "trigger": [], "steps": "none"},
        {"steps": [{"type": "nobody.knows", "id": 3}, {"type": 7}, 5, {}]},
        {"steps": [{"id": "a", "type": "switch", "cases": [5, {"when": 3, "steps": {}}]}]},
        {"steps": [{"id": "a", "type": "sage-intacct.createInvoice", "config": [1]}]},
        {"steps": [{"id": "a.b@c", "type": "filter"}, {"id": "x", "onError": {"then": "branch"}}]},
    ],
)
def test_a_broken_document_is_shown_and_can_be_worked_on(
    console: Console, builder: Browser, document: Any
) -> None:
    composer = begun(console, builder, document)
    for at in ("", "trigger", "workflow", "a", "steps[0]", "steps[1]", "nothing", "]["):
        address = f"/workflows/{composer.id}"
        assert builder.get(address, query_string={"at": at}).status_code == 200
        assert composer.press("save", at, {}).status_code in {303, 422}


@pytest.mark.parametrize(
    "do",
    [
        *("", "nonsense:x", "up:nobody", "move:customer", "insert:nonsense", "add:"),
        *("delete:steps[9]", "skip:nobody", "_anchors:x", "press:x", "line:nobody.0.x"),
        *("unline:lineItems.999999999", "uncase:-1", "each:nobody", "rows:", "remove:", "copy:"),
    ],
)
def test_buttons_that_are_not_there_do_no_harm(composer: Composer, do: str) -> None:
    before = composer.draft.document
    assert composer.press(do, "invoice").status_code in {200, 303, 422}
    assert composer.draft.document == before


def test_a_form_without_a_revision_is_refused(composer: Composer, builder: Browser) -> None:
    for revision in ("", "x", "-1", "9" * 30, "\u0663"):
        given = {"revision": revision, "do": "delete:invoice"}
        assert builder.post(f"/workflows/{composer.id}", given).status_code == 400
    assert composer.ids == ["customer", "invoice"]


def test_markup_in_a_workflow_stays_text(console: Console, builder: Browser) -> None:
    evil = "<script>alert(1)</script>"
    step = {"id": "a", "name": evil, "type": "filter", "config": {"condition": evil}}
    document = {"name": evil, "description": evil, "trigger": {}, "steps": [step]}
    composer = begun(console, builder, document)
    for at in ("", "a", "workflow", "trigger"):
        assert evil not in composer.page(at)
    assert evil not in builder.get("/workflows").text

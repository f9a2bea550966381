"""The composer: every button saves what the form holds, and nothing of it is ever lost."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from connector.accounts import Role
from connector.intacct.model import LiveField, LiveObject
from connector.runtime.live_schema import SqlLiveSchemas
from connector.surfaces.lines import SIDES, line_schema
from connector.workbench import drafts, editing
from tests.support.composing import DEAL_TO_INVOICE, Composer, fields_in
from tests.unit.connector.web.conftest import BOOKS, Browser, Console

Begin = Callable[..., Composer]


@pytest.fixture
def builder(console: Console) -> Browser:
    console.services.connections.add("sage-intacct", "books", BOOKS)
    console.account(Role.ADMIN)
    return console.browser(console.account(Role.BUILDER, "bea"))


@pytest.fixture
def begin(builder: Browser, console: Console) -> Begin:
    """Begin a draft of a document; a list stands for its steps."""

    def begun(document: Any = DEAL_TO_INVOICE, *steps: Any) -> Composer:
        whole = {**DEAL_TO_INVOICE, "steps": list(steps)} if steps else document
        draft = drafts.begin_new(console.services.database, whole, actor="bea")
        return Composer(console.services, builder, draft.workflow_id)

    return begun


def test_saving_what_is_shown_changes_nothing(begin: Begin) -> None:
    """Whatever a form cannot say stays as it was: lists, groups, numbers, unknown fields."""
    odd = {
        "id": "odd",
        "type": "sage-intacct.createInvoice",
        "connection": "books",
        "onError": {"retries": 2, "wait": {"minutes": "5"}, "then": "continue"},
        "config": {
            "customerId": "C-1",
            "lineItems": [
                {"amount": "1.00", "accountNumber": "4000"},
                {"each": "{{ input.lines }}", "as": "x", "value": {"amount": "{{ x.a }}"}},
            ],
            "customFields": {"REGION": "NE", "LEVEL": 3},
            "notKnown": {"a": [1, True]},
        },
    }
    call = {"id": "web", "type": "http", "config": {"url": "https://a.b", "json": {"n": 1}}}
    composer = begin(None, *DEAL_TO_INVOICE["steps"], odd, call)
    before = composer.draft
    for at in ("customer", "invoice", "odd", "web", "trigger", "workflow"):
        assert composer.form(at), at
        answer = composer.press("save", at)
        assert answer.status_code == 303, answer.text
        assert composer.draft.document == before.document, at
    assert composer.draft.revision == before.revision


def test_every_button_saves_the_open_form_first(begin: Begin) -> None:
    composer = begin()
    answer = composer.press("open:invoice", "customer", customerName="Acme")
    assert "at=invoice" in answer.location
    assert composer.config(0)["customerName"] == "Acme"


def test_a_new_id_is_rewritten_wherever_the_step_is_named(begin: Begin) -> None:
    composer = begin()
    composer.press("down:customer", "customer", step_id="buyer")
    assert composer.ids == ["invoice", "buyer"], "the button's own step has its new id, too"
    assert composer.config(0)["customerId"] == "{{ steps.buyer.id }}"
    refused = composer.press("save", "buyer", step_id="invoice")
    assert refused.status_code == 422
    assert "Another step has the id" in refused.text
    assert composer.ids == ["invoice", "buyer"]


def test_lines_are_mapped_from_a_list_and_entered_again(begin: Begin) -> None:
    composer = begin()
    fields = composer.form("invoice")
    assert fields["lineItems@each"] == "{{ input.lineItems }}"
    assert fields["lineItems.0.amount"] == "{{ line.amount }}"
    rows = fields_in(composer.press("rows:lineItems", "invoice").text)
    assert "lineItems@each" not in rows
    composer.press("save", "invoice", rows | {"lineItems.0.amount": "12.50"})
    assert composer.config(1)["lineItems"] == [{"accountNumber": "4000", "amount": "12.50"}]
    more = fields_in(composer.press("line:lineItems", "invoice").text)
    assert "lineItems.1.amount" in more
    each = fields_in(composer.press("each:lineItems", "invoice", more).text)
    assert "lineItems.1.amount" not in each
    given = {"lineItems@each": "{{ input.lines }}", "lineItems@where": "{{ true }}"}
    composer.press("save", "invoice", each | given)
    assert composer.config(1)["lineItems"] == {
        "each": "{{ input.lines }}",
        "as": "line",
        "where": "{{ true }}",
        "value": {"accountNumber": "4000", "amount": "12.50"},
    }


def test_lines_add_up_on_the_sample(begin: Begin) -> None:
    assert "Total Amount <output>1,200.00</output>" in begin().page("invoice")


def test_debits_and_credits_show_their_difference(begin: Begin, console: Console) -> None:
    schema = console.services.registry.actions["createJournalEntry"].form.schema
    name, fields = next(
        (key, line_schema(each)["properties"])
        for key, each in schema["properties"].items()
        if "amount" in line_schema(each).get("properties", {})
    )
    side = next(key for key, each in fields.items() if set(each.get("enum", ())) == set(SIDES))
    lines = [{side: "1", "amount": "{{ '10' + '.10' }}"}, {side: "-1", "amount": "4.00"}]
    step = {"id": "j", "type": "sage-intacct.createJournalEntry", "config": {name: lines}}
    assert 'Difference <output class="off">6.10</output>' in begin(None, step).page("j")


def test_what_lines_leave_of_the_records_own_amount_is_told(begin: Begin, console: Console) -> None:
    schema = console.services.registry.actions["createArPayment"].form.schema["properties"]
    whole = next(key for key, each in schema.items() if each.get("format") == "money")
    name, money = next(
        (key, inner)
        for key, each in schema.items()
        for inner, one in line_schema(each).get("properties", {}).items()
        if one.get("format") == "money"
    )
    config = {whole: "100.00", name: [{money: "70.00"}]}
    step = {"id": "p", "type": "sage-intacct.createArPayment", "config": config}
    assert 'Remainder <output class="off">30.00</output>' in begin(None, step).page("p")


def test_data_of_earlier_steps_stands_beside_the_fields(begin: Begin) -> None:
    composer = begin()
    page = composer.page("invoice")
    assert "<code>{{ steps.customer.id }}</code>" in page
    assert "<code>{{ line.amount }}</code>" in page
    first = composer.page("customer")
    assert "<code>{{ steps.customer.id }}</code>" not in first, "a step does not see itself"
    assert "<code>{{ input.deal.id }}</code>" in first


def test_what_an_expression_gives_is_shown_while_it_is_typed(
    begin: Begin, builder: Browser
) -> None:
    composer = begin()
    before = composer.draft.revision
    address, fields = f"/workflows/{composer.id}/preview", composer.form("invoice")
    fields |= {"step_at": "invoice", "lineItems.0.amount": "{{ money(line.amount) }}"}
    assert "1200.00" in builder.post(address, {**fields, "show": "lineItems.0.amount"}).text
    wrong = builder.post(address, {**fields, "customerId": "{{ nope.x }}", "show": "customerId"})
    assert "On the sample:" in wrong.text
    plain = builder.post(address, {**fields, "customerId": "C-1", "show": "customerId"})
    assert plain.text.strip() == ""
    once = {"step_at": "trigger", "trigger_once": "{{ input.deal.id }}", "show": "trigger_once"}
    assert "text" in builder.post(address, once).text
    assert composer.draft.revision == before, "nothing was saved"


def test_problems_stand_beside_their_fields(begin: Begin) -> None:
    composer = begin()
    given = {"customerId": "{{ steps.nobody.id }}", "dateCreated": "", "step_connection": ""}
    composer.press("save", "invoice", **given)
    page = composer.page("invoice")
    assert re.search(r'id="wrong-dateCreated">This is needed', page)
    assert re.search(r'id="wrong-customerId">[^<]*nobody', page)
    assert "Choose a connection." in page
    assert "things to do before it can be published" in page


def test_a_choice_takes_an_expression_too(begin: Begin, console: Console) -> None:
    schema = console.services.registry.actions["createInvoice"].form.schema["properties"]
    name = next(key for key, each in schema.items() if each.get("type") == "boolean")
    composer, text = begin(), "{{ input.deal.id == '1' }}"
    composer.press("save", "invoice", **{f"{name}@data": text})
    assert composer.config(1)[name] == text
    assert composer.form("invoice")[f"{name}@data"] == text


def test_an_approval_ticks_the_steps_it_freezes(begin: Begin) -> None:
    consent = {"id": "consent", "type": "approval", "config": {"title": "Pay?"}}
    composer = begin(None, consent, *DEAL_TO_INVOICE["steps"])
    composer.press("save", "consent", **{"step_covers.invoice": "1"})
    assert composer.config(0)["covers"] == ["invoice"]
    assert composer.form("consent")["step_covers.invoice"] == "1"


def test_cases_keep_their_steps_when_others_are_taken_away(begin: Begin) -> None:
    inner = {"id": "note", "type": "filter", "config": {"condition": "{{ true }}"}}
    ways = [
        {"when": "{{ input.a == '1' }}", "steps": []},
        {"when": "{{ input.a == '2' }}", "steps": [inner], "name": "second"},
    ]
    composer = begin(None, {"id": "way", "type": "switch", "cases": ways})
    one = fields_in(composer.press("uncase:0", "way").text)
    two = fields_in(composer.press("case:", "way", one).text)
    composer.press("save", "way", two | {"step_case.1.when": "{{ true }}"})
    cases = composer.draft.document["steps"][0]["cases"]
    assert [case["when"] for case in cases] == ["{{ input.a == '2' }}", "{{ true }}"]
    assert [case["steps"] for case in cases] == [[inner], []]


def test_another_trigger_begins_with_empty_settings(begin: Begin) -> None:
    composer = begin()
    composer.press("save", "trigger", trigger_type="schedule")
    assert composer.draft.document["trigger"] == {"type": "schedule"}


def test_who_saves_second_sees_the_first_change_and_goes_on(
    begin: Begin, builder: Browser, console: Console
) -> None:
    """Nothing of either is lost."""
    composer = begin()
    draft = composer.draft
    fields = composer.form("invoice") | {"customerId": "C-9", "step_at": "invoice"}
    theirs = editing.add_step(draft.document, "filter", "steps", 0).document
    database = console.services.database
    drafts.save(database, draft.workflow_id, theirs, revision=draft.revision, actor="cy")
    given = {**fields, "revision": str(draft.revision), "do": "save"}
    answer = builder.post(f"/workflows/{draft.workflow_id}", given)
    assert answer.status_code == 409
    assert "cy changed this draft meanwhile" in answer.text
    assert "The step &#39;filter&#39; was added" in answer.text
    assert composer.config(2)["customerId"] == "{{ steps.customer.id }}"
    again = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text)
    repeated = {name: html.unescape(text) for name, text in again}
    assert builder.post(f"/workflows/{draft.workflow_id}", repeated).status_code == 303
    assert composer.ids == ["filter", "customer", "invoice"]
    assert composer.config(2)["customerId"] == "C-9"


@pytest.mark.accepts("F41")
def test_a_double_click_changes_nothing_twice(begin: Begin, builder: Browser) -> None:
    composer = begin()
    given = {"revision": str(composer.draft.revision), "do": "copy:customer", "step_at": ""}
    address = f"/workflows/{composer.id}"
    assert [builder.post(address, given).status_code for _ in range(2)] == [303, 409]
    assert composer.ids == ["customer", "customer2", "invoice"]


def test_no_input_of_any_action_has_the_name_of_a_control(console: Console) -> None:
    """One form holds both."""
    registry = console.services.registry
    own = {"revision", "do", "form_token", "show", "q", "add_block", "add_after", "move_to"}
    for action in (*registry.actions.values(), *registry.actions_elsewhere.values()):
        names = set(action.form.schema["properties"])
        assert not names & own, action.key
        assert not [name for name in names if name.startswith(("step_", "trigger_"))], action.key


def test_the_companys_own_fields_appear_once_they_are_kept(begin: Begin, console: Console) -> None:
    composer = begin()
    assert "Ask the company for them" in composer.page("invoice")
    row = console.services.connections.by_name("books")
    assert row is not None
    own = LiveField("REGION_CODE", label="Region of sale", is_custom=True, choices=("NE", "SW"))
    kept = SqlLiveSchemas(console.services.database, row.id)
    kept.get("ARINVOICE", lambda: LiveObject("ARINVOICE", {own.name: own}))
    page = composer.page("invoice")
    assert "Region of sale" in page
    assert "Ask the company for them" not in page
    composer.press("save", "invoice", **{"customFields.REGION_CODE": "NE"})
    assert composer.config(1)["customFields"] == {"REGION_CODE": "NE"}


def test_a_mapping_table_is_shown_and_kept(begin: Begin) -> None:
    row = {"source": "input.deal.id", "target": "documentNumber", "transformation": "direct"}
    step = {**DEAL_TO_INVOICE["steps"][1], "mapping": [row]}
    composer = begin(None, step)
    assert "<td>documentNumber</td><td><code>input.deal.id</code></td>" in composer.page("invoice")
    composer.press("save", "invoice", customerId="C-9")
    assert composer.draft.document["steps"][0]["mapping"] == [row]


def test_a_web_request_may_go_over_a_connection(begin: Begin) -> None:
    composer = begin(None, {"id": "web", "type": "http", "config": {"url": "https://a.b"}})
    assert "None: a public address" in composer.page("web")
    composer.press("save", "web", step_connection="shop")
    assert composer.draft.document["steps"][0]["connection"] == "shop"
    composer.press("save", "web", step_connection="")
    assert "connection" not in composer.draft.document["steps"][0]

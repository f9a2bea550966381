"""Publishing in the console: checks, warnings, conflicts, history, and what ends a workflow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.accounts import Role
from connector.runtime import workflows
from connector.workbench import drafts, history, states
from connector.workflow import model
from tests.support.bench import WORKFLOW, Bench, bench, hidden, parsed


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path) as found:
        yield found


def form(here: Bench) -> dict[str, str]:
    """Return what the Publish page's own form would post."""
    page = here.get("/publish")
    found = {name: hidden(page, name) for name in ("revision", "fingerprint")}
    if "warnings_read" in page.text:
        found["warnings_read"] = hidden(page, "warnings_read")
    return found


def line(here: Bench) -> states.Line:
    return here.database.read(lambda c: states.line(c, here.id))


def test_without_a_draft_there_is_nothing_to_publish(here: Bench) -> None:
    page = here.get("/publish")
    assert "nothing to publish" in page.text
    assert 'name="revision"' not in page.text


def test_publishing_shows_what_changed_and_makes_the_next_version(here: Bench) -> None:
    here.draft(termName="Net 60")
    page = here.get("/publish")
    assert "Changes since version 1" in page.text
    assert "Net 60" in page.text
    assert "API transactions per event" in page.text
    done = here.post("/publish", {**form(here), "note": "Longer terms"})
    assert done.status_code == 302
    newest = history.version(here.database, here.id)
    assert (newest.number, newest.note, newest.author) == (2, "Longer terms", "builder")
    assert "It is published" in here.builder.get(done.location).text


def test_a_double_click_publishes_one_version_and_says_so_twice(here: Bench) -> None:
    """F41."""
    here.draft(termName="Net 60")
    posted = form(here)
    pages = [here.post("/publish", posted) for _ in range(2)]
    assert [page.status_code for page in pages] == [302, 302]
    assert here.versions() == 2


def test_an_error_keeps_it_from_being_published_and_is_named(here: Bench) -> None:
    here.draft()
    posted = form(here)
    draft = here.draft(amonut="1")
    page = here.get("/publish")
    assert "to be put right first" in page.text
    assert "amonut" in page.text
    assert f'href="{here.path()}?at=steps%5B1%5D">invoice</a>' in page.text
    assert '<button class="main">Publish' not in page.text
    refused = here.post("/publish", {**posted, "revision": str(draft.revision)})
    assert refused.status_code == 422
    assert here.versions() == 1


def test_warnings_have_to_be_read_first_and_new_ones_again(here: Bench) -> None:
    draft = here.draft()
    document = {**draft.document}
    document.pop("once")
    drafts.save(here.database, here.id, document, revision=draft.revision, actor="builder")
    posted = form(here)
    seen = posted.pop("warnings_read")
    page = here.post("/publish", posted)
    assert page.status_code == 422
    assert "say that you have read the warnings" in page.text
    assert here.post("/publish", {**posted, "warnings_read": "0"}).status_code == 422
    assert here.versions() == 1
    assert here.post("/publish", {**posted, "warnings_read": seen}).status_code == 302


def test_a_version_made_meanwhile_is_shown_before_it_is_replaced(here: Bench) -> None:
    here.draft(termName="Net 60")
    posted = form(here)
    changed = {**parsed(WORKFLOW), "once": "{{ input.deal.name }}"}
    workflows.publish(here.database, model.parse(changed), actor="bob")
    page = here.post("/publish", posted)
    assert page.status_code == 409
    assert "What bob changed meanwhile" in page.text
    assert "Publish over version 2" in page.text
    again = {name: hidden(page, name) for name in ("revision", "fingerprint", "replaces")}
    assert here.post("/publish", again).status_code == 302
    assert here.versions() == 3


def test_a_draft_that_was_changed_meanwhile_is_not_published(here: Bench) -> None:
    here.draft(termName="Net 60")
    posted = form(here)
    here.draft(termName="Net 10")
    page = here.post("/publish", posted)
    assert page.status_code == 409
    assert "Net 10" in page.text
    assert 'name="replaces"' not in page.text
    assert here.versions() == 1


def test_an_old_version_comes_back_as_a_draft_only(here: Bench) -> None:
    here.draft(termName="Net 60")
    here.post("/publish", form(here))
    page = here.get("/history/compare?old=1&new=2")
    assert "From version 1 to version 2" in page.text
    assert "Net 60" in page.text
    assert "They say the same." in here.get("/history/compare?old=2&new=2").text
    answers = [here.post("/history/1/restore", {"revision": "0"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert here.versions() == 2
    draft = drafts.draft_of(here.database, here.id)
    assert draft
    assert draft.document == history.version(here.database, here.id, 1).document
    assert "Net 60" in here.get("/history/compare?old=2&new=draft").text


def test_restoring_over_somebody_s_draft_asks_first(here: Bench) -> None:
    here.draft(termName="Net 60")
    page = here.post("/history/1/restore", {"revision": "0"})
    assert page.status_code == 409
    draft = drafts.draft_of(here.database, here.id)
    assert draft
    assert draft.document["steps"][1]["config"]["termName"] == "Net 60"


@pytest.mark.parametrize("asked", ["old=9&new=1", "old=x&new=1", "old=1", "old=1&new=draft", ""])
def test_versions_that_do_not_exist_are_not_compared(here: Bench, asked: str) -> None:
    assert here.get(f"/history/compare?{asked}").status_code == 404
    assert here.post("/history/9/restore", {"revision": "0"}).status_code == 404


def test_taking_back_and_deleting_say_what_follows_and_mean_it(here: Bench) -> None:
    page = here.get("/history")
    assert "Events that come meanwhile are not kept" in page.text
    assert "audit trail stay" in page.text
    assert here.post("/unpublish").status_code == 302
    assert here.post("/unpublish").status_code == 302
    assert line(here).state == states.UNPUBLISHED
    assert here.post("/delete").status_code == 422
    assert here.post("/delete", {"confirm": here.id}).location == "/workflows"
    assert here.get("/history").status_code == 404


def test_a_workflow_that_others_call_stays(here: Bench) -> None:
    caller = """
name: Caller
trigger: {type: hubspot.deal, connection: hubspot, config: {stages: [closedwon]}}
steps: [{id: inner, type: call, config: {workflow: Deal to invoice}}]
"""
    here.office.publish(caller)
    assert "Called by name by: Caller" in here.get("/history").text
    for tail, data in (("/unpublish", {}), ("/delete", {"confirm": here.id})):
        page = here.post(tail, data)
        assert page.status_code == 422
        assert "is called by name by: Caller" in page.text.replace("&#39;", "'")
    assert line(here).state == states.PUBLISHED


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.APPROVER])
def test_who_may_not_build_sees_and_changes_nothing(here: Bench, role: Role) -> None:
    draft = here.draft(termName="Net 60")
    browser = here.as_role(role)
    for tail in ("/publish", "/history", "/file", "/samples"):
        page = browser.get(here.path(tail))
        assert page.status_code == 200
        assert page.text.count("<form") == 1  # signing out
    posted = {"revision": str(draft.revision), "confirm": here.id}
    for tail in ("/publish", "/unpublish", "/delete", "/history/1/restore", "/file"):
        assert browser.post(here.path(tail), posted).status_code == 403
    assert here.versions() == 1

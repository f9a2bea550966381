"""The issue inbox: by cause, tried again after a plan, muted, closed, and workflows resumed."""

from __future__ import annotations

import re

import sqlalchemy as sa

from connector.operations import gathering, issues
from connector.operations.issues import Issue
from connector.runtime import pauses, runs
from connector.store import tables
from tests.support import desk
from tests.support.office import Office
from tests.unit.connector.web.conftest import Browser
from tests.unit.connector.web.operations.conftest import sell


def only(here: Office, *states: str) -> Issue:
    gathering.gather(here.database)
    (found,) = here.database.read(lambda c: issues.listed(c, *states))
    return found


def test_an_inbox_without_issues_says_so_and_when_something_last_ran(
    here: Office, viewer: Browser
) -> None:
    assert "Nothing has run yet." in viewer.get("/issues").text
    sell(here, "N-1")
    page = viewer.get("/issues").text
    assert "Nothing needs you." in page
    assert "The last run finished" in page


def test_runs_of_one_cause_are_one_issue_with_what_to_do(here: Office, viewer: Browser) -> None:
    failed = sell(here, "N-1", "N-2", "N-3", customer="C-99999")
    found = only(here)
    page = viewer.get("/issues").text
    assert page.count('href="/issues/') == 1
    one = viewer.get(f"/issues/{found.id}").text
    assert found.advice in one
    assert {run_id in one for run_id in failed} == {True}


def test_an_operator_retries_all_runs_of_an_issue_after_seeing_the_plan(
    here: Office, operator: Browser
) -> None:
    failed = sell(here, "N-1", "N-2", customer="C-99999")
    found = only(here)
    page = operator.get(f"/issues/{found.id}").text
    assert "Retry these 2" in page
    made = operator.post("/runs/plans", {"issue": found.id, "action": "retry"})
    assert made.status_code in {302, 303}
    plan = operator.get(made.location).text
    assert "N-1" in plan
    assert {here.run(run_id).state for run_id in failed} == {runs.FAILED}, "nothing started"


def test_a_viewer_sees_issues_and_changes_nothing(here: Office, viewer: Browser) -> None:
    sell(here, "N-1", customer="C-99999")
    found = only(here)
    page = viewer.get(f"/issues/{found.id}").text
    assert "Retry" not in page
    assert "Close the issue" not in page
    for path in (f"/issues/{found.id}/mute", f"/issues/{found.id}/close"):
        assert viewer.post(path, {"reason": "x"}).status_code == 403
    assert only(here).state == issues.OPEN


def test_a_muted_issue_leaves_the_inbox_and_can_be_heard_of_again(
    here: Office, operator: Browser
) -> None:
    sell(here, "N-1", customer="C-99999")
    found = only(here)
    assert operator.post(f"/issues/{found.id}/mute", {"muted": "yes"}).status_code == 303
    assert found.id not in operator.get("/issues").text
    assert found.id in operator.get("/issues?state=muted").text
    assert "muted by operator" in operator.get("/issues?state=muted").text
    operator.post(f"/issues/{found.id}/mute", {"muted": "no"})
    assert only(here).state == issues.OPEN


def test_closing_wants_a_reason_and_keeps_it_in_the_audit_log(
    here: Office, operator: Browser
) -> None:
    sell(here, "N-1", customer="C-99999")
    found = only(here)
    refused = operator.post(f"/issues/{found.id}/close", {"reason": "  "})
    assert refused.status_code == 422
    assert "Say why it needs nothing more." in refused.text
    for _ in range(2):  # a double click closes it once
        answer = operator.post(f"/issues/{found.id}/close", {"reason": "Entered by hand."})
        assert answer.status_code == 303
    assert only(here, issues.RESOLVED).resolved_by == "operator"
    rows = here.database.read(lambda c: list(c.execute(sa.select(tables.audit))))
    closed = [row for row in rows if row.action == "issue.close"]
    assert len(closed) == 1
    assert "Entered by hand." in str(closed[0].after)


def test_a_paused_workflow_goes_on_from_its_issue(here: Office, operator: Browser) -> None:
    row = here.database.read(
        lambda c: c.execute(
            sa.select(tables.workflow).where(tables.workflow.c.name == "Orders")
        ).one()
    )
    why = "The connection books is not let in any more."
    here.database.write(lambda c: pauses.pause(c, row.id, why, actor=pauses.SYSTEM))
    (run_id,) = sell(here, "N-1")
    assert here.run(run_id).state == runs.PAUSED
    found = only(here)
    page = operator.get(f"/issues/{found.id}").text
    assert "Resume Orders" in page
    for _ in range(2):
        answer = operator.post(f"/issues/workflows/{row.id}/resume", {"issue": found.id})
        assert (answer.status_code, answer.location) == (303, f"/issues/{found.id}")
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED
    assert only(here, issues.RESOLVED).id == found.id


def test_what_a_company_wrote_is_text_on_the_page(here: Office, viewer: Browser) -> None:
    sell(here, "N-1", customer="<script>alert(1)</script>")
    page = viewer.get(f"/issues/{only(here).id}").text
    assert "<script>alert" not in page


def test_unknown_issues_and_beginnings_of_ids_are_no_pages(here: Office, operator: Browser) -> None:
    sell(here, "N-1", customer="C-99999")
    found = only(here)
    for path in ("/issues/x", f"/issues/{found.id[:4]}", "/issues/%25"):
        assert operator.get(path).status_code == 404
    assert operator.post("/issues/x/mute").status_code == 404
    assert operator.post("/issues/x/close", {"reason": "y"}).status_code == 404
    assert operator.post("/issues/workflows/x/resume").status_code == 404
    assert operator.get("/issues?state=nonsense").status_code == 200


def test_a_page_of_issues_shows_the_counts_of_each_state(here: Office, viewer: Browser) -> None:
    sell(here, "N-1", customer="C-99999")
    page = re.sub(r"\s+", " ", viewer.get("/issues").text)
    assert "Open <small>1</small>" in page
    assert "Muted <small>0</small>" in page

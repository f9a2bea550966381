"""Approvals in the console: exactly what is asked for, and never by its author."""

from __future__ import annotations

import pytest

from connector.accounts import Role
from connector.runtime import approvals, runs
from connector.runtime.approvals import ApprovalView
from connector.store import tables
from tests.support import desk
from tests.support.office import Books, Office
from tests.unit.connector.web.conftest import Browser, Console
from tests.unit.connector.web.operations.conftest import ask


def say(who: Browser, asked: ApprovalView, decision: str, **more: str) -> int:
    form = {"decision": decision, "seen": asked.fingerprint, **more}
    return who.post(f"/approvals/{asked.id}", form).status_code


def state(here: Office, asked: ApprovalView) -> str:
    return here.database.read(lambda c: approvals.one(c, asked.id)).state


def test_nothing_to_approve_is_said(viewer: Browser) -> None:
    assert "Nothing waits for approval." in viewer.get("/approvals").text
    for one in ("approved", "refused", "expired", "void", "nonsense"):
        assert viewer.get(f"/approvals?state={one}").status_code == 200


def test_the_page_shows_what_is_frozen_as_text(here: Office, approver: Browser) -> None:
    asked = ask(here)
    page = approver.get(f"/approvals/{asked.id}").text
    assert "Invoice A-1 over 500.00" in page
    assert "<b>Blue" not in page
    assert "Step invoice, exactly as it will be carried out" in page
    assert "&#34;accountNumber&#34;: &#34;4000&#34;" in page


def test_somebody_else_approves_and_the_write_goes_out(
    here: Office, approver: Browser, books: Books
) -> None:
    asked = ask(here)
    assert books.invoices() == []
    assert say(approver, asked, "approve") == 303
    desk.work_off(here)
    assert [entry["id"] for entry in books.invoices()] == ["A-1"]
    assert "approver" in approver.get("/approvals?state=approved").text


def test_a_double_click_decides_once_and_tells_no_error(here: Office, approver: Browser) -> None:
    asked = ask(here)
    assert [say(approver, asked, "approve") for _ in range(2)] == [303, 303]
    votes = here.database.read(lambda c: approvals.votes_of(c, asked.id))
    assert len(votes) == 1


def test_a_changed_mind_after_the_decision_is_refused_with_a_sentence(
    here: Office, approver: Browser
) -> None:
    asked = ask(here)
    say(approver, asked, "approve")
    form = {"decision": "refuse", "seen": asked.fingerprint, "reason": "Oh no."}
    answer = approver.post(f"/approvals/{asked.id}", form)
    assert answer.status_code == 422
    assert "This approval is approved already." in answer.text
    assert state(here, asked) == approvals.APPROVED


def test_refusing_takes_a_reason_and_fails_the_run(here: Office, approver: Browser) -> None:
    asked = ask(here)
    answer = approver.post(
        f"/approvals/{asked.id}", {"decision": "refuse", "seen": asked.fingerprint}
    )
    assert answer.status_code == 422
    assert "Say why you refuse it" in answer.text
    assert state(here, asked) == approvals.PENDING
    assert say(approver, asked, "refuse", reason="Wrong customer.") == 303
    desk.work_off(here)
    assert here.run(asked.run_id).state == runs.FAILED
    assert "Wrong customer." in approver.get("/approvals?state=refused").text


@pytest.mark.parametrize("role", [role for role in Role if Role.APPROVER.rights - role.rights])
def test_roles_that_do_not_approve_have_no_button_and_are_refused(
    console: Console, here: Office, role: Role
) -> None:
    asked = ask(here)
    browser = console.browser(console.account(role))
    page = browser.get(f"/approvals/{asked.id}").text
    assert 'value="approve"' not in page
    assert "An approver decides this." in page
    assert say(browser, asked, "approve") == 403
    assert state(here, asked) == approvals.PENDING


def test_who_wrote_the_workflow_cannot_approve_in_any_spelling(
    console: Console, here: Office
) -> None:
    """The workflow was published by 'test'; an administrator of that name may not decide."""
    asked = ask(here)
    author = console.browser(console.account(Role.ADMIN, login="test"))
    page = author.get(f"/approvals/{asked.id}").text
    assert 'value="approve"' not in page
    assert "somebody else has to decide" in page
    assert say(author, asked, "approve") == 422
    assert state(here, asked) == approvals.PENDING


def test_what_changed_since_it_was_looked_at_is_not_approved(
    here: Office, approver: Browser
) -> None:
    asked = ask(here)
    answer = approver.post(f"/approvals/{asked.id}", {"decision": "approve", "seen": "other"})
    assert answer.status_code == 422
    assert "has changed since you looked" in answer.text
    assert approver.post(f"/approvals/{asked.id}", {"decision": "approve"}).status_code == 422
    assert state(here, asked) == approvals.PENDING


def test_an_expired_approval_is_refused(here: Office, approver: Browser) -> None:
    asked = ask(here)
    here.execute(tables.approval.update().values(expires_at=1))
    answer = approver.post(
        f"/approvals/{asked.id}", {"decision": "approve", "seen": asked.fingerprint}
    )
    assert (answer.status_code, "has expired" in answer.text) == (422, True)


def test_the_history_shows_the_newest_first(here: Office, approver: Browser) -> None:
    for number in ("A-1", "A-2"):
        say(approver, ask(here, number), "approve")
    page = approver.get("/approvals?state=approved").text
    assert page.index("Invoice A-2") < page.index("Invoice A-1")


def test_unknown_approvals_are_no_pages(approver: Browser) -> None:
    assert approver.get("/approvals/x").status_code == 404
    assert approver.post("/approvals/x", {"decision": "approve"}).status_code == 404

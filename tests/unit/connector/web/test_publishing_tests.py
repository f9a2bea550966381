"""Trying a workflow in the console: dry run, one step, plans; nothing is written by accident."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from connector.accounts import Role
from connector.store import tables
from connector.workbench import drafts
from tests.support import desk as worker
from tests.support.bench import EVENT, Bench, bench, hidden


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path) as found:
        yield found


def preview(here: Bench, step: str = "invoice") -> dict[str, str]:
    """Return what the form under a preview would post to send it."""
    here.sample({"id": "C-00001", "found": True}, "customer")
    page = here.post(f"/test/{step}")
    assert page.status_code == 200, page.text
    return {
        "once": hidden(page, "once"),
        "seal": hidden(page, "seal"),
        "confirm": hidden(page, "confirm"),
        "do": "send",
    }


def test_a_dry_run_shows_every_step_its_checks_and_the_exact_request(here: Bench) -> None:
    here.sample()
    page = here.post("/test")
    assert page.status_code == 200
    assert "The run would succeed" in page.text
    assert "Nothing was written." in page.text
    assert "&lt;amount&gt;100.00&lt;/amount&gt;" in page.text
    assert "INV-77" in page.text
    assert "<span>Passed</span><div>Exists and is active: customer C-00001" in page.text
    assert "<span>Not checked</span>" in page.text
    assert "Known only after the run: key, href." in page.text
    assert "sandbox-secret" not in page.text
    assert here.books.invoices() == []
    assert here.office.effects() == []


def test_a_pinned_result_stands_for_what_a_write_would_answer(here: Bench) -> None:
    here.sample()
    here.sample({"key": "4711", "id": "PINNED-1"}, "invoice")
    page = here.post("/test")
    assert "Pinned result" in page.text
    assert "PINNED-1" in page.text


def test_a_check_that_fails_is_called_failed_with_its_remedy(here: Bench) -> None:
    here.sample()
    here.draft(termName="Net 99")
    page = here.post("/test")
    assert "The run would fail" in page.text
    assert "<span>Failed</span>" in page.text
    assert "Net 99" in page.text
    assert "Make a plan" not in page.text


def test_the_event_that_was_chosen_is_rehearsed(here: Bench) -> None:
    here.sample()
    other = here.sample({"deal": {"id": "88", "amount": "5.00"}})
    assert "INV-88" in here.post("/test").text
    assert "INV-77" in here.post("/test", {"event": here.sample().id}).text
    assert "INV-88" in here.post("/test", {"event": other.id}).text
    gone = here.post("/test", {"event": "x"})
    assert gone.status_code == 422
    assert "This sample is gone." in gone.text


def test_steps_that_are_left_out_of_tests_are_not_taken(here: Bench) -> None:
    here.sample()
    draft = here.draft()
    drafts.skip_in_test(
        here.database, here.id, ["invoice"], revision=draft.revision, actor="builder"
    )
    page = here.post("/test")
    assert "Left out of tests: invoice" in page.text
    assert "create_invoice" not in page.text
    assert "The run would succeed" in page.text


def test_an_unfinished_draft_is_refused_in_a_sentence(here: Bench) -> None:
    here.sample()
    draft = here.draft()
    drafts.save(here.database, here.id, {"name": "x"}, revision=draft.revision, actor="builder")
    page = here.post("/test")
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert here.get("/test").status_code == 200


def test_a_dry_run_stands_beside_the_run_that_did_the_same(here: Bench) -> None:
    here.sample()
    run_id = worker.start(here.office, EVENT)
    worker.work_off(here.office)
    page = here.post("/test")
    assert "The run was done already" in page.text
    assert "Beside a past run" in page.text
    assert f"/runs/{run_id}" in page.text
    alone = here.post("/test", {"compare": "none"})
    assert (alone.status_code, "Beside a past run" in alone.text) == (200, False)
    assert here.post("/test", {"compare": "nonsense"}).status_code == 422
    assert len(here.books.invoices()) == 1


def test_a_step_that_reads_is_read_and_its_result_can_be_kept(here: Bench) -> None:
    here.sample()
    page = here.post("/test/customer")
    assert page.status_code == 200
    assert "Compose with this result" in page.text
    assert "Send it for real" not in page.text


@pytest.mark.accepts("E40")
def test_a_step_that_writes_is_shown_first_and_sent_once_when_the_company_is_ticked(
    here: Bench,
) -> None:
    """Bad input 36, F41: twice, and with the back button."""
    here.sample()
    confirmed = preview(here)
    assert confirmed["confirm"] == "SANDBOX"
    assert here.books.invoices() == []
    pages = [here.post("/test/invoice", confirmed) for _ in range(3)]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert all("Sent</h2>" in page.text for page in pages)
    assert len(here.books.invoices("INV-77")) == 1


@pytest.mark.parametrize(
    "spoiled",
    [{"confirm": ""}, {"confirm": "OTHER"}, {"seal": ""}, {"seal": "0" * 64}, {"once": "other"}],
)
def test_what_was_not_seen_or_not_meant_is_not_sent(here: Bench, spoiled: dict[str, str]) -> None:
    here.sample()
    page = here.post("/test/invoice", {**preview(here), **spoiled})
    assert page.status_code == 422
    assert here.books.invoices() == []


def test_a_draft_or_sample_that_changed_since_the_preview_is_not_sent(here: Bench) -> None:
    here.sample()
    confirmed = preview(here)
    here.draft(termName="Net 60")
    assert "changed since the preview" in here.post("/test/invoice", confirmed).text
    confirmed = preview(here)
    here.sample({"deal": {"id": "88", "amount": "5.00"}})
    assert "changed since the preview" in here.post("/test/invoice", confirmed).text
    confirmed = preview(here)
    here.sample({"id": "C-00002", "found": True}, "customer")
    assert "changed since the preview" in here.post("/test/invoice", confirmed).text
    assert here.books.invoices() == []


def test_what_was_sent_by_a_test_is_in_the_audit_trail(here: Bench) -> None:
    here.sample()
    here.post("/test/invoice", preview(here))
    actors = sa.select(tables.audit.c.actor).where(tables.audit.c.action == "effect.succeeded")
    assert here.database.read(lambda c: c.execute(actors).scalars().all()) == ["builder"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.APPROVER])
def test_who_may_not_build_sees_no_form_and_can_send_nothing(here: Bench, role: Role) -> None:
    browser = here.as_role(role)
    page = browser.get(here.path("/test"))
    assert page.status_code == 200
    assert 'name="event"' not in page.text
    assert browser.get(here.path("/test/invoice")).status_code == 403
    assert browser.post(here.path("/test")).status_code == 403
    assert browser.post(here.path("/test/invoice"), {"do": "send"}).status_code == 403


def test_a_plan_is_approved_by_an_approver_and_executed_once(here: Bench) -> None:
    """F41: the second click on each button changes nothing."""
    assert "There is no plan." in here.builder.get("/workflows/plans").text
    here.sample()
    made = here.post("/plans")
    assert made.status_code == 302
    plan = made.location
    approver = here.as_role(Role.APPROVER)
    page = approver.get(plan)
    assert "Approve these writes" in page.text
    assert "Execute the plan" not in page.text
    assert here.builder.post(f"{plan}/approve", {"hash": hidden(page, "hash")}).status_code == 403
    assert here.builder.post(f"{plan}/execute").status_code == 422
    assert approver.post(f"{plan}/approve", {"hash": "0" * 64}).status_code == 422
    assert approver.post(f"{plan}/approve", {"hash": hidden(page, "hash")}).location == plan
    assert approver.post(f"{plan}/execute").status_code == 403
    runs = [here.builder.post(f"{plan}/execute").location for _ in range(2)]
    assert runs[0] == runs[1]
    worker.work_off(here.office)
    assert len(here.books.invoices("INV-77")) == 1
    assert "Look at its run" in here.builder.get(plan).text
    assert plan in here.get("/test").text
    assert plan in here.as_role(Role.VIEWER).get("/workflows/plans").text


def test_a_plan_that_nothing_can_come_of_is_refused_in_a_sentence(here: Bench) -> None:
    here.sample({"deal": {"id": "77", "amount": "nonsense"}})
    page = here.post("/plans")
    assert page.status_code == 400
    assert "nothing to approve" in page.text
    assert here.builder.get("/workflows/plans/nowhere").status_code == 404


def test_names_of_a_company_s_data_are_inert_text(here: Bench) -> None:
    """C15: events come from outside."""
    evil = '<img src=x onerror=alert(1)>" hx-get="/people'
    here.sample({"deal": {"id": evil, "amount": "1.00"}})
    for page in (here.post("/test"), here.get("/samples"), here.post("/test/invoice")):
        assert "<img src=x" not in page.text
        assert ' hx-get="/people' not in page.text
        assert "hx-disable" in page.text

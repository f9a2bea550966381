"""The first page: what needs somebody, and honest words where nothing does."""

from __future__ import annotations

import re

import sqlalchemy as sa

from connector.errors import ConnectionProblem
from connector.runtime import budgets, pauses
from connector.runtime.budgets import Budget
from connector.store import tables
from tests.support.office import Office
from tests.unit.connector.web.conftest import Browser
from tests.unit.connector.web.operations.conftest import ask, sell


def text(browser: Browser, path: str = "/") -> str:
    page = browser.get(path).text
    page = page[page.index("<main") :]
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page)).replace(" .", ".")


def test_newcomers_are_led_to_the_first_steps(viewer: Browser) -> None:
    page = viewer.get("/").text
    assert "Nothing has run yet." in page
    assert 'href="/welcome"' in page


def test_a_quiet_day_says_that_nothing_failed_and_when_something_ran(
    here: Office, viewer: Browser
) -> None:
    sell(here, "N-1", "N-2")
    page = text(viewer)
    assert "Nothing failed. The last run finished just now." in page
    assert "2 done" in page
    assert "0 need you" in page


def test_failed_runs_show_as_their_issue_and_in_the_figures(here: Office, viewer: Browser) -> None:
    sell(here, "N-1")
    sell(here, "N-2", customer="C-99999")
    page = text(viewer)
    assert "1 needs you" in page
    assert "Nothing failed" not in page
    assert re.search(r'href="/issues/\w{8,}"', viewer.get("/").text)


def test_approvals_wait_on_the_first_page(here: Office, viewer: Browser) -> None:
    asked = ask(here)
    assert f'href="/approvals/{asked.id}"' in viewer.get("/").text


def test_a_paused_workflow_is_resumed_from_the_first_page(
    here: Office, operator: Browser, viewer: Browser
) -> None:
    found = sa.select(tables.workflow.c.id).where(tables.workflow.c.name == "Orders")
    workflow_id = here.database.read(lambda c: c.execute(found).scalar_one())
    here.database.write(lambda c: pauses.pause(c, workflow_id, "Month end.", actor="ada"))
    sell(here, "N-1")
    assert "Orders : Month end. 1 run waits" in text(viewer)
    assert "Resume" not in text(viewer)
    assert "Resume" in text(operator)
    answer = operator.post(f"/issues/workflows/{workflow_id}/resume")
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Month end." not in text(operator)


def test_connections_that_do_not_work_are_named_with_the_reason(
    here: Office, viewer: Browser
) -> None:
    row = here.services.connection_named("books")
    here.services.connections.needs_attention(
        row.id, ConnectionProblem("The password has expired.")
    )
    page = text(viewer)
    assert "books : The password has expired." in page


def test_a_budget_near_its_end_is_told(here: Office, viewer: Browser) -> None:
    row = here.services.connection_named("books")
    sell(here, "N-1", "N-2")
    assert "Budget" not in text(viewer)
    here.database.write(lambda c: budgets.keep(c, row, Budget(warn_at=1, stop_at=500), "ada"))
    assert "at 500 nothing more is sent" in text(viewer)


def test_parked_and_uncertain_writes_are_counted(here: Office, viewer: Browser) -> None:
    sell(here, "N-1", "N-2", "N-3")
    states = {"N-1": "parked", "N-2": "parked", "N-3": "uncertain"}
    for number, state in states.items():
        mine = tables.effect.update().where(tables.effect.c.external_id == number)
        here.execute(mine.values(state=state))
    page = text(viewer)
    assert "2 writes wait for a decision" in page
    assert "One write is being looked up" in page

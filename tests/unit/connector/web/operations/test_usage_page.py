"""Usage: what was used, what it will come to, what it costs, and who may set a budget."""

from __future__ import annotations

import sqlalchemy as sa

from connector.runtime import budgets
from connector.runtime.budgets import Budget
from connector.store import tables
from connector.transfer import usage
from tests.support.office import Office
from tests.unit.connector.web.conftest import Browser
from tests.unit.connector.web.operations.conftest import sell
from tests.unit.connector.web.operations.test_today_page import text


def budget(here: Office) -> Budget | None:
    row = here.services.connection_named("books")
    return here.database.read(lambda c: budgets.budget_of(c, row.id))


def path(here: Office) -> str:
    return f"/usage/budgets/{here.services.connection_named('books').id}"


def use(here: Office, calls: int, month: str = "") -> None:
    """Count calls as if they had been made."""
    row = here.services.connection_named("books")

    def write(connection: sa.Connection) -> None:
        when = month or usage.this_month(connection)[0]
        values = {"connection_id": row.id, "month": when, "kind": "create_bill", "calls": calls}
        connection.execute(tables.usage.insert().values(**values))

    here.database.write(write)


def test_a_month_without_calls_has_a_page(viewer: Browser) -> None:
    page = text(viewer, "/usage")
    assert "0 API transactions so far" in page
    assert "has called Intacct" in page


def test_connections_and_workflows_show_what_they_used(here: Office, viewer: Browser) -> None:
    sell(here, "N-1", "N-2")
    page = text(viewer, "/usage")
    assert "2 API transactions so far" in page
    assert "Orders 2" in page


def test_what_lies_beyond_the_tier_costs_money(here: Office, viewer: Browser) -> None:
    use(here, 101_000, "2026-01")
    page = text(viewer, "/usage?month=2026-01")
    assert "$15.00 beyond the tier" in page  # 100 packs of ten at 15 cents
    assert "$0.00 beyond the tier" in text(viewer, "/usage?month=2026-01&tier=2")


def test_other_months_and_tiers_than_there_are_fall_back(here: Office, viewer: Browser) -> None:
    present = here.database.read(usage.this_month)[0]
    for query in ("month=2999-01", "month=x", "tier=9", "tier=-1", "tier=²", "month=2026-13"):
        assert f"Usage in {present}" in viewer.get(f"/usage?{query}").text


def test_months_stand_in_a_plot_and_in_a_table(here: Office, viewer: Browser) -> None:
    use(here, 40, "2026-01")
    use(here, 20, "2026-02")
    page = viewer.get("/usage").text
    assert page.count("<rect") == 2
    assert 'aria-label="API transactions by month. The table says the same."' in page
    assert '<a href="/usage?month=2026-02&amp;tier=1">2026-02</a>' in page.replace(
        "&tier", "&amp;tier"
    )


def test_an_administrator_sets_and_removes_a_budget(here: Office, admin: Browser) -> None:
    assert "None: nothing stops it" in admin.get("/usage").text
    assert admin.post(path(here), {"stop_at": "1,000", "warn_at": ""}).status_code == 303
    assert budget(here) == Budget(warn_at=800, stop_at=1000)
    assert "stops at 1,000" in admin.get("/usage").text
    assert admin.post(path(here), {"remove": "yes"}).status_code == 303
    assert budget(here) is None


def test_a_budget_saved_twice_is_audited_once(here: Office, admin: Browser) -> None:
    for _ in range(2):
        admin.post(path(here), {"stop_at": "1000"})
    rows = here.database.read(lambda c: list(c.execute(sa.select(tables.audit))))
    assert [row.action for row in rows].count("budget.set") == 1


def test_what_is_no_budget_is_refused_beside_the_form(here: Office, admin: Browser) -> None:
    for stop, warn, sentence in (
        ("many", "", "is not a whole number"),
        ("", "", "A budget says when to warn"),
        ("10", "20", "would come after the stop"),
        ("-5", "", "is not a whole number"),
        ("²", "", "is not a whole number"),
        ("9" * 30, "", "A budget is a number from 1 to"),
    ):
        answer = admin.post(path(here), {"stop_at": stop, "warn_at": warn})
        assert (answer.status_code, sentence in answer.text) == (422, True), (stop, warn)
    assert budget(here) is None


def test_others_see_budgets_and_set_none(here: Office, viewer: Browser, operator: Browser) -> None:
    for who in (viewer, operator):
        assert "Save the budget" not in who.get("/usage").text
        assert who.post(path(here), {"stop_at": "10"}).status_code == 403
    assert budget(here) is None


def test_only_companies_have_budgets(here: Office, admin: Browser) -> None:
    portal = here.services.connection_named("hubspot")
    for connection_id in (portal.id, "x"):
        answer = admin.post(f"/usage/budgets/{connection_id}", {"stop_at": "10"})
        assert answer.status_code == 404

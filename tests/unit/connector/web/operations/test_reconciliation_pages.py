"""Reconciliation: a day's figures, and a look into Intacct that names what differs."""

from __future__ import annotations

import re
from datetime import date

import sqlalchemy as sa

from connector.operations import comparing, reconciliation
from connector.operations.differences import Difference
from connector.runtime import budgets
from connector.store import tables
from tests.support.office import Books, Office
from tests.unit.connector.web.conftest import Browser
from tests.unit.connector.web.operations.conftest import sell
from tests.unit.connector.web.operations.test_today_page import text


def today(here: Office) -> date:
    return here.database.read(reconciliation.today)


def change(here: Office, number: str, **values: object) -> None:
    mine = tables.effect.update().where(tables.effect.c.external_id == number)
    assert here.execute(mine.values(**values)) == 1


def test_an_empty_day_says_that_nothing_happened(viewer: Browser) -> None:
    assert "Nothing happened on this day." in viewer.get("/reconciliation/2026-01-05").text


def test_the_menu_address_leads_to_today(here: Office, viewer: Browser) -> None:
    assert viewer.get("/reconciliation").location == f"/reconciliation/{today(here)}"


def test_a_day_counts_events_runs_writes_and_amounts(here: Office, viewer: Browser) -> None:
    sell(here, "N-1", "N-2")
    sell(here, "N-3", customer="C-99999")
    page = text(viewer, f"/reconciliation/{today(here)}")
    assert "3 events" in page
    assert "3 runs Failed 1 Done 2" in page
    assert "3 writes" in page
    assert "Invoice 2 20.00" in page


def test_the_plot_and_its_table_say_the_same(here: Office, viewer: Browser) -> None:
    sell(here, "N-1", "N-2")
    sell(here, "N-3", customer="C-99999")
    page = viewer.get(f"/reconciliation/{today(here)}").text
    kinds = re.findall(r'<rect class="(\w+)"', page)
    assert kinds == ["good", "bad"]
    row = re.search(r'aria-current="date".*?</tr>', page, re.DOTALL)
    assert row is not None
    assert re.findall(r'class="number">([\d,]+)<', row[0]) == ["3", "2", "0", "1"]


def test_a_run_of_another_day_is_not_in_the_figures(here: Office, viewer: Browser) -> None:
    (run_id,) = sell(here, "N-1")
    mine = tables.run.update().where(tables.run.c.id == run_id)
    here.execute(mine.values(created_at=reconciliation.span(date(2026, 1, 5))[1] - 1))
    assert "Invoice 1 10.00" in text(viewer, "/reconciliation/2026-01-05")
    assert "Invoice 1" not in text(viewer, "/reconciliation/2026-01-04")
    assert "Invoice 1" not in text(viewer, "/reconciliation/2026-01-06")
    assert "Invoice 1" not in text(viewer, f"/reconciliation/{today(here)}")


def test_writes_by_hand_belong_to_the_day_they_were_made(here: Office, viewer: Browser) -> None:
    sell(here, "N-1")
    begin, _ = reconciliation.span(date(2026, 1, 5))
    change(here, "N-1", run_id=None, created_at=begin)
    assert "Invoice 1 10.00" in text(viewer, "/reconciliation/2026-01-05")


def test_days_that_are_none_or_have_not_come_are_no_pages(operator: Browser) -> None:
    for day in ("x", "2026-13-01", "1850-01-01", "2999-01-01", "2026-1-5"):
        assert operator.get(f"/reconciliation/{day}").status_code == 404
        assert operator.post(f"/reconciliation/{day}/compare").status_code == 404


def test_the_cost_of_comparing_is_said_before_and_counted_after(
    here: Office, operator: Browser
) -> None:
    sell(here, "N-1", "N-2")
    row = here.services.connection_named("books")

    def used() -> int:
        return here.database.read(lambda c: budgets.used(c, row.id, budgets.this_month(c)))

    before = used()
    path = f"/reconciliation/{today(here)}"
    assert "Reads them from Intacct by their numbers: 1 API transaction" in operator.get(path).text
    assert used() == before, "looking at the page costs nothing"
    page = text(operator, path)
    assert "Compare 2 records" in page
    answer = operator.post(f"{path}/compare")
    assert "Everything agrees." in answer.text
    assert "It took 1 API transaction." in answer.text
    assert used() == before + 1


def test_a_viewer_does_not_spend_transactions(here: Office, viewer: Browser) -> None:
    sell(here, "N-1")
    path = f"/reconciliation/{today(here)}"
    assert "An operator can compare these" in viewer.get(path).text
    assert viewer.post(f"{path}/compare").status_code == 403


def test_missing_extra_and_changed_records_are_named(here: Office, operator: Browser) -> None:
    sell(here, "N-1", "N-2", "N-3", "N-4")
    change(here, "N-1", natural_key=sa.func.replace(tables.effect.c.natural_key, "N-1", "N-9"))
    change(here, "N-2", natural_key=sa.func.replace(tables.effect.c.natural_key, "10.00", "11.00"))
    change(here, "N-3", key="999")
    found = comparing.compare(here.services, today(here))
    told = {(one.number, one.kind) for one in found.findings}
    assert told == {
        ("N-1", Difference.MISSING),
        ("N-2", Difference.OTHER),
        ("N-3", Difference.MISSING),
        ("N-3", Difference.EXTRA),
    }
    assert (found.compared, found.agreed) == (4, 1)
    (other,) = [one for one in found.findings if one.kind is Difference.OTHER]
    assert "Total amount: we wrote 11.00, Intacct says 10" in other.sentence
    page = operator.post(f"/reconciliation/{today(here)}/compare").text
    for words in ("4 differences.", "1 of 4", "N-1", "N-2", "N-3"):
        assert words in page


def test_a_write_nobody_knew_of_is_found_to_be_there(here: Office) -> None:
    sell(here, "N-1")
    change(here, "N-1", state="parked", key="")
    (found,) = comparing.compare(here.services, today(here)).findings
    assert (found.kind, found.number) == (Difference.THERE, "N-1")


def test_what_cannot_be_asked_is_said_and_not_called_missing(
    here: Office, operator: Browser
) -> None:
    sell(here, "N-1")
    here.services.__dict__["http"] = here.unreachable()
    page = operator.post(f"/reconciliation/{today(here)}/compare").text
    assert "Not everything could be looked at." in page
    assert "books was not asked to the end:" in page
    assert "Missing" not in page


def test_records_are_compared_again_without_writing_anything(
    here: Office, books: Books, operator: Browser
) -> None:
    sell(here, "N-1")
    effects = len(here.effects())
    for _ in range(2):
        assert operator.post(f"/reconciliation/{today(here)}/compare").status_code == 200
    assert (len(books.invoices()), len(here.effects())) == (1, effects)


def test_very_many_amounts_are_added_up_only_when_asked_for(here: Office) -> None:
    sell(here, "N-1")
    found = here.database.read(lambda c: reconciliation.figures(c, today(here), most=0))
    assert found.sums is None
    asked = here.database.read(lambda c: reconciliation.figures(c, today(here)))
    assert asked.sums is not None
    assert str(asked.sums[0].total) == "10.00"

"""What a connection may use in a month is held on every way its calls take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from connector.cli import commands
from connector.errors import BudgetReached, InputError
from connector.runtime import budgets, control, runs
from connector.runtime.budgets import Budget, Budgets
from connector.runtime.meter import StepMeter
from connector.runtime.single import run_once
from connector.store import Database, tables
from connector.transfer.rows import Outcome
from tests.support import office as workflow_office
from tests.support.transfers import BOOKS, Office, open_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = open_office(tmp_path / "data", "rest")
    yield found
    found.close()


def give(services: Any, *, warn_at: int = 0, stop_at: int = 0, name: str = BOOKS) -> None:
    source = services.connection_named(name)
    wanted = Budget(warn_at, stop_at)
    services.database.write(lambda c: budgets.keep(c, source, wanted, "ada"))


def audited(database: Database) -> list[str]:
    query = sa.select(tables.audit.c.action).order_by(tables.audit.c.seq)
    found = database.read(lambda c: list(c.execute(query).scalars()))
    return [action for action in found if action.startswith("budget.")]


def customer(number: int) -> dict[str, Any]:
    return {"customerId": f"S-{number}", "name": f"Name {number}"}


@pytest.mark.accepts("E18", "E24")
def test_an_action_that_would_pass_the_budget_sends_nothing(office: Office) -> None:
    give(office.services, stop_at=2)
    # By its id: one call finds the record number, one gets the record.
    run_once(office.services, "getCustomer", BOOKS, {"customerId": "C-00001"}, once="1")
    seen = len(office.calls())
    with pytest.raises(BudgetReached, match="books's budget of 2 API transactions") as stopped:
        run_once(office.services, "createCustomer", BOOKS, {"customerName": "No"}, once="2")
    assert len(office.calls()) == seen
    assert "usage budget set" in stopped.value.advice
    give(office.services, stop_at=10)
    made = run_once(office.services, "createCustomer", BOOKS, {"customerName": "No"}, once="2")
    assert made.output is not None
    assert made.output["outcome"] == "created"


def test_what_a_step_has_counted_and_not_kept_counts_too(office: Office) -> None:
    give(office.services, stop_at=2)
    meter = StepMeter()
    allowance = Budgets(office.services.database).allowance(
        office.services.connection_named(BOOKS), meter
    )
    assert allowance is not None
    allowance.ask(1)
    meter.count("query")
    meter.count("getAPISession")  # signing in is no transaction
    allowance.ask(1)
    with pytest.raises(BudgetReached, match="1 are used, and the next request takes 2"):
        allowance.ask(2)


@pytest.mark.accepts("E24")
def test_a_sync_stops_before_the_batch_that_would_pass_the_budget(office: Office) -> None:
    give(office.services, warn_at=2, stop_at=5)
    first = office.sync("customer", "insert", [customer(n) for n in range(3)])
    assert first.is_clean
    second = office.sync("customer", "insert", [customer(n) for n in range(3, 7)], run="run-2")
    assert isinstance(second.stopped, BudgetReached)
    assert second.counts == {Outcome.NOT_SENT: 4}
    assert len(office.created("CUSTOMER")) == 3
    assert office.warned == ["books has used 3 API transactions in " + office.warned[0][37:]]
    assert "at 5 nothing more is sent" in office.warned[0]


@pytest.mark.accepts("E22")
def test_the_warning_is_told_once_a_month(office: Office) -> None:
    give(office.services, warn_at=1)
    for number in range(3):
        once = str(number)
        run_once(office.services, "getCustomer", BOOKS, {"customerId": "C-00001"}, once=once)
    assert audited(office.services.database) == ["budget.set", "budget.warn"]


def test_a_connection_without_a_budget_is_asked_nothing(office: Office) -> None:
    source = office.services.connection_named(BOOKS)
    clock = [0.0]
    known = Budgets(office.services.database, lambda: clock[0])
    assert known.allowance(source, StepMeter()) is None
    give(office.services, stop_at=5)
    clock[0] = budgets.FRESH_SECONDS + 1  # what another process has set is seen a little later
    assert known.allowance(source, StepMeter()) is not None


@pytest.mark.accepts("E24")
def test_a_run_stops_with_an_error_that_says_budget_and_goes_on_once_it_is_raised(
    url: str, tmp_path: Path
) -> None:
    company = workflow_office.Books()
    with workflow_office.office(url, tmp_path, company) as desk:
        services = desk.services
        source = services.connection_named("books")
        insert = sa.insert(tables.usage).values(
            connection_id=source.id,
            month=desk.database.read(budgets.this_month),
            kind="create",
            calls=7,
        )
        desk.database.write(lambda c: c.execute(insert))
        give(services, stop_at=7, name="books")
        row = desk.work(desk.order("first"))
        assert row.state == runs.FAILED
        assert "budget of 7 API transactions a month is reached" in row.error
        assert company.posts == []
        give(services, stop_at=100, name="books")
        again = control.replay(services, row.id, actor="ada")
        assert desk.work(again).state == runs.SUCCEEDED
        assert len(company.posts) == 1


@pytest.mark.parametrize(
    ("warn_at", "stop_at", "said"),
    [
        (None, None, "says when to warn"),
        (0, 0, "says when to warn"),
        (10, 5, "would come after the stop"),
        (None, -1, "a number from 1"),
        (-1, 5, "a number from 1"),
        (None, budgets.MOST + 1, "a number from 1"),
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(
    warn_at: int | None, stop_at: int | None, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        budgets.checked(warn_at, stop_at)


def test_left_out_the_warning_comes_at_four_fifths() -> None:
    assert budgets.checked(None, 100_000) == Budget(80_000, 100_000)
    assert budgets.checked(0, 100) == Budget(0, 100)


def test_budgets_are_set_shown_and_removed_by_command(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir = office.services.settings.data_dir
    monkeypatch.setenv("INTACCT_DATA_DIR", str(data_dir))

    def told(*words: str) -> str:
        result = CliRunner().invoke(commands, ["usage", "budget", *words])
        assert result.exit_code == 0, result.output
        return result.output

    assert "No connection has a budget." in told("show")
    assert "80" in told("set", BOOKS, "--stop-at", "100")
    assert "100" in told("show", BOOKS)
    assert "no budget any more" in told("remove", BOOKS)
    assert "no budget to remove" in told("remove", BOOKS)
    assert audited(office.services.database) == ["budget.set", "budget.remove"]

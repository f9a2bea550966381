"""F42: a cancel during a call tells that it will stop, and then what truly became of the call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from connector.runtime import control, runs
from connector.runtime.bells import make_broker
from connector.runtime.services import Services, open_services
from connector.store import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.installation import Installation

HELD_SECONDS = 3.0  # below the deadline of a call


@pytest.fixture(scope="module")
def services(installation: Installation) -> Iterator[Services]:
    """A second process's way into the installation, as the console has it."""
    found = open_services(installation.machine.settings, make_broker("memory://", 15.0))
    yield found
    found.database.close()


def cancel_while_sending(installation: Installation, services: Services, deal_id: str) -> str:
    """Cancel the deal's run as soon as its first write is on the wire; return the run's state."""

    def sending() -> str:
        views = installation.runs_for(deal_id)
        if not views:
            return ""
        run_id = views[-1].line.id
        found = sa.select(tables.effect.c.op_key).where(
            tables.effect.c.run_id == run_id, tables.effect.c.state == "sending"
        )
        return run_id if installation.rows(found) else ""

    run_id = installation.until(sending, "the customer is being written")
    return control.cancel(services, run_id, actor="ada")


@pytest.mark.accepts("F42")
def test_what_was_sent_shows_its_true_outcome_and_nothing_follows(
    installation: Installation, services: Services
) -> None:
    company = installation.new_company("Held Works")
    deal_id = installation.new_deal(company=company)
    installation.fault("commit_then_hold", "create", seconds=HELD_SECONDS)
    installation.move(deal_id)
    assert cancel_while_sending(installation, services, deal_id) == runs.RUNNING
    run = installation.run_in(deal_id, "cancelled")
    assert {e.function: e.state for e in run.effects} == {"create": "succeeded"}
    assert installation.is_made("CUSTOMER", f"HS-{company}")
    assert installation.invoices(deal_id) == []


@pytest.mark.accepts("F42")
def test_a_call_without_an_answer_is_looked_up_before_the_run_counts_as_cancelled(
    installation: Installation, services: Services
) -> None:
    company = installation.new_company("Silent Works")
    deal_id = installation.new_deal(company=company)
    # Longer than a call may take: the answer never comes.
    installation.fault("commit_then_hold", "create", seconds=30.0)
    installation.move(deal_id)
    cancel_while_sending(installation, services, deal_id)
    run = installation.run_in(deal_id, "cancelled")
    assert {e.function: e.state for e in run.effects} == {"create": "succeeded"}
    assert installation.is_made("CUSTOMER", f"HS-{company}")
    assert installation.invoices(deal_id) == []

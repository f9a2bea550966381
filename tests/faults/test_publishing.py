"""F39: publishing, editing, switching off and deleting a workflow while twenty runs are open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from connector.errors import InputError
from connector.operations import pausing
from connector.runtime import workflows
from connector.runtime.bells import make_broker
from connector.runtime.services import Services, open_services
from connector.store import audit, tables
from connector.workbench import states, templates
from connector.workflow import model, yaml_loader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.runtime.workflows import Published
    from tests.support.installation import Installation

NAME = "HubSpot deal to invoice"
COUNT = 20
# Runs are caught in the middle: their customer is there, their invoice is not yet.
PAUSE = "  - {id: breath, type: delay, config: {for: {seconds: 2}}}\n  - id: invoice\n"


@pytest.fixture
def services(installation: Installation) -> Iterator[Services]:
    """A second process's way into the installation, as the console has it."""
    found = open_services(installation.machine.settings, make_broker("memory://", 15.0))
    yield found
    found.database.close()


def publish(services: Services, words: str) -> Published:
    """Publish the workflow so that its invoices say which version made them."""
    text = templates.text("hubspot_deal_to_invoice").replace("  - id: invoice\n", PAUSE)
    text = text.replace("{{ input.deal.name }}", f"made by {words}")
    return workflows.publish(services.database, model.parse(yaml_loader.load(text)), actor="ada")


def win(installation: Installation, count: int) -> list[str]:
    """Win deals at one stroke, and return them once each has its run."""
    deals = [installation.new_deal(amounts=("10.00",)) for _ in range(count)]
    for deal in deals:
        installation.move(deal, deliver=False)
    installation.events_of(deals)
    installation.until(
        lambda: installation.states_of(deals).total() == count, "every deal has its run"
    )
    return deals


@pytest.mark.accepts("F39")
def test_open_runs_finish_the_version_they_began_and_leave_their_traces(
    installation: Installation, services: Services
) -> None:
    first = publish(services, "first")
    deals = win(installation, COUNT // 2)
    pausing.pause(services, NAME, actor="ada")
    late = win(installation, COUNT // 2)
    installation.until(
        lambda: installation.states_of(late) == {"paused": COUNT // 2}, "the other half is held"
    )
    deals += late

    publish(services, "second")
    states.disable(services.database, first.workflow_id, actor="ada")
    with pytest.raises(InputError, match="that have not ended"):
        states.delete(services.database, first.workflow_id, actor="ada")
    pausing.resume(services, NAME, actor="ada")
    installation.until(
        lambda: installation.states_of(deals) == {"succeeded": COUNT}, "all runs have succeeded"
    )
    states.delete(services.database, first.workflow_id, actor="ada")

    begun = installation.rows(sa.select(tables.run.c.version).distinct())
    assert [row.version for row in begun] == [first.version]
    invoices = tables.effect.c.function == "create_invoice"
    written = installation.rows(sa.select(tables.effect).where(invoices))
    assert len(written) == COUNT
    assert all("made by first" in row.payload for row in written)
    assert all(len(installation.invoices(deal)) == 1 for deal in deals)
    assert {installation.runs_for(deal)[-1].line.workflow for deal in deals} == {NAME}
    assert installation.machine.database.read(audit.verify) is None

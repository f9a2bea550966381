"""F45: a period closes between the plan and the send; nothing is moved to another one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from connector.store import tables
from connector.workbench import templates

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.installation import Installation

CONSENT = """  - id: consent
    type: approval
    config: {title: "Invoice for {{ input.deal.name }}", covers: [invoice]}
  - id: invoice
"""
DATE = "<datecreated><year>2026</year><month>03</month><day>02</day></datecreated>"


@pytest.fixture(scope="module")
def consenting(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """Publish the workflow with an approval of exactly what will be sent."""
    text = templates.text("hubspot_deal_to_invoice").replace("  - id: invoice\n", CONSENT)
    file: Path = tmp_path_factory.mktemp("workflow") / "consenting.yaml"
    file.write_text(text)
    done = installation.command("workflow", "apply", str(file))
    assert done.returncode == 0, done.stderr
    return installation


def approve(installation: Installation, run_id: str) -> None:
    pending = sa.select(tables.approval.c.id).where(
        tables.approval.c.run_id == run_id, tables.approval.c.state == "pending"
    )
    (row,) = installation.until(lambda: installation.rows(pending), "somebody is asked")
    done = installation.command("approvals", "approve", row.id, "--as", "boss")
    assert done.returncode == 0, done.stderr


def waiting(installation: Installation, deal_id: str) -> str:
    """Return the deal's run once somebody is asked."""

    def asked() -> str:
        pending = sa.select(tables.approval.c.run_id).where(tables.approval.c.state == "pending")
        found = {row.run_id for row in installation.rows(pending)}
        return next((v.line.id for v in installation.runs_for(deal_id) if v.line.id in found), "")

    return str(installation.until(asked, f"the run of deal {deal_id} waits for approval"))


@pytest.mark.accepts("F45")
def test_a_period_that_closed_after_the_plan_is_refused_and_the_date_stays(
    consenting: Installation,
) -> None:
    deal_id = consenting.new_deal()
    consenting.move(deal_id)
    run_id = waiting(consenting, deal_id)
    consenting.policy("books_closed_through", "2027-12-31")
    approve(consenting, run_id)
    run = consenting.run_in(deal_id, "failed")
    assert run.error["step"] == "invoice"
    assert "closed through 2027-12-31" in run.error["title"]
    assert "Choose a date in an open period" in run.error["advice"]
    assert consenting.invoices(deal_id) == []
    (effect,) = consenting.rows(
        sa.select(tables.effect).where(tables.effect.c.external_id == f"HS-{deal_id}")
    )
    assert effect.state == "refused"
    assert DATE in effect.payload

    consenting.policy("books_closed_through", "2024-12-31")
    done = consenting.command("runs", "retry", run_id)
    assert done.returncode == 0, done.stderr
    consenting.run_in(deal_id, "succeeded")
    assert len(consenting.invoices(deal_id)) == 1
    (effect,) = consenting.rows(
        sa.select(tables.effect).where(tables.effect.c.external_id == f"HS-{deal_id}")
    )
    assert DATE in effect.payload


@pytest.mark.accepts("F45")
def test_an_approval_does_not_cover_another_date(consenting: Installation) -> None:
    """Whoever moves the date after the yes gets no invoice by it."""
    deal_id = consenting.new_deal()
    consenting.move(deal_id)
    run_id = waiting(consenting, deal_id)
    consenting.policy("books_closed_through", "2027-12-31")
    approve(consenting, run_id)
    consenting.run_in(deal_id, "failed")
    consenting.policy("books_closed_through", "2024-12-31")
    mine = tables.run.c.id == run_id

    def redate(connection: sa.Connection) -> int:
        row = connection.execute(sa.select(tables.run.c.input).where(mine)).scalar_one()
        given = json.loads(row)
        given["deal"]["closedate"] = "2028-01-05T00:00:00Z"
        changed = tables.run.update().where(mine).values(input=json.dumps(given))
        return connection.execute(changed).rowcount

    assert consenting.machine.database.write(redate) == 1
    assert consenting.command("runs", "retry", run_id).returncode == 0

    def refused() -> bool:
        view = consenting.runs_for(deal_id)[-1]
        return view.line.state == "failed" and "not those that were approved" in view.error["title"]

    consenting.until(refused, "the changed date is refused")
    assert consenting.invoices(deal_id) == []

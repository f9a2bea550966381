"""The main job, once, for someone who has just cloned: a won deal becomes an invoice."""

from __future__ import annotations

import time
from typing import Any

import click
import httpx
import sqlalchemy as sa

from connector.cli.machine import Machine
from connector.errors import ConnectorError
from connector.runtime import history, runs
from connector.runtime.history import RunView
from connector.sandbox.hubspot.settings import HubspotSettings
from connector.store.tables import run

PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.05
STILL_GOING = (runs.RUNNING, *runs.DUE)
COMPANY_ID = "5501"
DEAL = {
    "dealname": "Spring refit of the harbour office",
    "pipeline": "default",
    "dealstage": "contractsent",
    "closedate": "2026-03-02T00:00:00Z",
    "deal_currency_code": "USD",
}
LINES = (
    {"name": "Desks", "quantity": "4", "price": "412.50", "amount": "1650.00"},
    {"name": "Fitting, per hour", "quantity": "12.5", "price": "88.00", "amount": "1100.00"},
)


def show(machine: Machine) -> None:
    """Close a new deal in the portal, wait for its run and print what came of it.

    Raises:
        ConnectorError: The run did not end in an invoice.
    """
    portal = _Portal(machine.sandbox_address)
    deal_id = portal.add_deal()
    portal.win(deal_id)
    click.echo(f"HubSpot deal      {DEAL['dealname']} ({deal_id}) was won")
    found = _wait(machine, deal_id)
    if found.line.state != runs.SUCCEEDED:
        raise ConnectorError(
            found.line.title or f"The run is {found.line.state}.",
            advice=f"Start 'intacct run' and open {_address(machine, found)}.",
        )
    outputs = {item.path: item.output for item in found.steps}
    customer, invoice = outputs["customer"], outputs["invoice"]
    click.echo(f"Intacct customer  {customer['id']} ({'new' if customer['created'] else 'found'})")
    click.echo(f"Intacct invoice   {invoice['id']}")
    click.echo(f"Record number     {invoice['key']}")
    click.echo(f"API transactions  {found.line.api_transactions}")
    click.echo(f"Run page          {_address(machine, found)}")
    click.echo("Type 'make run' to start everything again and open that page.")


class _Portal:
    """The sandbox's HubSpot portal, as somebody in sales uses it."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(
            base_url=address,
            headers={"authorization": f"Bearer {HubspotSettings().token}"},
            timeout=15.0,
            trust_env=False,
        )

    def add_deal(self) -> str:
        """Enter a deal with its lines for a company that is there, and return its id."""
        deal_id = self._create("deals", DEAL)
        self._associate(deal_id, "companies", COMPANY_ID)
        for line in LINES:
            self._associate(deal_id, "line_items", self._create("line_items", line))
        return deal_id

    def win(self, deal_id: str) -> None:
        """Move the deal to its won stage; the portal tells its subscribers."""
        self._post(
            f"/_sandbox/hubspot/deals/{deal_id}/stage", {"stage": "closedwon", "deliver": True}
        )

    def _create(self, kind: str, properties: dict[str, str]) -> str:
        return str(self._post(f"/crm/v3/objects/{kind}", {"properties": properties})["id"])

    def _associate(self, deal_id: str, kind: str, other: str) -> None:
        path = f"/crm/v4/objects/deals/{deal_id}/associations/default/{kind}/{other}"
        self._client.put(path).raise_for_status()

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        reply = self._client.post(path, json=body)
        reply.raise_for_status()
        return reply.json()


def _wait(machine: Machine, deal_id: str) -> RunView:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = machine.database.read(lambda connection: _run_for(connection, deal_id))
        if found and found.line.state not in STILL_GOING:
            return found
        time.sleep(POLL_SECONDS)
    raise ConnectorError(
        "The run did not end within a minute.",
        advice=f"The logs are in {machine.settings.data_dir / 'logs'}.",
    )


def _run_for(connection: sa.Connection, deal_id: str) -> RunView | None:
    newest = sa.select(run.c.id).where(run.c.once == deal_id).order_by(run.c.created_at.desc())
    run_id = connection.execute(newest.limit(1)).scalar_one_or_none()
    return history.run_of(connection, run_id) if run_id else None


def _address(machine: Machine, found: RunView) -> str:
    return machine.console_page(f"/runs/{found.line.id}")

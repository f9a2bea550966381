"""A whole installation in processes of its own, for tests with real processes."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import os
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import sqlalchemy as sa

from connector.cli import machine as machines
from connector.cli.machine import Machine
from connector.runtime import history
from connector.runtime.history import RunView
from connector.sandbox.hubspot.settings import HubspotSettings
from connector.settings import Settings
from connector.store import tables
from connector.store.json_text import from_json

# Slow machines get this long; nothing below it is measured.
PATIENCE_SECONDS = 90.0
POLL_SECONDS = 0.05
PORTAL_COMPANY = "5501"
MOST_EVENTS = 100  # HubSpot's own limit for one delivery

# The product's waits, scaled down by its own settings.
QUICK = {
    "INTACCT_SWEEP_SECONDS": "1",
    "INTACCT_RUN_LEASE_SECONDS": "4",
    "INTACCT_CALL_SECONDS": "5",
    "INTACCT_SLOT_SECONDS": "3",
    "INTACCT_SETTLE_AFTER_SECONDS": "1",
    "INTACCT_LOOK_UP_DELAYS": "1,1,1",
    "INTACCT_LIMIT_RAISE_SECONDS": "2",
    "INTACCT_PROBE_SECONDS": "2",
}


class Installation:
    """A whole installation in processes of its own, and the world around it."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.outside = httpx.Client(timeout=30.0, trust_env=False)
        self.portal = httpx.Client(
            base_url=machine.sandbox_address,
            headers={"authorization": f"Bearer {HubspotSettings().token}"},
            timeout=60.0,
            trust_env=False,
        )

        self.company = self.portal  # the sandbox is both, unless a test keeps the books elsewhere

    @property
    def hook(self) -> str:
        """Where the portal's deliveries go."""
        return f"{self.machine.settings.public_url}/hooks/{self.machine.portal.hook_token}"

    def close(self) -> None:
        self.outside.close()
        self.portal.close()
        self.machine.stop()

    def until(
        self, condition: Callable[[], Any], what: str, patience: float = PATIENCE_SECONDS
    ) -> Any:
        """Return the first true answer of the condition; restarts what died meanwhile."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            answer = condition()
            if answer:
                return answer
            self.machine.supervisor.revive()
            time.sleep(POLL_SECONDS)
        logs = sorted((self.machine.settings.data_dir / "logs").glob("*.log"))
        tails = "\n".join(f"{log.name}: {_tail(log)}" for log in logs)
        pytest.fail(f"waited in vain until {what}\n{tails}")

    def kill(self, name: str) -> None:
        """End a process and what it started without a word of warning, and see it gone.

        A process that died by an earlier blow is started again first.
        """
        self.until(lambda: self.machine.supervisor.is_alive(name), f"{name} is there")
        process = psutil.Process(self.machine.supervisor.pid(name))
        family = [*process.children(recursive=True), process]
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        self.until(lambda: not self.machine.supervisor.is_alive(name), f"{name} is gone")

    def log(self, name: str) -> str:
        """Return what a process has written to its log so far."""
        path = self.machine.settings.data_dir / "logs" / f"{name}.log"
        return path.read_text(errors="replace")

    def command(
        self, *arguments: str, given: str = "", **settings: str
    ) -> subprocess.CompletedProcess[str]:
        """Run an ``intacct`` command of its own process in this installation."""
        return subprocess.run(  # noqa: S603 - our own command
            [*machines.INTACCT, *arguments],
            env={**os.environ, **self.machine.environment, **settings},
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    # The portal's side.

    def new_company(self, name: str) -> str:
        """Enter a company, and return its id."""
        return self._create("companies", {"name": name})

    def new_deal(
        self,
        amounts: tuple[str, ...] = ("1650.00", "1100.00"),
        company: str = PORTAL_COMPANY,
        name: str = "Refit",
    ) -> str:
        """Enter a deal with one line an amount, and return its id."""
        properties = {"dealname": name, "pipeline": "default", "dealstage": "contractsent"}
        properties |= {"closedate": "2026-03-02T00:00:00Z", "deal_currency_code": "USD"}
        deal_id = self._create("deals", properties)
        self._associate(deal_id, "companies", company)
        for amount in amounts:
            line = {"name": "Work", "quantity": "1", "price": amount, "amount": amount}
            self._associate(deal_id, "line_items", self._create("line_items", line))
        return deal_id

    def move(self, deal_id: str, stage: str = "closedwon", *, deliver: bool = True) -> None:
        """Move a deal to a stage; the portal tells its subscribers if it is to."""
        given = {"stage": stage, "deliver": deliver}
        self._post(self.portal, f"/hubspot/deals/{deal_id}/stage", given)

    def event(self, deal_id: str, event_id: int, occurred_at: int) -> dict[str, Any]:
        """Return what HubSpot sends when a deal reaches its won stage."""
        return {
            "eventId": event_id,
            "subscriptionId": 25,
            "portalId": 4774001,
            "appId": 1,
            "occurredAt": occurred_at,
            "subscriptionType": "deal.propertyChange",
            "attemptNumber": 0,
            "objectId": int(deal_id),
            "propertyName": "dealstage",
            "propertyValue": "closedwon",
            "changeSource": "CRM_UI",
        }

    def deliver(self, body: bytes, **changes: Any) -> httpx.Response:
        """Post a delivery signed by HubSpot's rules; ``changes`` spoil one part of it."""
        stamp = str(changes.get("timestamp", int(time.time() * 1000)))
        secret = changes.get("secret", HubspotSettings().client_secret)
        source = f"POST{self.hook}".encode() + body + stamp.encode()
        digest = hmac.new(secret.encode(), source, hashlib.sha256).digest()
        headers = {
            "content-type": "application/json",
            "x-hubspot-signature-v3": base64.b64encode(digest).decode(),
            "x-hubspot-request-timestamp": stamp,
        }
        for name in changes.get("without", ()):
            del headers[name]
        return self.outside.post(self.hook, content=changes.get("sent", body), headers=headers)

    def deliver_events(self, *events: dict[str, Any]) -> httpx.Response:
        """Post well-signed events."""
        return self.deliver(json.dumps(list(events)).encode())

    # Intacct's side.

    def fault(
        self, name: str, function: str, *, seconds: float = 60.0, times: int = 1, skip: int = 0
    ) -> None:
        """Let the sandbox misbehave at the next call of a function, after some that it spares."""
        given = {"fault": name, "function": function, "seconds": seconds, "times": times}
        self._post(self.company, "/faults", {**given, "skip": skip})

    def end_faults(self) -> None:
        self.company.delete("/_sandbox/faults").raise_for_status()

    def policy(self, name: str, value: str) -> None:
        """Choose what the sandbox does where nobody knows what Intacct does."""
        self._post(self.company, "/policies", {name: value})

    def invoices(self, deal_id: str) -> list[dict[str, Any]]:
        """Return the ledger's creations of this deal's invoice."""
        reply = self.company.get("/_sandbox/ledger", params={"object": "ARINVOICE"})
        entries: list[dict[str, Any]] = reply.json()
        number = f"HS-{deal_id}"
        return [e for e in entries if e["id"] == number and e["operation"] == "create"]

    def is_made(self, object_name: str, record_id: str) -> bool:
        """Say whether the company's ledger has the creation of a record."""
        entries = self.company.get("/_sandbox/ledger", params={"object": object_name}).json()
        return any(e["id"] == record_id and e["operation"] == "create" for e in entries)

    # Our side.

    def rows(self, query: sa.Select[Any]) -> list[Any]:
        """Return what a query finds in the installation's database."""
        return self.machine.database.read(lambda connection: list(connection.execute(query)))

    def runs_for(self, deal_id: str) -> list[RunView]:
        """Return the deal's runs, oldest first."""
        query = (
            sa.select(tables.run.c.id)
            .join(tables.inbox, tables.inbox.c.id == tables.run.c.inbox_id)
            .where(tables.inbox.c.data.contains(f'"objectId":{deal_id}'))
            .order_by(tables.run.c.created_at)
        )
        return [self._run_view(row.id) for row in self.rows(query)]

    def _run_view(self, run_id: str) -> RunView:
        view = self.machine.database.read(lambda connection: history.run_of(connection, run_id))
        assert view is not None
        return view

    def events_of(self, deals: Sequence[str]) -> None:
        """Deliver one well-signed event a deal, as many at once as HubSpot does."""
        now = int(time.time() * 1000)
        for start in range(0, len(deals), MOST_EVENTS):
            events = [self.event(deal, now, now) for deal in deals[start : start + MOST_EVENTS]]
            self.deliver_events(*events).raise_for_status()

    def states_of(self, deals: Sequence[str]) -> Counter[str]:
        """Count the runs of some deals by state."""
        query = sa.select(tables.run.c.state, tables.inbox.c.data).join(
            tables.inbox, tables.inbox.c.id == tables.run.c.inbox_id
        )
        wanted = {int(deal) for deal in deals}
        return Counter(
            row.state for row in self.rows(query) if from_json(row.data).get("objectId") in wanted
        )

    def run_in(self, deal_id: str, *states: str) -> RunView:
        """Wait until the deal's newest run is in one of the states, and return it."""

        def reached() -> RunView | None:
            views = self.runs_for(deal_id)
            return views[-1] if views and views[-1].line.state in states else None

        found: RunView = self.until(reached, f"the run of deal {deal_id} is {' or '.join(states)}")
        return found

    def _create(self, kind: str, properties: dict[str, str]) -> str:
        reply = self.portal.post(f"/crm/v3/objects/{kind}", json={"properties": properties})
        reply.raise_for_status()
        return str(reply.json()["id"])

    def _associate(self, deal_id: str, kind: str, other: str) -> None:
        path = f"/crm/v4/objects/deals/{deal_id}/associations/default/{kind}/{other}"
        self.portal.put(path).raise_for_status()

    def _post(self, side: httpx.Client, path: str, body: dict[str, Any]) -> None:
        side.post(f"/_sandbox{path}", json=body).raise_for_status()


def _tail(log: Path) -> str:
    """Return the end of a log without what is said every second."""
    lines = log.read_text(errors="replace").splitlines()
    return "\n".join(line for line in lines if "connector.sweep" not in line)[-1500:]


def free_port() -> int:
    """Return a port of this machine that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_installation(data_dir: Path, **more: str) -> Installation:
    """Start an installation with scaled waits on free ports."""
    environment = {
        **QUICK,
        "INTACCT_DATA_DIR": str(data_dir),
        "INTACCT_WEB_ADDRESS": f"127.0.0.1:{free_port()}",
        "INTACCT_SANDBOX_ADDRESS": f"127.0.0.1:{free_port()}",
        **more,
    }
    return Installation(machines.start(Settings.read(environment)))

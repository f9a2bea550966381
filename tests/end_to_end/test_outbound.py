"""With real processes: a won deal gets its invoice's number, and others are told of it once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.support.installation import Installation, start_installation

NUMBER = "intacct_invoice_number"
FLOW = """
name: Write back
trigger:
  type: hubspot.deal
  connection: hubspot
  config: {stages: [closedwon], invoiceProperty: intacct_invoice_number}
once: "{{ input.deal.id }}"
steps:
  - id: invoice
    type: sage-intacct.createInvoice
    connection: books
    config:
      customerId: C-00001
      invoiceNumber: "{{ 'WB-' + input.deal.id }}"
      dateCreated: "2026-03-02"
      termName: Net 30
      lineItems:
        each: "{{ input.lineItems }}"
        as: line
        value: {accountNumber: "4000", amount: "{{ money(line.amount) }}", memo: Deal}
  - id: note
    type: hubspot.updateDeal
    connection: hubspot
    config:
      dealId: "{{ input.deal.id }}"
      properties: {intacct_invoice_number: "{{ steps.invoice.id }}"}
"""


class Receiver(ThreadingHTTPServer):
    """Another program: it fails the first delivery of each event and takes the next."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[dict[str, Any]] = []
        self.tries: Counter[str] = Counter()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        event_id = self.headers["webhook-id"]
        self.server.tries[event_id] += 1
        is_first = self.server.tries[event_id] == 1
        if not is_first:
            self.server.taken.append(orjson.loads(body))
        self.send_response(500 if is_first else 200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.shutdown()
    found.server_close()


@pytest.fixture(scope="module")
def installation(
    tmp_path_factory: pytest.TempPathFactory, receiver: Receiver
) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installation")
    allowed = {"INTACCT_ALLOWED_ORIGINS": receiver.origin, "INTACCT_SWEEP_SECONDS": "1"}
    found = start_installation(folder, **allowed)
    yield found
    found.close()


def ran(installation: Installation, *arguments: str) -> str:
    done = installation.command(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_won_deal_gets_its_number_once_and_others_are_told(
    installation: Installation, receiver: Receiver, tmp_path: Path
) -> None:
    ran(installation, "workflow", "unpublish", "HubSpot deal to invoice")
    (tmp_path / "flow.yaml").write_text(FLOW)
    ran(installation, "workflow", "apply", str(tmp_path / "flow.yaml"))
    said = ran(
        installation,
        *("events", "subscribe", "erp", f"http://{receiver.origin}/events"),
        *("--type", "invoice.created", "--type", "run.*"),
    )
    assert "whsec_" in said
    define(installation)
    deal_id = installation.new_deal(("1650.00",))
    installation.move(deal_id)
    installation.run_in(deal_id, "succeeded")
    assert number_of(installation, deal_id) == f"WB-{deal_id}"
    installation.until(lambda: len(receiver.taken) >= 2, "both events are taken")
    assert [event["type"] for event in receiver.taken] == ["invoice.created", "run.succeeded"]
    assert receiver.taken[0]["data"]["id"] == f"WB-{deal_id}"
    installation.move(deal_id, "appointmentscheduled")
    installation.move(deal_id)
    installation.until(lambda: len(installation.runs_for(deal_id)) >= 2, "it is told again")
    installation.run_in(deal_id, "skipped")
    assert installation.is_made("ARINVOICE", f"WB-{deal_id}")
    assert "erp" in ran(installation, "events", "deliveries", "--state", "delivered")
    assert len(receiver.taken) == 2


def define(installation: Installation) -> None:
    field = {"name": NUMBER, "label": "Invoice", "type": "string", "fieldType": "text"}
    body = {**field, "groupName": "dealinformation"}
    installation.portal.post("/crm/v3/properties/deals", json=body).raise_for_status()


def number_of(installation: Installation, deal_id: str) -> str:
    path = f"/crm/v3/objects/deals/{deal_id}?properties={NUMBER}"
    reply = installation.portal.get(path)
    return str(reply.json()["properties"].get(NUMBER))

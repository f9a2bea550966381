"""Every template with real processes, from ``intacct workflow new`` to the records it is for."""

from __future__ import annotations

import hmac
import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook

from connector.connections.encrypt import SecretBox
from connector.connections.store import ConnectionRow, Connections
from connector.runtime import runs
from connector.store import tables
from connector.store.json_text import from_json
from tests.support.installation import Installation, start_installation

STRIPE = "whsec_stripe-endpoint-secret"
SIGNED = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
CLIENT_ID = "5a9db0c4e1f27836.app.sage.com"
TOKEN = "crm-token-0123456789"
CUSTOMERS = [
    {"id": "C-00001", "name": "Renamed in the other system", "city": "Bergen"},
    {"id": "CRM-77", "name": "New in the other system", "email": None},
]
BILLS = """vendor_id,bill_number,bill_date,due_date,account,amount,memo,location,department
V-100,T-501,2026-03-02,2026-04-01,6700,100.10,"Paper, white",100,30
V-100,T-501,2026-03-02,2026-04-01,6700,0.25,Ink,100,30
V-200,T-502,2026-03-03,2026-04-02,6400,990.00,Hosting,100,30
"""


class Outside(ThreadingHTTPServer):
    """The other programs: one lists customers, a chat and a receiver take what is posted."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posted: list[tuple[str, dict[str, str], bytes]] = []
        self.asked: list[tuple[str, str]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def posts(self, path: str) -> list[tuple[dict[str, str], bytes]]:
        return [(headers, body) for at, headers, body in self.posted if at == path]


class _Handler(BaseHTTPRequestHandler):
    server: Outside

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("authorization", "")))
        self._answer(json.dumps({"customers": CUSTOMERS}).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.posted.append((self.path, headers, body))
        self._answer(b"{}")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    found = Outside()
    yield found
    found.shutdown()
    found.server_close()


@pytest.fixture(scope="module")
def installation(
    tmp_path_factory: pytest.TempPathFactory, outside: Outside
) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installation")
    found = start_installation(folder, INTACCT_ALLOWED_ORIGINS=outside.origin)
    yield found
    found.close()


def connect(here: Installation, kind: str, name: str, **values: Any) -> ConnectionRow:
    machine = here.machine
    kept = Connections(machine.database, SecretBox(machine.settings.master_keys()))
    return kept.add(kind, name, values)


def begin(here: Installation, key: str, *options: str) -> str:
    """Publish a template as people do, and return the workflow's id."""
    name = f"{key} at work"
    done = here.command(
        "workflow", "new", key, "--publish", "--name", name, "--as", "ada", *options
    )
    assert done.returncode == 0, done.stderr
    found = sa.select(tables.workflow.c.id).where(tables.workflow.c.name == name)
    (row,) = here.rows(found)
    return str(row.id)


def runs_of(here: Installation, workflow_id: str) -> list[Any]:
    found = sa.select(tables.run).where(
        tables.run.c.workflow_id == workflow_id, tables.run.c.parent_id.is_(None)
    )
    return here.rows(found.order_by(tables.run.c.created_at))


def ended(here: Installation, workflow_id: str, state: str, count: int = 1) -> Any:
    """Wait until so many runs of a workflow have ended, and return the last one's output."""

    def reached() -> list[Any]:
        found = runs_of(here, workflow_id)
        return found if len(found) >= count and all(one.finished_at for one in found) else []

    found = here.until(reached, f"{count} run(s) have ended")
    last = found[-1]
    assert last.state == state, last.error
    return from_json(last.output) if last.output else {}


def fire(here: Installation, workflow_id: str, slot: int | None = None) -> None:
    """Do what time would: let a schedule's slot before the coming one be due, or the given one."""
    mine = tables.poll.c.workflow_id == workflow_id

    def due() -> int | None:
        rows = here.rows(sa.select(tables.poll.c.due_at).where(mine))
        return rows[0].due_at if rows else None

    coming = here.until(due, "the schedule is known")
    moment = slot if slot is not None else coming - 60_000
    change = tables.poll.update().where(mine).values(due_at=moment)
    here.machine.database.write(lambda c: c.execute(change))


def records(here: Installation, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = here.company.get(f"/_sandbox/records/{name}").json()
    return found


def post(here: Installation, row: ConnectionRow, body: str, **headers: str) -> None:
    address = f"{here.machine.settings.public_url}/hooks/{row.hook_token}"
    reply = here.outside.post(address, content=body.encode(), headers=headers)
    assert reply.status_code == 200, reply.text


def stripe_headers(body: str) -> dict[str, str]:
    stamp = str(int(time.time()))
    digest = hmac.new(STRIPE.encode(), f"{stamp}.{body}".encode(), "sha256").hexdigest()
    return {"stripe-signature": f"t={stamp},v1={digest}", "content-type": "application/json"}


def test_a_won_deal_is_invoiced_with_what_was_filled_in(installation: Installation) -> None:
    done = installation.command("workflow", "unpublish", "HubSpot deal to invoice")
    assert done.returncode == 0, done.stderr
    options = ("--set", "account=4010", "--set", "term=Net 15", "--bind", "books=books")
    begin(installation, "hubspot_deal_to_invoice", *options)
    deal_id = installation.new_deal(("100.10",))
    installation.move(deal_id)
    installation.run_in(deal_id, "succeeded")
    (invoice,) = [r for r in records(installation, "ARINVOICE") if r["RECORDID"] == f"HS-{deal_id}"]
    assert (invoice["TERMNAME"], invoice["TOTALENTERED"]) == ("Net 15", "100.10")


def intent(number: str, invoice: str, amount: int, event: str) -> str:
    paid = {
        "id": number,
        "object": "payment_intent",
        "amount_received": amount,
        "currency": "usd",
        "metadata": {"invoice_number": invoice},
    }
    created = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp())
    return json.dumps(
        {
            "id": event,
            "object": "event",
            "type": "payment_intent.succeeded",
            "created": created,
            "data": {"object": paid},
        }
    )


def new_invoice(here: Installation, number: str, amount: str) -> None:
    given = {
        "customerId": "C-00001",
        "invoiceNumber": number,
        "dateCreated": "2026-03-01",
        "termName": "Net 30",
        "lineItems": [{"accountNumber": "4000", "amount": amount, "memo": "Order"}],
    }
    arguments = ("action", "run", "createInvoice", "--connection", "books")
    done = here.command(*arguments, given=json.dumps(given))
    assert done.returncode == 0, done.stderr


def test_a_stripe_payment_pays_its_invoice_to_the_cent_and_once(
    installation: Installation,
) -> None:
    new_invoice(installation, "INV-T1", "123.45")
    row = connect(installation, "webhook", "stripe", scheme="stripe", secret=STRIPE)
    flow = begin(installation, "stripe_payment_to_ar_payment")
    body = intent("pi_part", "INV-T1", 2345, "evt_1")
    post(installation, row, body, **stripe_headers(body))
    ended(installation, flow, runs.SUCCEEDED)
    body = intent("pi_part", "INV-T1", 2345, "evt_2")
    post(installation, row, body, **stripe_headers(body))
    ended(installation, flow, runs.DUPLICATE, count=2)
    assert due(installation, "INV-T1") == Decimal("100.00")
    body = intent("pi_rest", "INV-T1", 10001, "evt_3")
    post(installation, row, body, **stripe_headers(body))
    ended(installation, flow, runs.SUCCEEDED, count=3)
    assert due(installation, "INV-T1") == 0
    payments = {r["DOCNUMBER"]: r for r in records(installation, "ARPYMT") if r.get("DOCNUMBER")}
    assert Decimal(payments["pi_part"]["TOTALENTERED"]) == Decimal("23.45")
    assert Decimal(payments["pi_rest"]["TOTALENTERED"]) == Decimal("100.01")
    body = intent("pi_nobody", "INV-NONE", 500, "evt_4")
    post(installation, row, body, **stripe_headers(body))
    ended(installation, flow, runs.FAILED, count=4)


def due(here: Installation, number: str) -> Decimal:
    (found,) = [r for r in records(here, "ARINVOICE") if r["RECORDID"] == number]
    return Decimal(found["TOTALDUE"])


def test_a_csv_file_becomes_bills_and_another_file_makes_none_twice(
    installation: Installation,
) -> None:
    row = connect(installation, "webhook", "bill-files", scheme="bearer", secret="f1le-token")
    flow = begin(installation, "csv_to_bills", "--set", "state=Submit")
    headers = {"authorization": "Bearer f1le-token", "content-type": "text/csv"}
    post(installation, row, BILLS, **headers)
    first = ended(installation, flow, runs.SUCCEEDED)
    assert (first["bills"]["count"], first["bills"]["succeeded"]) == (2, 2)
    bills = {r["RECORDID"]: r for r in records(installation, "APBILL")}
    assert Decimal(bills["T-501"]["TOTALENTERED"]) == Decimal("100.35")
    assert bills["T-502"]["VENDORID"] == "V-200"
    more = "V-300,T-503,2026-03-04,2026-04-03,6700,5.00,Post,100,30\n"
    post(installation, row, BILLS + more, **headers)
    second = ended(installation, flow, runs.SUCCEEDED, count=2)
    assert (second["bills"]["succeeded"], second["bills"]["skipped"]) == (1, 2)
    made = [r["RECORDID"] for r in records(installation, "APBILL")]
    assert [made.count(number) for number in ("T-501", "T-502", "T-503")] == [1, 1, 1]


def test_a_vendor_is_created_once_somebody_else_has_approved(installation: Installation) -> None:
    row = connect(installation, "webhook", "vendor-requests", scheme="bearer", secret="f0rm-token")
    flow = begin(installation, "new_vendor_approval", "--set", "prefix=REQ-")
    asked = {
        "request": 17,
        "name": " Harbour Ropes Ltd. ",
        "tax_id": "12-3456789",
        "email": "office@ropes.example",
        "street": "1 Quay",
        "city": "Bergen",
        "zip": "5003",
        "reason": "Ropes",
        "requested_by": "Ann",
    }
    headers = {"authorization": "Bearer f0rm-token", "content-type": "application/json"}
    post(installation, row, json.dumps(asked), **headers)

    def waiting() -> list[Any]:
        pending = tables.approval.c.state == "pending"
        return installation.rows(sa.select(tables.approval).where(pending))

    (asked_for,) = installation.until(waiting, "somebody is asked")
    assert not any(r["VENDORID"] == "REQ-17" for r in records(installation, "VENDOR"))
    own = installation.command("approvals", "approve", asked_for.id, "--as", "ada")
    assert own.returncode == 2
    yes = installation.command("approvals", "approve", asked_for.id, "--as", "grace")
    assert yes.returncode == 0, yes.stderr
    ended(installation, flow, runs.SUCCEEDED)
    (vendor,) = [r for r in records(installation, "VENDOR") if r["VENDORID"] == "REQ-17"]
    assert vendor["NAME"] == "Harbour Ropes Ltd."


def test_overdue_customers_are_told_of_one_message_each(
    installation: Installation, outside: Outside
) -> None:
    base = f"http://{outside.origin}"
    connect(installation, "http", "chat", baseUrl=base, proof="path", secret="services/T0/s3cret")
    flow = begin(installation, "overdue_invoice_alert", "--set", "schedule=* * * * *")
    fire(installation, flow)
    output = ended(installation, flow, runs.SUCCEEDED)
    posts = outside.posts("/services/T0/s3cret")
    found = output["overdue"]["records"]
    customers = {one["CUSTOMERID"] for one in found}
    assert len(posts) == len(customers) == output["customers"]["succeeded"] > 0
    texts = [json.loads(body)["text"] for _, body in posts]
    assert sorted(number for text in texts for number in numbers(text)) == sorted(
        one["RECORDID"] for one in found
    )
    assert "s3cret" not in json.dumps(output)


def numbers(text: str) -> list[str]:
    listed = text.partition("invoices: ")[2].split(", ")
    return [part.partition(" (")[0].strip() for part in listed]


def test_changed_customers_follow_each_night(installation: Installation, outside: Outside) -> None:
    connect(installation, "http", "crm", baseUrl=f"http://{outside.origin}/api", secret=TOKEN)
    flow = begin(installation, "nightly_customer_sync", "--set", "schedule=* * * * *")
    fire(installation, flow)
    output = ended(installation, flow, runs.SUCCEEDED)
    assert output["customers"]["succeeded"] == 2
    path, proof = outside.asked[-1]
    day = date.fromisoformat(from_json(runs_of(installation, flow)[0].input)["date"])
    assert path == f"/api/customers?changed_since={day - timedelta(days=2)}"
    assert proof == f"Bearer {TOKEN}"
    names = {r["CUSTOMERID"]: r["NAME"] for r in records(installation, "CUSTOMER")}
    assert names["C-00001"] == "Renamed in the other system"
    assert names["CRM-77"] == "New in the other system"


def test_a_query_becomes_the_entry_of_the_month_before(installation: Installation) -> None:
    folder = installation.machine.settings.data_dir / "databases"
    folder.mkdir()
    now = datetime.now(UTC)
    slot = now.replace(day=1, hour=6, minute=0, second=0, microsecond=0)
    if slot > now:
        slot = (slot - timedelta(days=1)).replace(day=1)
    month = (slot - timedelta(days=2)).strftime("%Y-%m")
    fill(folder / "sales.db", month)
    connect(installation, "sql", "sales", address="sqlite:///sales.db")
    flow = begin(installation, "monthly_journal_from_sql", "--set", "state=Posted")
    fire(installation, flow, int(slot.timestamp() * 1000))
    output = ended(installation, flow, runs.SUCCEEDED)
    assert output["balances"]["count"] == 2
    entries = [r for r in records(installation, "GLBATCH") if r["REFERENCENO"] == f"SQL-{month}"]
    assert len(entries) == 1
    assert entries[0]["STATE"] == "Posted"


def fill(path: Path, month: str) -> None:
    with closing(sqlite3.connect(path)) as driver:
        driver.execute(
            "CREATE TABLE monthly_journal "
            "(month TEXT, account TEXT, side INTEGER, amount TEXT, memo TEXT, location TEXT,"
            " department TEXT)"
        )
        rows = [
            (month, "1100", 1, "250.10", "Sales", "100", None),
            (month, "4000", -1, "250.10", "Sales", "100", "10"),
            ("2020-01", "4000", -1, "9.99", "Old", "100", "10"),
        ]
        driver.executemany("INSERT INTO monthly_journal VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        driver.commit()


def test_a_posted_invoice_is_told_once_and_signed(
    installation: Installation, outside: Outside
) -> None:
    connect(
        installation,
        "http",
        "receiver",
        baseUrl=f"http://{outside.origin}/in",
        proof="signed",
        secret=SIGNED,
    )
    row = connect(
        installation,
        "intacct-events",
        "intacct",
        company="books",
        clientSecret="sandbox-client-secret",
        clientId=CLIENT_ID,
    )
    flow = begin(installation, "intacct_invoice_to_webhook", "--set", "path=/invoices")
    mine = tables.poll.c.workflow_id == flow

    def looked() -> bool:
        rows = installation.rows(sa.select(tables.poll.c.state).where(mine))
        return bool(rows and "looked" in from_json(rows[0].state))

    installation.until(looked, "the company was asked for the first time")
    subscribe(installation, row)
    new_invoice(installation, "INV-T9", "75.00")

    def told() -> list[tuple[dict[str, str], bytes]]:
        return [one for one in outside.posts("/in/invoices") if b"INV-T9" in one[1]]

    posts = installation.until(told, "the other program knows")
    headers, body = posts[0]
    said = Webhook(SIGNED).verify(body, headers)
    assert (said["type"], said["data"]["number"], said["data"]["total"]) == (
        "invoice.posted",
        "INV-T9",
        "75.00",
    )
    assert headers["webhook-id"] == headers["idempotency-key"]
    installation.until(
        lambda: all(one.finished_at for one in runs_of(installation, flow)), "all runs have ended"
    )
    assert len(told()) == 1


def subscribe(here: Installation, row: ConnectionRow) -> None:
    """Let the company tell of new invoices, as an administrator enters it."""
    arguments = ("triggers", "setup", "invoice", "--connection", row.name, "--json")
    done = here.command(*arguments)
    assert done.returncode == 0, done.stderr
    for told in json.loads(done.stdout):
        trigger = {
            "name": told["name"],
            "object": told["object"],
            "activation": told["event"].replace(" ", "_"),
            "template": told["template"],
            "url": told["url"],
            "content_type": told["content_type"],
            "client_id": CLIENT_ID,
        }
        here.company.post("/_sandbox/triggers", json=trigger).raise_for_status()


def test_a_template_that_lacks_a_connection_is_not_published(installation: Installation) -> None:
    done = installation.command(
        "workflow", "new", "csv_to_bills", "--publish", "--bind", "books=nowhere", "--name", "None"
    )
    assert done.returncode == 2
    assert "There is no connection 'nowhere'." in done.stderr
    listed = installation.command("workflow", "list", "--json").stdout
    assert '"None"' not in listed

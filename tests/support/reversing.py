"""Runs that write to the sandbox company, and what takes them back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from connector.operations import reversal, reversals
from connector.operations.reversals import Line, Plan
from connector.runtime import runs, single
from connector.sandbox import config as sandbox
from connector.sandbox.rest.clients import CLIENT_ID, CLIENT_SECRET
from tests.support import desk
from tests.support.office import Books, Office, office

DAY = "2026-03-20"
OVER = {"xml": "books", "rest": "cloud"}
REST = {
    "companyId": sandbox.COMPANY_ID,
    "clientId": CLIENT_ID,
    "clientSecret": CLIENT_SECRET,
    "oauthUserId": sandbox.USER_ID,
    "restUrl": "http://sandbox.test/ia/api/v1",
    "callsPerMinute": 0,
}
CONSOLE = {
    "companyId": f"{sandbox.CONSOLE_ID}|{sandbox.COMPANY_ID}",
    "senderId": sandbox.SENDER_ID,
    "senderPassword": sandbox.SENDER_PASSWORD,
    "userId": sandbox.CONSOLE_USER_ID,
    "userPassword": sandbox.CONSOLE_PASSWORD,
    "endpoint": f"http://sandbox.test{sandbox.GATEWAY_PATH}",
    "callsPerMinute": 0,
}
HEAD = f"""
name: Orders
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
"""
CUSTOMER = """
  - id: customer
    type: sage-intacct.findOrCreateCustomer
    connection: books
    config: {customerId: "{{ input.customer }}", customerName: "{{ input.customer }}"}
"""
INVOICE = """
  - id: invoice
    type: sage-intacct.createInvoice
    connection: books
    config:
      customerId: "{{ input.customer }}"
      invoiceNumber: "{{ input.number }}"
      dateCreated: "2026-03-02"
      dateDue: "2026-04-01"
      action: "{{ input.action }}"
      lineItems: [{accountNumber: "4000", amount: "10.00", locationId: "100"}]
"""
PAYMENT = """
  - id: payment
    type: sage-intacct.createArPayment
    connection: books
    config:
      customerId: "{{ input.customer }}"
      paymentMethod: Cash
      receiptDate: "2026-03-03"
      financialEntity: CHK-100
      documentNumber: "{{ 'P' + input.number }}"
      currency: USD
      paymentDetails: [{invoiceKey: "{{ steps.invoice.key }}", amount: "10.00"}]
"""
ENTRY = """
  - id: entry
    type: sage-intacct.createJournalEntry
    connection: books
    config:
      journal: GJ
      postingDate: "2026-03-31"
      description: "{{ input.number }}"
      lines:
        - {accountNumber: "6400", lineType: "1", amount: "9.00", locationId: "100"}
        - {accountNumber: "1300", line_type: "-1", amount: "9.00", locationId: "100"}
"""
BILL = """
  - id: vendor
    type: sage-intacct.createVendor
    connection: books
    config: {vendorId: NEW-V, vendorName: New vendor}
  - id: bill
    type: sage-intacct.createBill
    connection: books
    config:
      vendorId: NEW-V
      billNumber: "{{ input.number }}"
      transactionDate: "2026-03-02"
      dueDate: "2026-04-01"
      billItems: [{accountNumber: "6400", amount: "50.00", locationId: "100"}]
  - id: payment
    type: sage-intacct.createApPayment
    connection: books
    config:
      vendorId: NEW-V
      financialEntity: CHK-100
      paymentMethod: Printed Check
      paymentDate: "2026-03-02"
      documentNumber: CHK-77
      currency: USD
      paymentDetails: [{billKey: "{{ steps.bill.key }}", amount: "50.00"}]
"""
LOOP = f"""
name: Batches
{desk.TRIGGER}
steps:
  - id: orders
    type: forEach
    config: {{items: "{{{{ input.orders }}}}", key: "{{{{ item.number }}}}", parallel: 2}}
    steps:
      - id: invoice
        type: sage-intacct.createInvoice
        connection: books
        config:
          customerId: C-00001
          invoiceNumber: "{{{{ item.number }}}}"
          dateCreated: "2026-03-02"
          dateDue: "2026-04-01"
          lineItems: [{{accountNumber: "4000", amount: "10.00"}}]
"""
NEW = {"number": "N-1", "customer": "NEW-1", "action": "Submit"}


@contextmanager
def reversing_office(url: str, folder: Path, books: Books) -> Iterator[Office]:
    """Give an office that reaches the company over both APIs, and as somebody else."""
    with office(url, folder, books, HEAD + CUSTOMER + INVOICE) as found:
        found.services.connections.add("sage-intacct", "cloud", REST)
        found.services.connections.add("sage-intacct", "console", CONSOLE)
        yield found


def begin(here: Office, steps: str = "", api: str = "xml", **data: str) -> str:
    """Run a workflow of these steps to its end and return the run."""
    if steps:
        text = steps if steps.startswith("\nname") else HEAD + steps
        here.publish(text.replace("connection: books", f"connection: {OVER[api]}"))
    run_id = desk.start(here, {**NEW, **data})
    desk.work_off(here)
    assert here.run(run_id).state == runs.SUCCEEDED, desk.error(here, run_id)
    return run_id


def propose(here: Office, run_id: str, day: str = DAY) -> Plan:
    """Say what would become of a run's writes."""
    return reversal.propose(here.services, run_id, day=day, actor="ada")


def execute(here: Office, made: Plan) -> Plan:
    """Start a reversal as somebody who names the company."""
    return reversal.execute(here.services, made.id, actor="ada", confirm=sandbox.COMPANY_ID)


def take_back(here: Office, run_id: str) -> Plan:
    """Take a run back and return what came of it."""
    made = execute(here, propose(here, run_id))
    desk.work_off(here)
    return progress(here, made)


def progress(here: Office, made: Plan) -> Plan:
    """Return how far a reversal is."""
    return here.database.read(lambda connection: reversals.one(connection, made.id))


def verdicts(made: Plan) -> list[tuple[str, str]]:
    """Return each write's object and what becomes of it."""
    return [(line.object, line.verdict) for line in made.lines]


def line(made: Plan, name: str) -> Line:
    """Return what becomes of the one write to an object."""
    (found,) = [each for each in made.lines if each.object == name]
    return found


def act(here: Office, key: str, connection: str = "books", **inputs: Any) -> dict[str, Any]:
    """Run one action outside workflows."""
    once = f"{key}{sorted(inputs.items())}"
    done = single.run_once(here.services, key, connection, inputs, once=once)
    return dict(done.output or {})


def arm(books: Books, **fault: Any) -> None:
    """Let the company fail the next request of a kind."""
    reply = books.app.test_client().post("/_sandbox/faults", json=fault)
    assert reply.status_code < 300, reply.text


def change_policy(books: Books, **policies: str) -> None:
    """Change how the company is set up."""
    reply = books.app.test_client().post("/_sandbox/policies", json=policies)
    assert reply.status_code < 300, reply.text


def reversing(books: Books) -> list[str]:
    """Return the record numbers of invoices as often as they were reversed."""
    found = books.app.test_client().get("/_sandbox/ledger?object=ARINVOICE").get_json()
    words = ("reverse_invoice", "POST /workflows/")
    return [entry["key"] for entry in found if entry["function"].startswith(words)]


def state(here: Office, key: str) -> str:
    """Return the state of an invoice, ``gone`` where there is none."""
    found = act(here, "getInvoice", recordNo=key)
    return str(found["state"]) if found["found"] else "gone"

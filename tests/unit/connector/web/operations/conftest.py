"""A console over an office with runs of every kind, for tests of the pages that look after them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.accounts import Role
from connector.operations import gathering
from connector.runtime import approvals
from connector.runtime.services import Services
from tests.support import desk
from tests.support.office import Books, Office, office
from tests.unit.connector.web.conftest import Browser, Console

ORDERS = f"""
name: Orders
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
  - id: invoice
    {desk.INVOICE}
"""
CONSENT = f"""
name: Consent
{desk.TRIGGER}
steps:
  - id: consent
    type: approval
    config:
      title: Invoice {{{{ input.number }}}} over {{{{ input.amount }}}}
      payload: {{number: "{{{{ input.number }}}}", buyer: "<b>Blue & Co</b>"}}
      covers: [invoice]
      amount: "{{{{ input.amount }}}}"
      expires: {{days: 3}}
  - id: invoice
    type: sage-intacct.createInvoice
    connection: books
    config:
      customerId: C-00001
      invoiceNumber: "{{{{ input.number }}}}"
      dateCreated: "2026-03-02"
      termName: Net 30
      lineItems:
        - {{accountNumber: "4000", amount: "{{{{ input.amount }}}}", memo: Order}}
"""


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'office.db'}", tmp_path, books, ORDERS) as found:
        found.publish(CONSENT)
        yield found


@pytest.fixture
def services(here: Office) -> Services:
    return here.services


@pytest.fixture
def operator(console: Console) -> Browser:
    return console.browser(console.account(Role.OPERATOR))


@pytest.fixture
def approver(console: Console) -> Browser:
    return console.browser(console.account(Role.APPROVER))


@pytest.fixture
def viewer(console: Console) -> Browser:
    return console.browser(console.account(Role.VIEWER))


def sell(here: Office, *numbers: str, customer: str = "C-00001") -> list[str]:
    """Let orders come in and be worked off; those of an unknown customer fail."""
    found = [
        desk.start(here, {"number": number, "customer": customer}, workflow="Orders")
        for number in numbers
    ]
    desk.work_off(here)
    gathering.gather(here.database)
    return found


def ask(here: Office, number: str = "A-1", amount: str = "500.00") -> approvals.ApprovalView:
    """Let a run ask for approval."""
    desk.start(here, {"number": number, "amount": amount}, workflow="Consent")
    desk.work_off(here)
    return here.database.read(approvals.listed)[-1]

"""A console over one published workflow and a sandbox company: what its pages answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from connector.accounts import Accounts, Role
from connector.runtime import workflows
from connector.store.database import Database
from connector.web.app import create_app
from connector.workbench import drafts, samples
from connector.workbench.drafts import Draft
from connector.workflow import yaml_loader
from tests.support.office import Books, Office, office
from tests.unit.connector.web.conftest import CHEAP, Browser, Console

EVENT = {"deal": {"id": "77", "amount": "100.00"}}
WORKFLOW = """
name: Deal to invoice
trigger: {type: hubspot.deal, connection: hubspot, config: {stages: [closedwon]}}
once: "{{ input.deal.id }}"
steps:
  - id: customer
    type: sage-intacct.getCustomer
    connection: books
    config: {customerId: C-00001}
  - id: invoice
    type: sage-intacct.createInvoice
    connection: books
    config:
      customerId: "{{ steps.customer.id }}"
      invoiceNumber: "{{ 'INV-' + input.deal.id }}"
      dateCreated: "2026-03-02"
      termName: Net 30
      lineItems:
        - {accountNumber: "4000", amount: "{{ money(input.deal.amount) }}", memo: Order}
"""


class Bench:
    """Everybody's browsers on the workflow "Deal to invoice".

    Args:
        found: The office behind it.
        books: The company that it writes to.
    """

    def __init__(self, found: Office, books: Books) -> None:
        self.office, self.books = found, books
        services = found.services
        accounts = Accounts(services.database, cost=CHEAP)
        self.console = Console(services, create_app(services), accounts)
        self.builder = self.as_role(Role.BUILDER)
        (published,) = services.database.read(workflows.published)
        self.id = published.workflow_id

    @property
    def database(self) -> Database:
        """The installation's database."""
        return self.office.database

    def as_role(self, role: Role, login: str = "") -> Browser:
        """Return the browser of a new account."""
        return self.console.browser(self.console.account(role, login))

    def path(self, tail: str = "") -> str:
        """Return an address of the workflow."""
        return f"/workflows/{self.id}{tail}"

    def get(self, tail: str) -> TestResponse:
        """Look at one of its pages as the builder."""
        return self.builder.get(self.path(tail))

    def post(self, tail: str, data: dict[str, str] | None = None, **more: Any) -> TestResponse:
        """Post one of its forms as the builder."""
        return self.builder.post(self.path(tail), data, **more)

    def draft(self, **changes: Any) -> Draft:
        """Begin a draft, change the fields of its invoice, and return it."""
        draft = drafts.begin(self.database, self.id, actor="builder")
        document = {**draft.document}
        *earlier, step = document["steps"]
        document["steps"] = [*earlier, {**step, "config": {**step["config"], **changes}}]
        return drafts.save(
            self.database, self.id, document, revision=draft.revision, actor="builder"
        )

    def sample(self, document: Any = EVENT, place: str = "input") -> samples.Sample:
        """Keep a sample and pin it."""
        kept = samples.add(self.database, self.id, place, document, actor="builder")
        samples.pin(self.database, kept.id, actor="builder")
        return kept

    def versions(self) -> int:
        """Return the number of the newest version."""
        found = self.database.read(lambda c: workflows.newest(c, self.id))
        return found.version if found else 0


@contextmanager
def bench(folder: Path, workflow: str = WORKFLOW) -> Iterator[Bench]:
    """Give a console over a database of its own."""
    books = Books()
    with office(f"sqlite:///{folder / 'intacct.db'}", folder, books, workflow) as found:
        yield Bench(found, books)


def hidden(page: TestResponse, name: str) -> str:
    """Return the value of a hidden field of a page, or of a box to tick."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"{name} is not in: {page.text}"
    return found[1]


def parsed(text: str) -> Any:
    """Return the document of a workflow file."""
    return yaml_loader.load(text)

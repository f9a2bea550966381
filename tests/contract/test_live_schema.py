"""A company's own fields are read once, kept for a day, filled in like any other, and watched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import httpx
import pytest
import sqlalchemy as sa

from connector.component.inputs import InputForm
from connector.connections.store import ConnectionRow
from connector.errors import Unreachable
from connector.http import OutboundClient
from connector.intacct.model import LiveField, LiveObject
from connector.runtime.live_schema import SqlLiveSchemas, company_objects
from connector.runtime.schema_drift import examine
from connector.runtime.single import run_once
from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig
from connector.store import tables
from connector.surfaces.company_forms import form_for, objects_of
from tests.support.oauth_world import UNATTENDED, oauth_world
from tests.support.office import Office

COMPANY: dict[str, Any] = {
    "customFields": [
        {"object": "CUSTOMER", "name": "LOYALTY", "type": "picklist", "choices": ["Gold", "Silver"]}
    ],
    "userDefinedDimensions": [
        {"name": "ROUTE", "title": "Delivery route", "values": ["Morning", "Evening"]}
    ],
    "accounts": [
        {"number": "2000", "title": "Payables", "type": "balancesheet", "normalBalance": "credit"},
        {"number": "6700", "title": "Paper", "type": "incomestatement", "normalBalance": "debit"},
    ],
    "vendors": [{"id": "V-77", "name": "Paper mill"}],
}
WORKFLOW = """
name: Deal to customer
trigger: {type: hubspot.deal, connection: hubspot, config: {stages: [closedwon]}}
steps:
  - id: customer
    type: sage-intacct.createCustomer
    connection: books
    config:
      customerName: "{{ input.name }}"
      customFields: {LOYALTY: Gold}
"""


def enter(office: Office, **description: Any) -> flask.Flask:
    """Let the office work on a company of this description from now on."""
    app = create_app(SandboxConfig(public_url="http://sandbox.test", company=description))
    transport = httpx.WSGITransport(app)
    office.services.__dict__["http"] = OutboundClient(["sandbox.test:80"], transport=transport)
    return app


@pytest.fixture
def at_work(url: str, tmp_path: Path) -> Iterator[Office]:
    """An office in a company with a field and a dimension of its own, over each database."""
    office = Office(httpx.WSGITransport(flask.Flask("nobody")), url, tmp_path)
    enter(office, **COMPANY)
    office.prepare(WORKFLOW)
    yield office
    office.close()


def books(office: Office) -> ConnectionRow:
    return office.services.connection_named("books")


def lookups(office: Office) -> int:
    """Return how often a company was asked, as the connection's meter has it."""
    counted = sa.select(tables.usage.c.calls).where(tables.usage.c.kind == "lookup")
    return sum(office.database.read(lambda c: list(c.execute(counted).scalars())))


def make_old(office: Office) -> None:
    office.execute(tables.live_schema.update().values(read_at=0))


def test_a_company_is_asked_once_a_day_and_on_demand(at_work: Office) -> None:
    """Each reading is an API call; a form is opened often."""
    source = books(at_work)
    for _ in range(3):
        found = company_objects(at_work.services, source, ["CUSTOMER", "APBILLITEM"])
    assert found["CUSTOMER"].fields["LOYALTY"].choices == ("Gold", "Silver")
    assert found["APBILLITEM"].fields["GLDIMROUTE"].is_dimension
    assert lookups(at_work) == 2
    make_old(at_work)
    company_objects(at_work.services, source, ["CUSTOMER"])
    assert lookups(at_work) == 3
    company_objects(at_work.services, source, ["CUSTOMER"], fresh=True)
    assert lookups(at_work) == 4


def test_what_is_read_again_replaces_what_was_kept(at_work: Office) -> None:
    source = books(at_work)
    company_objects(at_work.services, source, ["CUSTOMER"])
    enter(at_work)
    again = company_objects(at_work.services, source, ["CUSTOMER"], fresh=True)
    assert "LOYALTY" not in again["CUSTOMER"].fields
    assert company_objects(at_work.services, source, ["CUSTOMER"]) == again


def test_forms_still_open_while_intacct_is_down(at_work: Office) -> None:
    source = books(at_work)
    before = company_objects(at_work.services, source, ["CUSTOMER"])
    make_old(at_work)
    at_work.services.__dict__["http"] = Office.unreachable()
    assert company_objects(at_work.services, source, ["CUSTOMER"]) == before
    for names, fresh in ((["VENDOR"], False), (["CUSTOMER"], True)):
        with pytest.raises(Unreachable):
            company_objects(at_work.services, source, names, fresh=fresh)


def test_an_object_the_company_does_not_know_is_left_out(at_work: Office) -> None:
    found = company_objects(at_work.services, books(at_work), ["NOSUCHTHING", "CUSTOMER"])
    assert list(found) == ["CUSTOMER"]


def test_a_connection_that_only_knows_rest_describes_nothing(tmp_path: Path) -> None:
    """Its forms stay as the actions have them, and none of its workflows is called broken."""
    with oauth_world(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path) as world:
        source = world.add(UNATTENDED)
        assert company_objects(world.services, source, ["CUSTOMER"]) == {}


def test_two_connections_share_no_description(at_work: Office) -> None:
    """Their users may see different fields of one company."""
    source = books(at_work)
    other = at_work.services.connections.add(
        "hubspot", "other", {"token": "t", "clientSecret": "s"}
    )

    def read() -> LiveObject:
        return LiveObject("CUSTOMER", {"NAME": LiveField("NAME")})

    company_objects(at_work.services, source, ["CUSTOMER"])
    found = SqlLiveSchemas(at_work.database, other.id).get("CUSTOMER", read)
    assert list(found.fields) == ["NAME"]
    kept = company_objects(at_work.services, source, ["CUSTOMER"])
    assert "LOYALTY" in kept["CUSTOMER"].fields


def test_what_an_older_program_kept_is_read_again(at_work: Office) -> None:
    source = books(at_work)
    company_objects(at_work.services, source, ["CUSTOMER"])
    at_work.execute(tables.live_schema.update().values(document='{"fields": [{"id": "A"}]}'))
    found = company_objects(at_work.services, source, ["CUSTOMER"])
    assert "LOYALTY" in found["CUSTOMER"].fields


@pytest.mark.accepts("D23")
def test_what_the_form_of_a_company_takes_reaches_its_books(at_work: Office) -> None:
    """A field and a dimension nobody but this company has, filled in like any other input."""
    app = enter(at_work, **COMPANY)
    source = books(at_work)
    customer = at_work.services.registry.action("createCustomer")
    bill = at_work.services.registry.action("createBill")
    names = [*objects_of(customer), *objects_of(bill)]
    live = company_objects(at_work.services, source, names)
    inputs = {"customerId": "C-77", "customerName": "Acme", "customFields": {"LOYALTY": "Silver"}}
    checked = InputForm(form_for(customer, live)).check(inputs)
    run_once(at_work.services, customer.key, "books", checked, once="1")
    read = app.test_client().get
    evening = read("/_sandbox/records/ROUTE").get_json()[1]["RECORDNO"]
    line = {"accountNumber": "6700", "amount": "1.00", "customFields": {"GLDIMROUTE": evening}}
    header = {"vendorId": "V-77", "transactionDate": "2026-03-02", "dueDate": "2026-04-02"}
    checked = InputForm(form_for(bill, live)).check(
        {**header, "billNumber": "B-77", "billItems": [line]}
    )
    run_once(at_work.services, bill.key, "books", checked, once="2")
    customers = read("/_sandbox/records/CUSTOMER").get_json()
    assert next(r for r in customers if r["CUSTOMERID"] == "C-77")["LOYALTY"] == "Silver"
    [kept] = read("/_sandbox/records/APBILLITEM").get_json()
    assert kept["GLDIMROUTE"] == evening


def test_a_change_that_breaks_a_published_workflow_is_reported(at_work: Office) -> None:
    assert list(examine(at_work.services)) == []
    kept = COMPANY["customFields"][0]
    enter(at_work, customFields=[{**kept, "choices": ["Bronze", "Silver"]}])
    [choice] = examine(at_work.services)
    assert (choice.workflow, choice.step) == ("Deal to customer", "customer")
    assert choice.field == "customFields.LOYALTY"
    assert "does not take Gold" in choice.title
    assert choice.advice == "Choose one of: Bronze, Silver."
    enter(at_work)
    [gone] = examine(at_work.services)
    assert "no field LOYALTY" in gone.title


def test_a_company_that_cannot_be_asked_is_reported_and_not_called_broken(at_work: Office) -> None:
    at_work.services.__dict__["http"] = Office.unreachable()
    [found] = examine(at_work.services)
    assert found.field == "connection"
    assert found.title.startswith("The company behind books cannot be asked for its fields")

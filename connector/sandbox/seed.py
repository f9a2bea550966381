"""What a new sandbox company holds: what its file says, or the same records for the same seed."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from connector.sandbox import documents, masters, writer
from connector.sandbox.company import Call, Company, Scope
from connector.sandbox.company_file import fill
from connector.sandbox.document_kinds import INVOICE
from connector.sandbox.objects import OBJECTS
from connector.sandbox.seed_books import add_books
from connector.sandbox.seed_listed import add_listed
from connector.sandbox.seed_tables import FIRST_TABLES, fill_tables
from connector.sandbox.users import first_user

SEEDED_AT = datetime(2026, 1, 5, 8, tzinfo=UTC)
CUSTOMERS = 40
INVOICES = 12

_FIRST = (
    "Northwind", "Harbor", "Blue", "Summit", "River", "Golden", "Silver", "Maple", "Granite",
    "Evergreen",
)  # fmt: skip
_SECOND = (
    "Foods & Sons", "Trading", "Logistics", "Studios", "Clinic", "Bäckerei", "Labs",
    "O'Neill Partners",
)  # fmt: skip
_CITIES = (
    ("Austin", "TX", "78701"),
    ("Boston", "MA", "02108"),
    ("Denver", "CO", "80202"),
    ("Portland", "OR", "97201"),
    ("San José", "CA", "95113"),
)


def reset(company: Company) -> None:
    """Start over with the records of the seed; whoever was signed in is not any more."""
    with company.store.transaction():
        company.forget()
        seed(company)


def seed(company: Company) -> None:
    """Fill an empty company. The ledger starts empty: it tells what clients did."""
    chooser = random.Random(company.config.seed)  # noqa: S311 # made-up data, and repeatable
    scope = Scope(user=first_user(company), entity="", sender="seed")
    call = Call(company, scope, "seed", "seed", SEEDED_AT)
    with company.store.transaction():
        if company.config.company:
            _add_periods(call)
            fill(call, company.config.company)
        else:
            _add_demonstration(call, chooser)
        company.store.execute("DELETE FROM ledger")
        company.store.execute("DELETE FROM sqlite_sequence WHERE name = 'ledger'")


def _add_demonstration(call: Call, chooser: random.Random) -> None:
    fill_tables(call, FIRST_TABLES)
    _add_periods(call)
    _add_customers(call, chooser)
    _add_project(call)
    _add_invoices(call, chooser)
    add_books(call)
    add_listed(call)


def _add_periods(call: Call) -> None:
    """Add one reporting period per month; which are closed is a policy."""
    first = date(2024, 1, 1)
    while first.year < 2028:  # noqa: PLR2004 # a few years around the seeded records
        following = (first + timedelta(days=32)).replace(day=1)
        given = {
            "NAME": f"Month Ended {first:%B %Y}",
            "HEADER1": "Month Ended",
            "HEADER2": f"{first:%B %Y}",
            "START_DATE": f"{first:%m/%d/%Y}",
            "END_DATE": f"{following - timedelta(days=1):%m/%d/%Y}",
            "BUDGETING": "true",
        }
        writer.create_record(call, OBJECTS["REPORTINGPERIOD"], given, {})
        first = following


def _add_customers(call: Call, chooser: random.Random) -> None:
    for number in range(1, CUSTOMERS + 1):
        name = f"{_FIRST[number % len(_FIRST)]} {_SECOND[number % len(_SECOND)]} {number}"
        city, state, postcode = chooser.choice(_CITIES)
        given = {
            "CUSTOMERID": f"C-{number:05}",
            "NAME": name,
            "TERMNAME": chooser.choice(("Net 15", "Net 30", "Net 60")),
            "CREDITLIMIT": str(chooser.randrange(1, 50) * 1000),
            "STATUS": "inactive" if number == CUSTOMERS else "active",
            "DISPLAYCONTACT.PRINTAS": name,
            "DISPLAYCONTACT.EMAIL1": f"billing{number}@example.com",
            "DISPLAYCONTACT.PHONE1": f"555-01{number:02}",
            "DISPLAYCONTACT.MAILADDRESS.ADDRESS1": f"{chooser.randrange(1, 999)} Main Street",
            "DISPLAYCONTACT.MAILADDRESS.CITY": city,
            "DISPLAYCONTACT.MAILADDRESS.STATE": state,
            "DISPLAYCONTACT.MAILADDRESS.ZIP": postcode,
            "DISPLAYCONTACT.MAILADDRESS.COUNTRY": "United States",
            "DISPLAYCONTACT.MAILADDRESS.COUNTRYCODE": "US",
        }
        masters.create_party(call, OBJECTS["CUSTOMER"], given)


def _add_project(call: Call) -> None:
    given = {
        "PROJECTID": "P-100",
        "NAME": "Implementation",
        "PROJECTCATEGORY": "Contract",
        "CUSTOMERID": "C-00001",
    }
    writer.create_record(call, OBJECTS["PROJECT"], given, {})


def _add_invoices(call: Call, chooser: random.Random) -> None:
    for number in range(1, INVOICES + 1):
        day = date(2026, 1, 5) + timedelta(days=chooser.randrange(60))
        header = {
            "CUSTOMERID": f"C-{chooser.randrange(1, CUSTOMERS):05}",
            "WHENCREATED": f"{day:%m/%d/%Y}",
            "TERMNAME": "Net 30",
            "RECORDID": f"INV-{10000 + number}",
            "DESCRIPTION": "Seeded invoice",
            "ACTION": "Draft" if number == INVOICES else "Submit",
        }
        lines = [
            {
                "ACCOUNTNO": chooser.choice(("4000", "4010", "4020")),
                "TRX_AMOUNT": str(Decimal(chooser.randrange(1000, 500000)) / 100),
                "ENTRYDESCRIPTION": "Goods and services",
                "LOCATIONID": chooser.choice(("100", "200")),
                "DEPARTMENTID": "10",
            }
            for _ in range(chooser.randrange(1, 4))
        ]
        documents.create(call, INVOICE, header, lines)

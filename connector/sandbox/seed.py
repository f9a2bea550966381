"""What a new sandbox company holds: the same records for the same seed."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from connector.sandbox import masters, receivables, writer
from connector.sandbox.company import Call, Company, Scope
from connector.sandbox.config import USER_ID
from connector.sandbox.objects import OBJECTS

SEEDED_AT = datetime(2026, 1, 5, 8, tzinfo=UTC)
CUSTOMERS = 40
INVOICES = 12

# The first name of each line is the object; | parts the values, in the order of the named fields.
_TABLES = """
GLACCOUNT ACCOUNTNO TITLE ACCOUNTTYPE NORMALBALANCE STATUS
1000|Checking|balancesheet|debit|active
1100|Accounts Receivable|balancesheet|debit|active
1200|Undeposited Funds|balancesheet|debit|active
2000|Accounts Payable|balancesheet|credit|active
2300|Deferred Revenue|balancesheet|credit|active
4000|Sales|incomestatement|credit|active
4010|Services Revenue|incomestatement|credit|active
4020|Subscription Revenue|incomestatement|credit|active
4030|Shipping Income|incomestatement|credit|active
4090|Sales (retired)|incomestatement|credit|inactive
5000|Cost of Goods Sold|incomestatement|debit|active
6000|Salaries|incomestatement|debit|active
6700|Office Supplies|incomestatement|debit|active
LOCATIONENTITY LOCATIONID NAME CURRENCY STATUS
100|North America|USD|active
200|Europe|USD|active
900|Closed Entity|USD|inactive
LOCATION LOCATIONID NAME STATUS
100|North America|active
200|Europe|active
110|Main Office|active
120|West Warehouse|active
190|Old Office|inactive
DEPARTMENT DEPARTMENTID TITLE STATUS
10|Sales|active
20|Services|active
30|Administration|active
90|Research (closed)|inactive
ARTERM NAME DESCRIPTION DUEDATE STATUS
Due on Receipt|Due at once|0|active
Net 15|Due in 15 days|15|active
Net 30|Due in 30 days|30|active
Net 60|Due in 60 days|60|active
Net 90|No longer offered|90|inactive
ITEM ITEMID NAME ITEMTYPE BASEPRICE
SERVICE-001|Consulting|Non-Inventory|150.00
SUB-001|Yearly subscription|Non-Inventory|1200.00
WIDGET-1|Widget|Inventory|12.10
CLASS CLASSID NAME
C1|Retail
C2|Wholesale
CONTACT CONTACTNAME PRINTAS FIRSTNAME LASTNAME EMAIL1
Smith, Jane|Jane Smith|Jane|Smith|jane.smith@example.com
Meyer, Tom|Tom Meyer|Tom|Meyer|tom.meyer@example.com
Ortiz, Ana|Ana Ortiz|Ana|Ortiz|ana.ortiz@example.com
EMPLOYEE EMPLOYEEID PERSONALINFO.CONTACTNAME TITLE DEPARTMENTID
EMP-1|Smith, Jane|Account manager|10
EMP-2|Meyer, Tom|Consultant|20
VENDOR VENDORID NAME CURRENCY
V-100|Paper & Ink Supplies|USD
V-200|Cloud Hosting Ltd.|USD
V-300|Müller Logistik|USD
USERINFO LOGINID DESCRIPTION ADMIN
apiuser|Web services user|true
"""

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
    scope = Scope(user=USER_ID, entity="", sender="seed")
    call = Call(company, scope, "seed", "seed", SEEDED_AT)
    with company.store.transaction():
        _fill_tables(call)
        _add_periods(call)
        _add_customers(call, chooser)
        _add_project(call)
        _add_invoices(call, chooser)
        company.store.execute("DELETE FROM ledger")
        company.store.execute("DELETE FROM sqlite_sequence WHERE name = 'ledger'")


def _fill_tables(call: Call) -> None:
    name, fields = "", [""]
    for line in _TABLES.strip().splitlines():
        first, *others = line.split()
        if first in OBJECTS and "|" not in line:
            name, fields = first, others
            continue
        given = dict(zip(fields, line.split("|"), strict=True))
        if name == "VENDOR":
            given |= {"DISPLAYCONTACT.PRINTAS": given["NAME"]}
            masters.create_party(call, OBJECTS[name], given)
        elif name == "CONTACT":
            masters.create_contact(call, given)
        else:
            extra = {"VALUE": f"::#{given['DUEDATE']}#:O:"} if name == "ARTERM" else {}
            writer.create_record(call, OBJECTS[name], given, extra)


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
        receivables.create_invoice(call, header, lines)

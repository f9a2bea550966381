"""Vendors made on demand: a long list to read that takes no room in the state.

The same number always makes the same vendor. One that is changed is kept like any other record,
one that is deleted is remembered as gone; both is the business of the store.
"""

from datetime import UTC, datetime, timedelta
from functools import cache

from connector.sandbox.objects import OBJECTS
from connector.sandbox.record import Body, Record

OBJECT = "VENDOR"
FIRST = 1_000_001  # far above the numbers that created records get
_PREFIX = "VEND-"
_SINCE = datetime(2026, 1, 5, 8, tzinfo=UTC)
_TYPES = ("Supplier", "Subcontractor", "Utility", "Landlord", "Freight")
_TERMS = ("Net 15", "Net 30", "Net 60")
_TOWNS = (("Austin", "TX"), ("Boston", "MA"), ("Denver", "CO"), ("Portland", "OR"))
_PARTIES = ("DISPLAYCONTACT", "CONTACTINFO", "PAYTO", "RETURNTO")


class GeneratedVendors:
    """A number of vendors with consecutive record numbers and ids."""

    def __init__(self, count: int) -> None:
        """Offer that many vendors."""
        self._range = range(FIRST, FIRST + count)

    def numbers(self, object_name: str) -> range:
        """Return the record numbers made up for an object."""
        return self._range if object_name == OBJECT else range(0)

    def has(self, object_name: str, recordno: int) -> bool:
        """Return whether that record is one of these."""
        return object_name == OBJECT and recordno in self._range

    def number_of(self, object_name: str, identifier: str) -> int | None:
        """Return the record number that belongs to an id, None when it is not one of these."""
        digits = identifier.removeprefix(_PREFIX)
        if digits == identifier or not digits.isdecimal():
            return None
        number = FIRST - 1 + int(digits)
        is_ours = self.has(object_name, number) and _identifier(number) == identifier
        return number if is_ours else None

    def make(self, recordno: int) -> Record:
        """Return the vendor with that number."""
        identifier = _identifier(recordno)
        position = recordno - FIRST
        town = _constant_town(position % len(_TOWNS))
        body = {**_blank(), **_constant(), **town, **_varied(position, identifier)}
        return Record(OBJECT, recordno, identifier, "", None, body)


def _identifier(recordno: int) -> str:
    return f"{_PREFIX}{recordno - FIRST + 1:06}"


def _varied(position: int, identifier: str) -> Body:
    """Return the fields that differ from vendor to vendor."""
    number = position + 1
    name = f"{_TYPES[position % len(_TYPES)]} & Partners {number}"
    changed = (_SINCE + timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {
        "VENDORID": identifier,
        "NAME": name,
        "ENTITY": f"V{identifier}",
        "VENDTYPE": _TYPES[position % len(_TYPES)],
        "TERMNAME": _TERMS[position % len(_TERMS)],
        "TAXID": f"{10 + position % 90}-{number:07}",
        "CREDITLIMIT": f"{1000 + position % 500 * 100}.00",
        "TOTALDUE": f"{position % 9000}.{position % 100:02}",
        "VENDORACCOUNTNO": f"ACC-{number:08}",
        "STATUS": "inactive" if number % 50 == 0 else "active",
        "ONHOLD": "true" if number % 40 == 0 else "false",
        "WHENMODIFIED": changed,
        "WHENCREATED": changed,
    }
    for party in _PARTIES:
        body[f"{party}.CONTACTNAME"] = f"{name}(V{identifier})"
        body[f"{party}.PRINTAS"] = name
        body[f"{party}.EMAIL1"] = f"accounts{number}@example.com"
    return {field: value for field, value in body.items() if field in _known()}


@cache
def _known() -> frozenset[str]:
    """Return the fields that a vendor has."""
    return frozenset(OBJECTS[OBJECT].all_names()) | OBJECTS[OBJECT].fields.keys()


@cache
def _blank() -> Body:
    """Return the fields that stay empty; without them each would be looked for elsewhere.

    What follows from a filled field, as the due days from the term, is left to be looked up.
    """
    described = OBJECTS[OBJECT]
    filled = _varied(0, "").keys() | _constant().keys()
    body = {}
    for name in _known() - {"RECORDNO"}:
        own = described.fields.get(name)
        relation = described.relations.get(own.comes_from.partition(".")[0]) if own else None
        if relation is None or "." in relation.link or relation.link not in filled:
            body[name] = ""
    return body


@cache
def _constant() -> Body:
    """Return the fields that are the same for all."""
    body = {
        "CURRENCY": "USD",
        "STATE": "Approved",
        "COMMENTS": "Made up by the sandbox to give long lists something to read.",
        "ONETIME": "false",
        "BILLINGTYPE": "openitem",
        "PAYMENTPRIORITY": "Normal",
        "PAYMETHODKEY": "Printed Check",
        "GLGROUP": "Trade",
        "NAME1099": "Made-up vendor",
        "FORM1099TYPE": "MISC",
        "FORM1099BOX": "3",
        "APACCOUNT": "6700",
        "OBJECTRESTRICTION": "Unrestricted",
        "CREATEDBY": "sandbox",
        "MODIFIEDBY": "sandbox",
    }
    for party in _PARTIES:
        body |= {
            f"{party}.COMPANYNAME": "Made-up companies",
            f"{party}.FIRSTNAME": "Jane",
            f"{party}.LASTNAME": "Smith",
            f"{party}.PHONE1": "555-0100",
            f"{party}.PHONE2": "555-0101",
            f"{party}.CELLPHONE": "555-0102",
            f"{party}.FAX": "555-0103",
            f"{party}.URL1": "https://vendor.example.com",
            f"{party}.VISIBLE": "true",
            f"{party}.TAXABLE": "true",
            f"{party}.STATUS": "active",
            f"{party}.MAILADDRESS.ADDRESS1": "100 Main Street",
            f"{party}.MAILADDRESS.ADDRESS2": "Second floor",
            f"{party}.MAILADDRESS.ZIP": "78701",
            f"{party}.MAILADDRESS.COUNTRY": "United States",
            f"{party}.MAILADDRESS.COUNTRYCODE": "US",
        }
    return {field: value for field, value in body.items() if field in _known()}


@cache
def _constant_town(which: int) -> Body:
    """Return the fields of one town."""
    city, state = _TOWNS[which]
    body = {}
    for party in _PARTIES:
        body[f"{party}.MAILADDRESS.CITY"] = city
        body[f"{party}.MAILADDRESS.STATE"] = state
    return {field: value for field, value in body.items() if field in _known()}

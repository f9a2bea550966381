"""The sections of a company file: which objects they make, and what their records may say."""

from dataclasses import dataclass, field
from typing import Any

# What an account asks for on its lines, by the word of the file.
_REQUIRES = {
    "location": "REQUIRELOC", "department": "REQUIREDEPT", "project": "REQUIREPROJECT",
    "customer": "REQUIRECUSTOMER", "vendor": "REQUIREVENDOR", "employee": "REQUIREEMPLOYEE",
    "item": "REQUIREITEM", "class": "REQUIRECLASS",
}  # fmt: skip
_PARTY_CONTACT = {
    "printAs": "DISPLAYCONTACT.PRINTAS", "email": "DISPLAYCONTACT.EMAIL1",
    "phone": "DISPLAYCONTACT.PHONE1", "firstName": "DISPLAYCONTACT.FIRSTNAME",
    "lastName": "DISPLAYCONTACT.LASTNAME", "address": "DISPLAYCONTACT.MAILADDRESS.ADDRESS1",
    "city": "DISPLAYCONTACT.MAILADDRESS.CITY", "state": "DISPLAYCONTACT.MAILADDRESS.STATE",
    "zip": "DISPLAYCONTACT.MAILADDRESS.ZIP", "country": "DISPLAYCONTACT.MAILADDRESS.COUNTRY",
}  # fmt: skip
_PARTY = {
    "name": "NAME", "parent": "PARENTID", "term": "TERMNAME", "currency": "CURRENCY",
    "creditLimit": "CREDITLIMIT", "taxId": "TAXID", "onHold": "ONHOLD", "status": "STATUS",
    **_PARTY_CONTACT,
}  # fmt: skip
_BANK = {
    "id": "BANKACCOUNTID", "bank": "BANKNAME", "number": "BANKACCOUNTNO",
    "account": "GLACCOUNTNO", "currency": "CURRENCY", "location": "LOCATIONID",
    "status": "STATUS",
}  # fmt: skip
_JOURNAL = {"symbol": "SYMBOL", "title": "TITLE", "status": "STATUS"}


@dataclass(frozen=True)
class Section:
    """One section: its objects, and the field that each name stands for.

    `extra` are names that are no field, `lists` those whose value is a list.
    """

    objects: tuple[str, ...]
    fields: dict[str, str]
    needed: tuple[str, ...]
    defaults: dict[str, str] = field(default_factory=dict)  # field -> the name it is copied from
    extra: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()

    def given(self, row: dict[str, Any]) -> dict[str, str]:
        """Return a row of the file as the fields of a new record."""
        given = {
            self.fields.get(name, name): value
            for name, value in row.items()
            if name not in self.extra and isinstance(value, str)
        }
        for switch in row.get("requires", ()):
            given[_REQUIRES.get(switch, switch.upper())] = "true"
        for name, source in self.defaults.items():
            given.setdefault(name, given.get(source, ""))
        return given


# In the order in which they are made: each finds what it names.
SECTIONS: dict[str, Section] = {
    "users": Section(
        ("USERINFO",),
        {"id": "LOGINID", "name": "DESCRIPTION", "admin": "ADMIN", "status": "STATUS"},
        ("id",),
        extra=("password",),
    ),
    "entities": Section(
        ("LOCATIONENTITY", "LOCATION"),
        {"id": "LOCATIONID", "name": "NAME", "currency": "CURRENCY", "status": "STATUS"},
        ("id", "name"),
    ),
    "locations": Section(
        ("LOCATION",),
        {"id": "LOCATIONID", "name": "NAME", "parent": "PARENTID", "status": "STATUS"},
        ("id", "name"),
    ),
    "departments": Section(
        ("DEPARTMENT",),
        {"id": "DEPARTMENTID", "name": "TITLE", "parent": "PARENTID", "status": "STATUS"},
        ("id", "name"),
    ),
    "accounts": Section(
        ("GLACCOUNT",),
        {
            "number": "ACCOUNTNO",
            "title": "TITLE",
            "type": "ACCOUNTTYPE",
            "normalBalance": "NORMALBALANCE",
            "status": "STATUS",
        },
        ("number", "title"),
        extra=("requires",),
        lists=("requires",),
    ),
    "statisticalAccounts": Section(
        ("STATACCOUNT",),
        {"number": "ACCOUNTNO", "title": "TITLE", "status": "STATUS"},
        ("number", "title"),
    ),
    "journals": Section(("GLJOURNAL",), _JOURNAL, ("symbol", "title")),
    "statisticalJournals": Section(("STATJOURNAL",), _JOURNAL, ("symbol", "title")),
    "terms": Section(
        ("ARTERM", "APTERM"),
        {"name": "NAME", "description": "DESCRIPTION", "days": "DUEDATE", "status": "STATUS"},
        ("name", "days"),
    ),
    "classes": Section(
        ("CLASS",),
        {"id": "CLASSID", "name": "NAME", "parent": "PARENTID", "status": "STATUS"},
        ("id", "name"),
    ),
    "contacts": Section(
        ("CONTACT",),
        {
            "name": "CONTACTNAME",
            "status": "STATUS",
            **{name: path.removeprefix("DISPLAYCONTACT.") for name, path in _PARTY_CONTACT.items()},
        },
        ("name",),
        {"PRINTAS": "CONTACTNAME"},
    ),
    "employees": Section(
        ("EMPLOYEE",),
        {
            "id": "EMPLOYEEID",
            "contact": "PERSONALINFO.CONTACTNAME",
            "title": "TITLE",
            "department": "DEPARTMENTID",
            "location": "LOCATIONID",
            "status": "STATUS",
        },
        ("id", "contact"),
    ),
    "items": Section(
        ("ITEM",),
        {
            "id": "ITEMID",
            "name": "NAME",
            "type": "ITEMTYPE",
            "price": "BASEPRICE",
            "status": "STATUS",
        },
        ("id", "name", "type"),
    ),
    "customers": Section(
        ("CUSTOMER",),
        {"id": "CUSTOMERID", **_PARTY},
        ("id", "name"),
        {"DISPLAYCONTACT.PRINTAS": "NAME"},
    ),
    "vendors": Section(
        ("VENDOR",),
        {"id": "VENDORID", **_PARTY},
        ("id", "name"),
        {"DISPLAYCONTACT.PRINTAS": "NAME"},
    ),
    "projects": Section(
        ("PROJECT",),
        {
            "id": "PROJECTID",
            "name": "NAME",
            "category": "PROJECTCATEGORY",
            "customer": "CUSTOMERID",
            "status": "STATUS",
        },
        ("id", "name", "category"),
    ),
    "checkingAccounts": Section(("CHECKINGACCOUNT",), _BANK, ("id", "bank", "number", "account")),
    "savingsAccounts": Section(("SAVINGSACCOUNT",), _BANK, ("id", "bank", "number", "account")),
    "folders": Section(
        ("SUPDOCFOLDER",), {"name": "NAME", "description": "DESCRIPTION"}, ("name",)
    ),
}

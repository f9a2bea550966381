"""Contacts: people and addresses, keyed by their name."""

from connector.sandbox.objects.definition import Relation, describe

ADDRESS = (
    "MAILADDRESS.ADDRESS1", "MAILADDRESS.ADDRESS2", "MAILADDRESS.ADDRESS3", "MAILADDRESS.CITY",
    "MAILADDRESS.STATE", "MAILADDRESS.ZIP", "MAILADDRESS.COUNTRY", "MAILADDRESS.COUNTRYCODE",
    "MAILADDRESS.LATITUDE", "MAILADDRESS.LONGITUDE",
)  # fmt: skip
# What other objects show of a contact of theirs.
SHOWN = (
    "CONTACTNAME", "COMPANYNAME", "PREFIX", "FIRSTNAME", "LASTNAME", "INITIAL", "PRINTAS",
    "TAXABLE", "TAXGROUP", "TAXID", "PHONE1", "PHONE2", "CELLPHONE", "PAGER", "FAX", "EMAIL1",
    "EMAIL2", "URL1", "URL2", "VISIBLE", *ADDRESS, "STATUS",
)  # fmt: skip

CONTACT = describe(
    "CONTACT",
    "Contact",
    "CONTACTNAME",
    """
CONTACTNAME text required
COMPANYNAME text
PREFIX text
FIRSTNAME text
LASTNAME text
INITIAL text
PRINTAS text required
TAXABLE bool
TAXGROUP text
TAXID text
PHONE1 text
PHONE2 text
CELLPHONE text
PAGER text
FAX text
EMAIL1 email
EMAIL2 email
URL1 text
URL2 text
VISIBLE bool default=true
MAILADDRESS.ADDRESS1 text
MAILADDRESS.ADDRESS2 text
MAILADDRESS.ADDRESS3 text
MAILADDRESS.CITY text
MAILADDRESS.STATE text
MAILADDRESS.ZIP text
MAILADDRESS.COUNTRY text
MAILADDRESS.COUNTRYCODE text
MAILADDRESS.LATITUDE text
MAILADDRESS.LONGITUDE text
STATUS enum(active=T|inactive=F) default=active
TAXSOLUTIONID text
TAXSCHEDULE text
DISCOUNT money
PRICELIST text
PRICESCHEDULE text
VERSIONKEY int readonly
INTEGRATION_KEY text
WHENCREATED stamp readonly
""",
    nested={"MAILADDRESS": tuple(name.partition(".")[2] for name in ADDRESS)},
    # The documents say ISOCOUNTRYCODE, the official clients write COUNTRYCODE: both are understood.
    relations={"TAXGROUP": Relation("TAXGROUP", "TAXGROUP")},
    aliases={"MAILADDRESS.ISOCOUNTRYCODE": "MAILADDRESS.COUNTRYCODE"},
)

"""Banks, cards, files that are attached, and the one user-defined dimension."""

from connector.sandbox.objects.definition import describe

_STATUS = "STATUS enum(active=T|inactive=F) default=active\nWHENCREATED stamp readonly\n"
_BANK = """
BANKACCOUNTID text required
BANKACCOUNTNO text required
BANKNAME text
GLACCOUNTNO text required ->GLACCOUNT
GLACCOUNTTITLE text <- GLACCOUNT.TITLE
CURRENCY text default=USD
LOCATIONID text ->LOCATION
DEPTID text ->DEPARTMENT
ROUTINGNO text
"""

CHECKINGACCOUNT = describe("CHECKINGACCOUNT", "Checking account", "BANKACCOUNTID", _BANK + _STATUS)
SAVINGSACCOUNT = describe("SAVINGSACCOUNT", "Savings account", "BANKACCOUNTID", _BANK + _STATUS)
CREDITCARD = describe(
    "CREDITCARD",
    "Charge card",
    "CARDID",
    """
CARDID text required
DESCRIPTION text
CARDTYPE text
LIABILITYTYPE enum(Credit=C|Debit=D) default=Credit
GLACCOUNTNO text ->GLACCOUNT
VENDORID text ->VENDOR
CURRENCY text default=USD
"""
    + _STATUS,
)
SUPDOCFOLDER = describe(
    "SUPDOCFOLDER",
    "Attachments folder",
    "NAME",
    """
NAME text required
DESCRIPTION text
PARENTFOLDER text ->SUPDOCFOLDER:PARENT
CREATIONDATE stamp readonly
"""
    + _STATUS,
)
SUPDOC = describe(
    "SUPDOC",
    "Attachment",
    "SUPDOCID",
    """
SUPDOCID text required
SUPDOCNAME text required
FOLDERNAME text required ->SUPDOCFOLDER:FOLDER
DESCRIPTION text
ATTACHMENTS int readonly default=0
CREATIONDATE stamp readonly
"""
    + _STATUS,
)
SUPDOCFILE = describe(
    "SUPDOCFILE",
    "Attached file",
    "RECORDNO",
    """
SUPDOCKEY int readonly #SUPDOC:SUPDOC
ATTACHMENTNAME text
ATTACHMENTTYPE text
ATTACHMENTDATA text
""",
    is_unique=False,
)
# Lines name it by record number, as GLDIMREGION.
REGION = describe("REGION", "Region", "NAME", "NAME text required\nDESCRIPTION text\n" + _STATUS)

CASH_OBJECTS = (
    CHECKINGACCOUNT, SAVINGSACCOUNT, CREDITCARD, SUPDOCFOLDER, SUPDOC, SUPDOCFILE, REGION,
)  # fmt: skip

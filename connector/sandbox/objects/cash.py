"""Banks, cards, files that are attached, and the one user-defined dimension."""

from connector.sandbox.objects.definition import Lines, describe

_STATUS = "STATUS enum(active=T|inactive=F) default=active\nWHENCREATED stamp readonly\n"
_BANK = """
BANKACCOUNTID text required
BANKACCOUNTNO text required
BANKNAME text
GLACCOUNTNO text required ->GLACCOUNT
GLACCOUNTTITLE text <- GLACCOUNT.TITLE
CURRENCY text default=USD
LOCATIONID text ->LOCATION
DEPARTMENTID text ->DEPARTMENT
ROUTINGNO text
BRANCHID text
BANKACCOUNTTYPE text default=%s
ACHBANKID text
COMPANYNAME text
PHONE text
LASTRECONCILEDDATE date readonly
LASTRECONCILEDBALANCE money readonly
NEXTCHECK int
SERVICECHARGEGLACCOUNTNO text ->GLACCOUNT:SERVICECHARGEACCOUNT
INTERESTEARNEDGLACCOUNTNO text ->GLACCOUNT:INTERESTACCOUNT
"""
_ALIASES = {"DEPTID": "DEPARTMENTID", "ROUTINGNUMBER": "ROUTINGNO"}

CHECKINGACCOUNT = describe(
    "CHECKINGACCOUNT",
    "Checking account",
    "BANKACCOUNTID",
    _BANK % "Checking" + _STATUS,
    aliases=_ALIASES,
)
SAVINGSACCOUNT = describe(
    "SAVINGSACCOUNT",
    "Savings account",
    "BANKACCOUNTID",
    _BANK % "Savings" + _STATUS,
    aliases=_ALIASES,
)
CREDITCARD = describe(
    "CREDITCARD",
    "Charge card",
    "CARDID",
    """
CARDID text required
DESCRIPTION text
CARDTYPE text
CARDNUM text
EXP_MONTH text
EXP_YEAR text
COMMCARD text
OUTSOURCECARD bool default=false
DEPT text ->DEPARTMENT
LOCATION text ->LOCATION
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
    lines=Lines("SUPDOCFILES", "SUPDOCFILE"),
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
FILENAME text
""",
    is_unique=False,
)
# A user-defined dimension: lines name its records by number, as GLDIM and its name.
USER_DEFINED = (
    """
ID int readonly
NAME text required
DESCRIPTION text
UPDATEDBY text readonly
"""
    + _STATUS
)
REGION = describe("REGION", "Region", "NAME", USER_DEFINED)

CASH_OBJECTS = (
    CHECKINGACCOUNT, SAVINGSACCOUNT, CREDITCARD, SUPDOCFOLDER, SUPDOC, SUPDOCFILE, REGION,
)  # fmt: skip

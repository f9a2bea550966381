"""Journals, the entries in them, and accounts that count things instead of money."""

from connector.sandbox.objects.definition import Lines, Relation, describe
from connector.sandbox.objects.lines import DIMENSIONS

_STATUS = "STATUS enum(active=T|inactive=F) default=active\nWHENCREATED stamp readonly\n"
_JOURNAL = (
    "SYMBOL text required\nTITLE text required\nSTARTDATE date\nBOOKID text default=ACCRUAL\n"
)

GLJOURNAL = describe(
    "GLJOURNAL", "Journal", "SYMBOL", _JOURNAL + "ADJ tf default=false\n" + _STATUS
)
STATJOURNAL = describe("STATJOURNAL", "Statistical journal", "SYMBOL", _JOURNAL + _STATUS)
STATACCOUNT = describe(
    "STATACCOUNT",
    "Statistical account",
    "ACCOUNTNO",
    """
ACCOUNTNO text required
TITLE text required
REPORTTYPE enum(For Period=P|Cumulative=C) default=For Period
ACCOUNTTYPE text
REQUIREDEPT bool default=false
REQUIRELOC bool default=false
REQUIREPROJECT bool default=false
REQUIRECUSTOMER bool default=false
REQUIREVENDOR bool default=false
REQUIREEMPLOYEE bool default=false
REQUIREITEM bool default=false
REQUIRECLASS bool default=false
REQUIRECONTRACT bool default=false
REQUIREWAREHOUSE bool default=false
CATEGORY text
"""
    + _STATUS,
)

# The states and their codes are documented with the query of journal entries.
_STATES = (
    "enum(Draft=I|Submitted=S|Partially Approved=X|Approved=A|Posted=P|Declined=R"
    "|Reversal pending=L|Reversed=Z)"
)

GLBATCH = describe(
    "GLBATCH",
    "Journal entry",
    "RECORDNO",
    f"""
BATCHNO int readonly
BATCH_TITLE text required
BALANCE money readonly
JOURNAL text required
JOURNALKEY int <- JOURNAL.RECORDNO
JOURNAL_BILLABLE text readonly
ADJ tf readonly default=false
STATISTICAL tf readonly default=false
BATCH_DATE date required
MODULE text readonly default=2.GL
CHILDENTITY text readonly
USERKEY int <- USERINFO.RECORDNO
MODIFIEDBYID text <- USERINFO.LOGINID
PRBATCHKEY int readonly
PRBATCHRECTYPE text readonly
TEMPLATEKEY int readonly
SCHOPKEY int readonly
LOCATIONKEY int readonly
REFERENCENO text
HISTORY_COMMENT text
REVERSEDATE date
REVERSED date readonly
REVERSEDKEY int readonly
REVERSEDFROM int readonly
BASELOCATION_NO text ->LOCATION:BASELOCATIONOF
BASELOCATION int <- BASELOCATIONOF.RECORDNO
BASELOCATION_NAME text <- BASELOCATIONOF.NAME
SUPDOCID text ->SUPDOC
TAXIMPLICATIONS text
TAXSOLUTIONID text
VATVENDORID text ->VENDOR
VATCUSTOMERID text ->CUSTOMER
VATCONTACTID text ->CONTACT
STATE {_STATES} readonly
MODIFIED stamp readonly
WHENCREATED stamp readonly
AUWHENCREATED stamp readonly
INTEGRATION_KEY text
""",
    lines=Lines("ENTRIES", "GLENTRY"),
    relations={
        "JOURNAL": Relation("GLJOURNAL", "JOURNAL"),
        "USERINFO": Relation("USERINFO", "MODIFIEDBY"),
    },
    is_unique=False,
)
GLENTRY = describe(
    "GLENTRY",
    "Journal entry line",
    "RECORDNO",
    f"""
BATCHNO int readonly #GLBATCH:GLBATCH
BATCHTITLE text <- GLBATCH.BATCH_TITLE
BATCH_DATE date <- GLBATCH.BATCH_DATE
BATCH_NUMBER int <- GLBATCH.BATCHNO
JOURNAL text <- GLBATCH.JOURNAL
STATE {_STATES} readonly <- GLBATCH.STATE
LINE_NO int readonly
ENTRY_DATE date readonly
TR_TYPE int required
ACCOUNTNO text
ACCOUNTKEY int readonly
ACCOUNTTITLE text readonly
STATISTICAL tf readonly default=false
AMOUNT money
TRX_AMOUNT money
CURRENCY text default=USD
BASECURR text readonly default=USD
EXCH_RATE_DATE date
EXCH_RATE_TYPE_ID text
EXCHANGE_RATE rate
ALLOCATION text
DEPARTMENT text ->DEPARTMENT:DEPARTMENTOF
DEPARTMENTTITLE text <- DEPARTMENTOF.TITLE
LOCATION text ->LOCATION:LOCATIONOF
LOCATIONNAME text <- LOCATIONOF.NAME
{DIMENSIONS.strip()}
DESCRIPTION text
DOCUMENT text
BILLABLE bool default=false
RECON_DATE date
CLEARED tf readonly default=false
INTEGRATION_KEY text
""",
    aliases={"DEPARTMENTID": "DEPARTMENT", "LOCATIONID": "LOCATION"},
    is_unique=False,
)

LEDGER_OBJECTS = (GLJOURNAL, STATJOURNAL, STATACCOUNT, GLBATCH, GLENTRY)

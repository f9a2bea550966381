"""Vendor bills, credits of vendors, and the payments of both.

The codes of the states up to Posted, and of payments, are documented; those of what follows are
chosen here.
"""

from connector.sandbox.objects.credits import MONEY, TOTALS, adjustment, advance, detail, party
from connector.sandbox.objects.definition import Lines, describe
from connector.sandbox.objects.lines import document_line

STATES = (
    "enum(Draft=D|Submitted=S|Partially Approved=PA|Declined=U|Posted=A|Selected=SE"
    "|Partially Paid=PP|Paid=P|Reversed=V)"
)
_TAXES = "FORM1099 bool default=false\nFORM1099TYPE text\nFORM1099BOX text\n"
APBILL = describe(
    "APBILL",
    "Bill",
    "RECORDID",
    f"""
RECORDTYPE text readonly default=pi
RECORDID text
{party("VENDOR")}
STATE {STATES} readonly
RAWSTATE text readonly
DOCNUMBER text
DESCRIPTION text
DESCRIPTION2 text
EXTERNALID text
TERMNAME text ->APTERM
TERMKEY int <- APTERM.RECORDNO
TERMVALUE text <- APTERM.VALUE
WHENCREATED date
WHENPOSTED date
WHENDUE date
WHENDISCOUNT date readonly
WHENPAID date readonly
RECPAYMENTDATE date
PAYMENTPRIORITY enum(urgent=U|high=H|normal=N|low=L) default=normal
ONHOLD bool default=false
{MONEY.strip()}
{TOTALS.strip()}
BILLTOPAYTOCONTACTNAME text ->CONTACT:PAYTO
BILLTOPAYTOKEY int <- PAYTO.RECORDNO
PAYTOCONTACTNAME text <- PAYTO.CONTACTNAME
SHIPTORETURNTOCONTACTNAME text ->CONTACT:RETURNTO
SHIPTORETURNTOKEY int <- RETURNTO.RECORDNO
RETURNTOCONTACTNAME text <- RETURNTO.CONTACTNAME
SUPDOCID text ->SUPDOC
TAXSOLUTIONID text
INCLUSIVETAX bool default=false
NOGL bool default=false
PRBATCHKEY int
PRBATCH text
MODULEKEY text readonly default=3.AP
SYSTEMGENERATED tf default=false
DATEREVERSED date readonly
COMMENT text readonly
AUWHENCREATED stamp readonly
DUE_IN_DAYS int readonly
RECORD_URL text readonly
INTEGRATION_KEY text
HUBSPOT_DEAL_ID text
""",
    lines=Lines("APBILLITEMS", "APBILLITEM"),
    is_unique=False,
)
APBILLITEM = document_line("APBILLITEM", "Bill line", "APBILL", "pi", STATES, _TAXES)

APADJUSTMENT, APADJUSTMENTITEM = adjustment(
    "AP", "AP adjustment", "INCLUSIVETAX bool default=false\n", _TAXES
)
APADVANCE, APADVANCEITEM = advance(
    "AP",
    "enum(Printed Check=C|Cash=M|EFT=E|Credit Card=R|ACH=A)",
    """
FINANCIALENTITY text
PRBATCH text
PRBATCHKEY int
DOCNUMBER text
DESCRIPTION text
PAYMENTDATE date required
""",
)

_PAYMENT_STATES = "enum(Draft=D|Submitted=S|Approved=A|Posted=C|Voided=V)"
APPYMT = describe(
    "APPYMT",
    "AP payment",
    "RECORDNO",
    f"""
RECORDTYPE text readonly default=pp
RECORDID text readonly
{party("VENDOR", "required")}
STATE {_PAYMENT_STATES} readonly
RAWSTATE text readonly
FINANCIALENTITY text
PAYMENTMETHOD text
PAYMENTREQUESTMETHOD enum(vendorpref=P|vendor=V|bill=B|payto=T) default=vendorpref
GROUPPAYMENTS bool default=false
DOCNUMBER text
DESCRIPTION text
PAYMENTCONTACT text ->CONTACT:PAYMENTCONTACTOF
WHENCREATED date readonly
PAYMENTDATE date required
WHENPAID date readonly
{MONEY.strip()}
AMOUNTTOPAY money
{TOTALS.strip()}
DATEREVERSED date readonly
SENT bool readonly default=false
AUWHENCREATED stamp readonly
INTEGRATION_KEY text
""",
    lines=Lines("APPYMTDETAILS", "APPYMTDETAIL"),
    is_unique=False,
)
APPYMTDETAIL = detail("AP", "APBILL", "APPYMT", _PAYMENT_STATES, "JOINTPAYEEPRINTAS text")

PAYABLE_OBJECTS = (
    APBILL, APBILLITEM, APADJUSTMENT, APADJUSTMENTITEM, APADVANCE, APADVANCEITEM, APPYMT,
    APPYMTDETAIL,
)  # fmt: skip

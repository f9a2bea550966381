"""Vendor bills, credits of vendors, and the payments of both.

The codes of the states up to Posted, and of payments, are documented; those of what follows are
chosen here.
"""

from connector.sandbox.objects.definition import Lines, describe
from connector.sandbox.objects.lines import document_line

STATES = (
    "enum(Draft=D|Submitted=S|Partially Approved=PA|Declined=U|Posted=A|Selected=SE"
    "|Partially Paid=PP|Paid=P|Reversed=V)"
)
_TAXES = "FORM1099 bool default=false\nFORM1099TYPE text\nFORM1099BOX text\n"
TOTALS = """
TOTALENTERED money readonly
TOTALSELECTED money readonly default=0
TOTALPAID money readonly default=0
TOTALDUE money readonly
TRX_TOTALENTERED money readonly
TRX_TOTALSELECTED money readonly default=0
TRX_TOTALPAID money readonly default=0
TRX_TOTALDUE money readonly
"""
MONEY = """
BASECURR text default=USD
CURRENCY text default=USD
EXCH_RATE_DATE date
EXCH_RATE_TYPE_ID text
EXCHANGE_RATE rate
"""

APBILL = describe(
    "APBILL",
    "Bill",
    "RECORDID",
    f"""
RECORDTYPE text readonly default=pi
RECORDID text
VENDORID text ->VENDOR
VENDORNAME text <- VENDOR.NAME
VENDORKEY int <- VENDOR.RECORDNO
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

_SETTLED = "enum(Draft=D|Posted=A|Partially Paid=PP|Paid=P|Reversed=V)"
APADJUSTMENT = describe(
    "APADJUSTMENT",
    "AP adjustment",
    "RECORDID",
    f"""
RECORDTYPE text readonly default=pa
RECORDID text
VENDORID text required ->VENDOR
VENDORNAME text <- VENDOR.NAME
VENDORKEY int <- VENDOR.RECORDNO
STATE {_SETTLED} readonly
RAWSTATE text readonly
DOCNUMBER text
DESCRIPTION text
EXTERNALID text
WHENCREATED date required
WHENPOSTED date
WHENPAID date readonly
{MONEY.strip()}
{TOTALS.strip()}
TAXSOLUTIONID text
INCLUSIVETAX bool default=false
NOGL bool default=false
PRBATCHKEY int
PRBATCH text
SYSTEMGENERATED tf default=false
DATEREVERSED date readonly
AUWHENCREATED stamp readonly
INTEGRATION_KEY text
""",
    lines=Lines("APADJUSTMENTITEMS", "APADJUSTMENTITEM"),
    is_unique=False,
)
APADJUSTMENTITEM = document_line(
    "APADJUSTMENTITEM", "AP adjustment line", "APADJUSTMENT", "pa", _SETTLED, _TAXES
)

APADVANCE = describe(
    "APADVANCE",
    "AP advance",
    "RECORDNO",
    f"""
RECORDTYPE text readonly default=pr
RECORDID text readonly
VENDORID text required ->VENDOR
VENDORNAME text <- VENDOR.NAME
VENDORKEY int <- VENDOR.RECORDNO
STATE {_SETTLED} readonly
RAWSTATE text readonly
PAYMENTMETHOD enum(Printed Check=C|Cash=M|EFT=E|Credit Card=R|ACH=A) required
FINANCIALENTITY text
PRBATCH text
PRBATCHKEY int
DOCNUMBER text
DESCRIPTION text
PAYMENTDATE date required
WHENPAID date readonly
{MONEY.strip()}
{TOTALS.strip()}
SUPDOCID text ->SUPDOC
DATEREVERSED date readonly
AUWHENCREATED stamp readonly
INTEGRATION_KEY text
""",
    lines=Lines("APADVANCEITEMS", "APADVANCEITEM"),
    is_unique=False,
)
APADVANCEITEM = document_line("APADVANCEITEM", "AP advance line", "APADVANCE", "pr", _SETTLED)

APPYMT = describe(
    "APPYMT",
    "AP payment",
    "RECORDNO",
    f"""
RECORDTYPE text readonly default=pp
RECORDID text readonly
VENDORID text required ->VENDOR
VENDORNAME text <- VENDOR.NAME
VENDORKEY int <- VENDOR.RECORDNO
STATE enum(Draft=D|Submitted=S|Approved=A|Posted=C|Voided=V) readonly
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
APPYMTDETAIL = describe(
    "APPYMTDETAIL",
    "AP payment detail",
    "RECORDNO",
    """
PAYMENTKEY int readonly #APPYMT:APPYMT
RECORDKEY int #APBILL:APBILL
RECORDID text <- APBILL.RECORDID
ENTRYKEY int #APBILLITEM:APBILLITEM
POSADJKEY int #APADJUSTMENT:POSADJ
POSADJENTRYKEY int
INLINEKEY int
INLINEENTRYKEY int
TRX_INLINEAMOUNT money
ADJUSTMENTKEY int #APADJUSTMENT:ADJUSTMENT
ADJUSTMENTENTRYKEY int
TRX_ADJUSTMENTAMOUNT money
ADVANCEKEY int #APADVANCE:ADVANCE
ADVANCEENTRYKEY int
TRX_POSTEDADVANCEAMOUNT money
DISCOUNTDATE date
PAYMENTAMOUNT money readonly
TRX_PAYMENTAMOUNT money
CURRENCY text
JOINTPAYEEPRINTAS text
STATE enum(Draft=D|Submitted=S|Approved=A|Posted=C|Voided=V) readonly <- APPYMT.STATE
""",
    is_unique=False,
)

PAYABLE_OBJECTS = (
    APBILL, APBILLITEM, APADJUSTMENT, APADJUSTMENTITEM, APADVANCE, APADVANCEITEM, APPYMT,
    APPYMTDETAIL,
)  # fmt: skip

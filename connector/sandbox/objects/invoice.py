"""Customer invoices and their lines."""

from connector.sandbox.objects.definition import Lines, describe
from connector.sandbox.objects.lines import document_line

STATES = "enum(Draft=D|Posted=A|Partially Paid=PP|Paid=P|Reversed=V)"

ARINVOICE = describe(
    "ARINVOICE",
    "Invoice",
    "RECORDID",
    f"""
RECORDTYPE text readonly default=ri
RECORDID text
CUSTOMERID text required ->CUSTOMER
CUSTOMERNAME text <- CUSTOMER.NAME
CUSTOMERKEY int <- CUSTOMER.RECORDNO
STATE {STATES} readonly
RAWSTATE text readonly
DOCNUMBER text
DESCRIPTION text
EXTERNALID text
TERMNAME text ->ARTERM
TERMKEY int <- ARTERM.RECORDNO
TERMVALUE text <- ARTERM.VALUE
WHENCREATED date required
WHENPOSTED date
WHENDUE date
WHENPAID date readonly
BASECURR text default=USD
CURRENCY text default=USD
EXCH_RATE_DATE date
EXCH_RATE_TYPE_ID text
EXCHANGE_RATE rate
TOTALENTERED money readonly
TOTALSELECTED money readonly default=0
TOTALPAID money readonly default=0
TOTALDUE money readonly
TRX_TOTALENTERED money readonly
TRX_TOTALSELECTED money readonly default=0
TRX_TOTALPAID money readonly default=0
TRX_TOTALDUE money readonly
BILLTOPAYTOCONTACTNAME text ->CONTACT:BILLTO
BILLTOPAYTOKEY int <- BILLTO.RECORDNO
SHIPTORETURNTOCONTACTNAME text ->CONTACT:SHIPTO
SHIPTORETURNTOKEY int <- SHIPTO.RECORDNO
SUPDOCID text ->SUPDOC
TAXSOLUTIONID text
NOGL bool default=false
PRBATCHKEY int
PRBATCH text
ONHOLD bool default=false
SYSTEMGENERATED tf default=false
DATEREVERSED date readonly
AUWHENCREATED stamp readonly
INTEGRATION_KEY text
HUBSPOT_DEAL_ID text
""",
    lines=Lines("ARINVOICEITEMS", "ARINVOICEITEM"),
    is_unique=False,
)

ARINVOICEITEM = document_line(
    "ARINVOICEITEM",
    "Invoice line",
    "ARINVOICE",
    "ri",
    STATES,
    """
REVRECTEMPLATE text
REVRECSTARTDATE date
REVRECENDDATE date
DEFERREDREVACCTNO text ->GLACCOUNT:DEFERREDACCOUNT
""",
)

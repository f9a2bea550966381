"""Customer invoices and their lines."""

from connector.sandbox.objects.credits import SETTLED
from connector.sandbox.objects.definition import Lines, Relation, describe
from connector.sandbox.objects.lines import document_line

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
STATE {SETTLED} readonly
RAWSTATE text readonly
DOCNUMBER text
DESCRIPTION text
DESCRIPTION2 text
CUSTMESSAGEID text ->CUSTMESSAGE
CUSTMESSAGE.MESSAGE text <- CUSTMESSAGE.MESSAGE
EXTERNALID text
TERMNAME text ->ARTERM
TERMKEY int <- ARTERM.RECORDNO
TERMVALUE text <- ARTERM.VALUE
WHENCREATED date required
WHENPOSTED date
WHENDUE date
WHENDISCOUNT date readonly
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
DUE_IN_DAYS int readonly
TAXMETHOD text readonly
RETAINAGEPERCENTAGE rate
TRX_TOTALRETAINED money readonly
TRX_TOTALRELEASED money readonly
TOTALRETAINED money readonly
RECORD_URL text readonly
INTEGRATION_KEY text
HUBSPOT_DEAL_ID text
""",
    lines=Lines("ARINVOICEITEMS", "ARINVOICEITEM"),
    # Reads show the customer's own contact besides those of the invoice.
    relations={"CONTACT": Relation("CONTACT", "CUSTOMER.DISPLAYCONTACTKEY", is_by_number=True)},
    is_unique=False,
)

ARINVOICEITEM = document_line(
    "ARINVOICEITEM",
    "Invoice line",
    "ARINVOICE",
    "ri",
    SETTLED,
    """
REVRECTEMPLATE text
REVRECSTARTDATE date
REVRECENDDATE date
REVRECTEMPLATEKEY int readonly
DEFERREVENUE bool default=false
DEFERREDREVACCTNO text ->GLACCOUNT:DEFERREDACCOUNT
DEFERREDREVACCTKEY int <- DEFERREDACCOUNT.RECORDNO
DEFERREDREVACCTTITLE text <- DEFERREDACCOUNT.TITLE
BILLABLECONTRACTSCHENTRYKEY int readonly
BILLABLECONTRACTUSAGEBILLINGID text readonly
RETAINAGEPERCENTAGE rate
TRX_AMOUNTRETAINED money readonly
AMOUNTRETAINED money readonly
TRX_AMOUNTRELEASED money readonly
RETAINAGE_OFFSETGLACCOUNTNO text readonly
PROJECTCONTRACTID text
PROJECTCONTRACTKEY int readonly
PROJECTCONTRACTNAME text readonly
PROJECTCONTRACTLINEID text
PROJECTCONTRACTLINEKEY int readonly
PROJECTCONTRACTLINENAME text readonly
ISRETAINAGERELEASE bool readonly default=false
ISSUMMARIZED bool readonly default=false
AMORTIZATIONTEMPLATEKEY int readonly
AMORTIZATIONTEMPLATEID text
AMORTIZATIONSTARTDATE date
AMORTIZATIONENDDATE date
ORIGDOCKEY int readonly
ORIGDOCLINEKEY int readonly
ORIGDOCID text readonly
ORIGDOCLINEID text readonly
""",
)

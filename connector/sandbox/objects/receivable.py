"""What customers are credited and what they pay: adjustments, advances and payments."""

from connector.sandbox.objects.definition import Lines, Relation, describe
from connector.sandbox.objects.invoice import STATES
from connector.sandbox.objects.lines import document_line
from connector.sandbox.objects.payable import MONEY, TOTALS

# Draft and Posted (completed) are documented for payments; what a reversal is called is chosen.
_PAYMENT_STATES = "enum(Draft=D|Posted=C|Reversed=V)"
_CUSTOMER = """
CUSTOMERID text required ->CUSTOMER
CUSTOMERNAME text <- CUSTOMER.NAME
CUSTOMERKEY int <- CUSTOMER.RECORDNO
"""
_MEANS = """
FINANCIALENTITY text
UNDEPOSITEDACCOUNTNO text ->GLACCOUNT:UNDEPOSITEDACCOUNT
PRBATCH text
PRBATCHKEY int
DOCNUMBER text
DESCRIPTION text
PAYMENTDATE date
"""

ARADJUSTMENT = describe(
    "ARADJUSTMENT",
    "Adjustment",
    "RECORDID",
    f"""
RECORDTYPE text readonly default=ra
RECORDID text
{_CUSTOMER.strip()}
STATE {STATES} readonly
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
NOGL bool default=false
PRBATCHKEY int
PRBATCH text
SYSTEMGENERATED tf default=false
DATEREVERSED date readonly
AUWHENCREATED stamp readonly
INTEGRATION_KEY text
""",
    lines=Lines("ARADJUSTMENTITEMS", "ARADJUSTMENTITEM"),
    is_unique=False,
)
ARADJUSTMENTITEM = document_line(
    "ARADJUSTMENTITEM", "Adjustment line", "ARADJUSTMENT", "ra", STATES
)

ARADVANCE = describe(
    "ARADVANCE",
    "AR advance",
    "RECORDNO",
    f"""
RECORDTYPE text readonly default=rr
RECORDID text readonly
{_CUSTOMER.strip()}
STATE {STATES} readonly
RAWSTATE text readonly
PAYMENTMETHOD enum(Printed Check=C|Cash=M|EFT=E|Credit Card=R) required
{_MEANS.strip().replace("PAYMENTDATE date", "PAYMENTDATE date required")}
RECEIPTDATE date required
WHENPAID date readonly
{MONEY.strip()}
{TOTALS.strip()}
SUPDOCID text ->SUPDOC
DATEREVERSED date readonly
AUWHENCREATED stamp readonly
INTEGRATION_KEY text
""",
    lines=Lines("ARADVANCEITEMS", "ARADVANCEITEM"),
    is_unique=False,
)
ARADVANCEITEM = document_line("ARADVANCEITEM", "AR advance line", "ARADVANCE", "rr", STATES)

ARPYMT = describe(
    "ARPYMT",
    "AR payment",
    "RECORDNO",
    f"""
RECORDTYPE text readonly default=rp
RECORDID text readonly
{_CUSTOMER.strip().replace(" required", "")}
PAYERNAME text
STATE {_PAYMENT_STATES} readonly
RAWSTATE text readonly
DISPLAYSTATE text readonly
PAYMENTMETHOD enum(Printed Check=C|Cash=M|EFT=E|Credit Card=R|Online Charge Card=O|Online ACH Debit=A) required
PAYMENTMETHODKEY text readonly
FINANCIALENTITYTYPE text readonly
FINANCIALACCOUNTNAME text readonly
FINANCIALACCOUNTCURRENCY text readonly
SUMMARYTITLE text readonly
WHENCREATED date readonly
{_MEANS.strip()}
RECEIPTDATE date required
WHENPAID date
{MONEY.strip()}
AMOUNTTOPAY money
TRX_AMOUNTTOPAY money
OVERPAYMENTAMOUNT money
OVERPAYMENTLOCATIONID text ->LOCATION:OVERPAYMENTLOCATION
OVERPAYMENTDEPARTMENTID text ->DEPARTMENT:OVERPAYMENTDEPARTMENT
BILLTOPAYTONAME text
BILLTOPAYTOKEY int <- BILLTO.RECORDNO
CLEARED tf readonly default=false
CLRDATE date readonly
PARENTPAYMENTKEY int readonly
MULTIENTITYPYMTKEY int readonly
TAXSOLUTIONID text
SUPDOCID text ->SUPDOC
RECORD_URL text readonly
{TOTALS.strip()}
DATEREVERSED date readonly
AUWHENCREATED stamp readonly
INTEGRATION_KEY text
""",  # noqa: E501 # one field is one line
    lines=Lines("ARPYMTDETAILS", "ARPYMTDETAIL"),
    relations={"BILLTO": Relation("CONTACT", "BILLTOPAYTONAME")},
    is_unique=False,
)
ARPYMTDETAIL = describe(
    "ARPYMTDETAIL",
    "AR payment detail",
    "RECORDNO",
    f"""
PAYMENTKEY int readonly #ARPYMT:ARPYMT
RECORDKEY int #ARINVOICE:ARINVOICE
RECORDID text <- ARINVOICE.RECORDID
ENTRYKEY int #ARINVOICEITEM:ARINVOICEITEM
POSADJKEY int #ARADJUSTMENT:POSADJ
POSADJENTRYKEY int
ADJUSTMENTKEY int #ARADJUSTMENT:ADJUSTMENT
ADJUSTMENTENTRYKEY int
TRX_ADJUSTMENTAMOUNT money
INLINEKEY int
INLINEENTRYKEY int
TRX_INLINEAMOUNT money
ADVANCEKEY int #ARADVANCE:ADVANCE
ADVANCEENTRYKEY int
TRX_POSTEDADVANCEAMOUNT money
OVERPAYMENTKEY int #ARPYMT:OVERPAYMENT
OVERPAYMENTENTRYKEY int
TRX_POSTEDOVERPAYMENTAMOUNT money
NEGATIVEINVOICEKEY int #ARINVOICE:NEGATIVEINVOICE
NEGATIVEINVOICEENTRYKEY int
TRX_NEGATIVEINVOICEAMOUNT money
DISCOUNTDATE date
TRX_TOTALDISCOUNTTOAPPLY money
PAYMENTAMOUNT money readonly
TRX_PAYMENTAMOUNT money
CURRENCY text
STATE {_PAYMENT_STATES} readonly <- ARPYMT.STATE
""",
    is_unique=False,
)

RECEIVABLE_OBJECTS = (
    ARADJUSTMENT, ARADJUSTMENTITEM, ARADVANCE, ARADVANCEITEM, ARPYMT, ARPYMTDETAIL,
)  # fmt: skip

"""What customers are credited and what they pay: adjustments, advances and payments."""

from connector.sandbox.objects.credits import MONEY, TOTALS, adjustment, advance, detail, party
from connector.sandbox.objects.definition import Lines, Relation, describe

# Draft and Posted (completed) are documented for payments; what a reversal is called is chosen.
_PAYMENT_STATES = "enum(Draft=D|Posted=C|Reversed=V)"
_MEANS = """
FINANCIALENTITY text
UNDEPOSITEDACCOUNTNO text ->GLACCOUNT:UNDEPOSITEDACCOUNT
PRBATCH text
PRBATCHKEY int
DOCNUMBER text
DESCRIPTION text
PAYMENTDATE date
"""

ARADJUSTMENT, ARADJUSTMENTITEM = adjustment("AR", "Adjustment")
ARADVANCE, ARADVANCEITEM = advance(
    "AR",
    "enum(Printed Check=C|Cash=M|EFT=E|Credit Card=R)",
    f"{_MEANS.strip()} required\nRECEIPTDATE date required",
)
ARPYMT = describe(
    "ARPYMT",
    "AR payment",
    "RECORDNO",
    f"""
RECORDTYPE text readonly default=rp
RECORDID text readonly
{party("CUSTOMER")}
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
ARPYMTDETAIL = detail(
    "AR",
    "ARINVOICE",
    "ARPYMT",
    _PAYMENT_STATES,
    """
OVERPAYMENTKEY int #ARPYMT:OVERPAYMENT
OVERPAYMENTENTRYKEY int
TRX_POSTEDOVERPAYMENTAMOUNT money
NEGATIVEINVOICEKEY int #ARINVOICE:NEGATIVEINVOICE
NEGATIVEINVOICEENTRYKEY int #ARINVOICEITEM:NEGATIVELINE
TRX_NEGATIVEINVOICEAMOUNT money
TRX_TOTALDISCOUNTTOAPPLY money
""",
)

RECEIVABLE_OBJECTS = (
    ARADJUSTMENT, ARADJUSTMENTITEM, ARADVANCE, ARADVANCEITEM, ARPYMT, ARPYMTDETAIL,
)  # fmt: skip

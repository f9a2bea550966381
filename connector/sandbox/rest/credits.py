"""REST descriptions of adjustments and of advances to vendors, and of the lines of both."""

from connector.sandbox.rest.description import OwnedLines, RestObject, describe
from connector.sandbox.rest.transactions import APPLIED, DOCUMENT_LINE, LINE_DIMENSIONS, MONEY

_ACCOUNT = "general-ledger/account"
_STATES = {"draft": ("ACTION", "Draft"), "posted": ("ACTION", "Submit")}
_RECEIVABLE = "accounts-receivable/adjustment"
_PAYABLE = "accounts-payable/adjustment"
_ADVANCE = "accounts-payable/advance"
_ADJUSTMENT = """
id RECORDNO readonly
recordType RECORDTYPE
state STATE
adjustmentNumber RECORDID
createdDate WHENCREATED required
postingDate WHENPOSTED
referenceNumber DOCNUMBER
description DESCRIPTION
adjustmentSummary.id PRBATCH
"""
# The money of an AR adjustment nests otherwise than that of every other document.
_RECEIVABLE_MONEY = """
baseCurrency.currency BASECURR
baseCurrency.totalAmount TOTALENTERED
baseCurrency.totalDue TOTALDUE
txnCurrency.currency CURRENCY
txnCurrency.totalAmount TRX_TOTALENTERED
txnCurrency.totalDue TRX_TOTALDUE
exchangeRate.date EXCH_RATE_DATE
exchangeRate.typeId EXCH_RATE_TYPE_ID
exchangeRate.rate EXCHANGE_RATE number
"""
_RECEIVABLE_LINE = f"""
id RECORDNO readonly
arAdjustment @{_RECEIVABLE} RECORDKEY
lineNumber LINE_NO number
glAccount @{_ACCOUNT} ACCOUNTNO
accountLabel.id ACCOUNTLABEL
txnCurrency.amount TRX_AMOUNT required
txnCurrency.currency CURRENCY
baseCurrency.amount AMOUNT
memo ENTRYDESCRIPTION
{LINE_DIMENSIONS}"""

CREDITS: tuple[RestObject, ...] = (
    describe(
        _RECEIVABLE,
        "ARADJUSTMENT",
        "customer @accounts-receivable/customer CUSTOMERID required\n"
        + _ADJUSTMENT
        + _RECEIVABLE_MONEY,
        lines=OwnedLines("lines", "accounts-receivable/adjustment-line"),
        states=_STATES,
    ),
    describe(
        "accounts-receivable/adjustment-line",
        "ARADJUSTMENTITEM",
        _RECEIVABLE_LINE,
        owner=_RECEIVABLE,
    ),
    describe(
        _PAYABLE,
        "APADJUSTMENT",
        "vendor @accounts-payable/vendor VENDORID required\n" + _ADJUSTMENT + MONEY,
        lines=OwnedLines("lines", "accounts-payable/adjustment-line"),
        states=_STATES,
    ),
    describe(
        "accounts-payable/adjustment-line",
        "APADJUSTMENTITEM",
        f"apAdjustment @{_PAYABLE} RECORDKEY\nhasForm1099 FORM1099 true=true false=false\n"
        f"form1099.type FORM1099TYPE\nform1099.box FORM1099BOX\n{DOCUMENT_LINE}",
        owner=_PAYABLE,
    ),
    describe(
        _ADVANCE,
        "APADVANCE",
        f"""
id RECORDNO readonly
recordType RECORDTYPE
state STATE partiallyApplied=Partially_Paid fullyApplied=Paid
vendor @accounts-payable/vendor VENDORID required
advanceDate PAYMENTDATE required
paymentMethod PAYMENTMETHOD required
financialEntity.entityId FINANCIALENTITY
referenceNumber DOCNUMBER
description DESCRIPTION
advanceSummary.id PRBATCH
attachment.id SUPDOCID
currency.baseCurrency BASECURR
currency.txnCurrency CURRENCY
currency.exchangeRate.date EXCH_RATE_DATE
currency.exchangeRate.typeId EXCH_RATE_TYPE_ID
currency.exchangeRate.rate EXCHANGE_RATE number
totalDue TOTALDUE
txnTotalDue TRX_TOTALDUE
paymentInformation.paidDate WHENPAID
{APPLIED}""",
        lines=OwnedLines("lines", "accounts-payable/advance-line"),
        states=_STATES,
    ),
    describe(
        "accounts-payable/advance-line",
        "APADVANCEITEM",
        f"apAdvance @{_ADVANCE} RECORDKEY\n{DOCUMENT_LINE}",
        owner=_ADVANCE,
    ),
)

"""REST descriptions of payments, and of what customers pay in advance."""

from connector.sandbox.rest.description import OwnedLines, RestObject, describe
from connector.sandbox.rest.transactions import APPLIED, DOCUMENT_LINE

_CUSTOMER, _VENDOR = "accounts-receivable/customer", "accounts-payable/vendor"
_ACCOUNT = "general-ledger/account"
_INVOICE, _BILL = "accounts-receivable/invoice", "accounts-payable/bill"
_RECEIVED, _MADE = "accounts-receivable/payment", "accounts-payable/payment"

_PAYMENT = """
id RECORDNO readonly
recordType RECORDTYPE
documentNumber DOCNUMBER
description DESCRIPTION
financialEntity.entityId FINANCIALENTITY
txnCurrency.totalPaid TRX_TOTALPAID
txnCurrency.totalSelected TRX_TOTALSELECTED
txnCurrency.totalDue TRX_TOTALDUE
baseCurrency.totalPaid TOTALPAID
baseCurrency.totalSelected TOTALSELECTED
baseCurrency.totalDue TOTALDUE
txnCurrency.totalAmount TRX_TOTALENTERED
baseCurrency.currency BASECURR
baseCurrency.totalAmount TOTALENTERED
exchangeRate.date EXCH_RATE_DATE
exchangeRate.typeId EXCH_RATE_TYPE_ID
exchangeRate.rate EXCHANGE_RATE number
"""
_RECEIVED_PAYMENT = (
    f"""
state STATE complete=Posted
customer @{_CUSTOMER} CUSTOMERID
payerName PAYERNAME
paymentMethod PAYMENTMETHOD required
undepositedGLAccount @{_ACCOUNT} UNDEPOSITEDACCOUNTNO
paymentSummary.id PRBATCH
paymentSummary.receiptDate RECEIPTDATE required
paymentDate PAYMENTDATE
txnCurrency.currency CURRENCY required
overPaymentAmount OVERPAYMENTAMOUNT
overPaymentDimensions.locationId OVERPAYMENTLOCATIONID
overPaymentDimensions.departmentId OVERPAYMENTDEPARTMENTID
attachment.id SUPDOCID
"""
    + _PAYMENT
)
_RECEIVED_DETAIL = f"""
id RECORDNO readonly
arPayment @{_RECEIVED} PAYMENTKEY
arInvoice @{_INVOICE} RECORDKEY
arInvoiceLine @accounts-receivable/invoice-line ENTRYKEY
negativeInvoice @{_INVOICE} NEGATIVEINVOICEKEY
postedAdvance @accounts-receivable/advance ADVANCEKEY
postedOverPayment @{_RECEIVED} OVERPAYMENTKEY
arAdjustment @accounts-receivable/adjustment ADJUSTMENTKEY
arAdjustmentLine @accounts-receivable/adjustment-line ADJUSTMENTENTRYKEY
positiveAdjustment @accounts-receivable/adjustment POSADJKEY
positiveAdjustmentLine @accounts-receivable/adjustment-line POSADJENTRYKEY
negativeInvoiceLine @accounts-receivable/invoice-line NEGATIVEINVOICEENTRYKEY
postedAdvanceLine @accounts-receivable/advance-line ADVANCEENTRYKEY
postedOverPaymentLine.key OVERPAYMENTENTRYKEY
inlineTxn @accounts-receivable/invoice INLINEKEY
inlineTxnLine @accounts-receivable/invoice-line INLINEENTRYKEY
discountDate DISCOUNTDATE
txnCurrency.inlineAmount TRX_INLINEAMOUNT
txnCurrency.adjustmentAmount TRX_ADJUSTMENTAMOUNT
txnCurrency.postedOverPaymentAmount TRX_POSTEDOVERPAYMENTAMOUNT
txnCurrency.discountToApply TRX_TOTALDISCOUNTTOAPPLY
txnCurrency.currency CURRENCY
txnCurrency.paymentAmount TRX_PAYMENTAMOUNT
txnCurrency.postedAdvanceAmount TRX_POSTEDADVANCEAMOUNT
txnCurrency.negativeInvoiceAmount TRX_NEGATIVEINVOICEAMOUNT
baseCurrency.paymentAmount PAYMENTAMOUNT
"""
_METHODS = (
    "printedCheck=Printed_Check jointCheck=Joint_Check cash=Cash eft=EFT creditCard=Credit_Card"
    " ach=ACH checkDelivery=Check_Delivery wfCheck=WF_Check wfDomesticACH=WF_Domestic_ACH"
    " wfUSDWire=WF_USD_Wire"
)
# Sage's words for two of the ways are published; those of the others follow their labels.
_REQUESTS = (
    "useVendorPreference=vendorpref generateOneRequestPerVendor=vendor"
    " generateOneRequestPerBill=bill generateOneRequestPerPayTo=payto"
)
_MADE_PAYMENT = (
    f"""
state STATE
vendor @{_VENDOR} VENDORID required
paymentMethod PAYMENTMETHOD required {_METHODS}
paymentDate PAYMENTDATE required
txnDate WHENCREATED
txnPaidDate WHENPAID
paymentRequestMethod PAYMENTREQUESTMETHOD {_REQUESTS}
txnCurrency.currency CURRENCY required
"""
    + _PAYMENT
)
_MADE_DETAIL = f"""
id RECORDNO readonly
apPayment @{_MADE} PAYMENTKEY
bill @{_BILL} RECORDKEY
billLine @accounts-payable/bill-line ENTRYKEY
apPostedAdvance @accounts-payable/advance ADVANCEKEY
apPostedAdvanceLine @accounts-payable/advance-line ADVANCEENTRYKEY
apCreditAdjustment @accounts-payable/adjustment ADJUSTMENTKEY
apCreditAdjustmentLine @accounts-payable/adjustment-line ADJUSTMENTENTRYKEY
apDebitAdjustment @accounts-payable/adjustment POSADJKEY
apDebitAdjustmentLine @accounts-payable/adjustment-line POSADJENTRYKEY
inlineBill @accounts-payable/bill INLINEKEY
inlineBillLine @accounts-payable/bill-line INLINEENTRYKEY
jointPayee.printAs JOINTPAYEEPRINTAS
discountDate DISCOUNTDATE
txnCurrency.inlineAmount TRX_INLINEAMOUNT
txnCurrency.currency CURRENCY
txnCurrency.postedAdvanceAmount TRX_POSTEDADVANCEAMOUNT
txnCurrency.adjustmentAmount TRX_ADJUSTMENTAMOUNT
txnCurrency.paymentAmount TRX_PAYMENTAMOUNT
baseCurrency.paymentAmount PAYMENTAMOUNT
"""
_ADVANCE = f"""
id RECORDNO readonly
recordType RECORDTYPE
state STATE partiallyApplied=Partially_Paid fullyApplied=Paid
customer @{_CUSTOMER} CUSTOMERID required
referenceNumber DOCNUMBER
description DESCRIPTION
glAccount.undepositedGLAccountNumber UNDEPOSITEDACCOUNTNO
paymentInformation.financialEntity.id FINANCIALENTITY
paymentInformation.currency.baseCurrency BASECURR
paymentInformation.currency.txnCurrency CURRENCY
paymentInformation.currency.exchangeRateDate EXCH_RATE_DATE
paymentInformation.currency.exchangeRateTypeId EXCH_RATE_TYPE_ID
paymentInformation.currency.exchangeRate EXCHANGE_RATE number
paymentInformation.totalDue TOTALDUE
paymentInformation.totalTxnAmountDue TRX_TOTALDUE
paymentInformation.paymentDate PAYMENTDATE required
paymentInformation.receiptDate RECEIPTDATE required
paymentInformation.paymentMethod PAYMENTMETHOD required
advanceSummary.id PRBATCH
attachment.id SUPDOCID
{APPLIED}"""

PAYMENTS: tuple[RestObject, ...] = (
    describe(
        "accounts-receivable/advance",
        "ARADVANCE",
        _ADVANCE,
        # Advances alone call their lines items.
        lines=OwnedLines("items", "accounts-receivable/advance-line"),
        states={"draft": ("ACTION", "Draft"), "posted": ("ACTION", "Submit")},
    ),
    describe(
        "accounts-receivable/advance-line",
        "ARADVANCEITEM",
        f"arAdvance @accounts-receivable/advance RECORDKEY\n{DOCUMENT_LINE}",
        owner="accounts-receivable/advance",
    ),
    describe(
        _RECEIVED,
        "ARPYMT",
        _RECEIVED_PAYMENT,
        lines=OwnedLines("paymentDetails", "accounts-receivable/payment-detail"),
        states={"draft": ("ACTION", "Draft"), "complete": ("ACTION", "Submit")},
    ),
    describe(
        "accounts-receivable/payment-detail", "ARPYMTDETAIL", _RECEIVED_DETAIL, owner=_RECEIVED
    ),
    describe(
        _MADE,
        "APPYMT",
        _MADE_PAYMENT,
        lines=OwnedLines("details", "accounts-payable/payment-detail", is_always_sent=True),
        states={"draft": ("ACTION", "Draft"), "submitted": ("ACTION", "Submit")},
    ),
    describe("accounts-payable/payment-detail", "APPYMTDETAIL", _MADE_DETAIL, owner=_MADE),
)

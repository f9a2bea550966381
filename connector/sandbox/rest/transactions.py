"""REST descriptions of transactions and their lines."""

from connector.sandbox.rest.description import OwnedLines, RestObject, describe

_CUSTOMER, _VENDOR = "accounts-receivable/customer", "accounts-payable/vendor"
_ACCOUNT, _CONTACT = "general-ledger/account", "company-config/contact"
_INVOICE, _BILL = "accounts-receivable/invoice", "accounts-payable/bill"
_JOURNAL_ENTRY = "general-ledger/journal-entry"
_RECEIVED, _MADE = "accounts-receivable/payment", "accounts-payable/payment"

_OTHER_DIMENSIONS = f"""
dimensions.project @projects/project PROJECTID
dimensions.customer @{_CUSTOMER} CUSTOMERID
dimensions.vendor @{_VENDOR} VENDORID
dimensions.employee @company-config/employee EMPLOYEEID
dimensions.item @inventory-control/item ITEMID
dimensions.class @company-config/class CLASSID
dimensions.nsp::region @platform-apps/nsp::region GLDIMREGION
"""
LINE_DIMENSIONS = f"""
dimensions.location @company-config/location LOCATIONID
dimensions.department @company-config/department DEPARTMENTID
{_OTHER_DIMENSIONS}"""
MONEY = """
currency.baseCurrency BASECURR
currency.txnCurrency CURRENCY
currency.exchangeRate.date EXCH_RATE_DATE
currency.exchangeRate.typeId EXCH_RATE_TYPE_ID
currency.exchangeRate.rate EXCHANGE_RATE number
totalBaseAmount TOTALENTERED
totalBaseAmountDue TOTALDUE
totalTxnAmount TRX_TOTALENTERED
totalTxnAmountDue TRX_TOTALDUE
paymentInformation.fullyPaidDate WHENPAID
paymentInformation.totalBaseAmountPaid TOTALPAID
paymentInformation.totalBaseAmountSelectedForPayment TOTALSELECTED
paymentInformation.totalTxnAmountPaid TRX_TOTALPAID
paymentInformation.totalTxnAmountSelectedForPayment TRX_TOTALSELECTED
"""
_DOCUMENT = f"""
id RECORDNO readonly
recordType RECORDTYPE
state STATE
referenceNumber DOCNUMBER
description DESCRIPTION
dueDate WHENDUE required
dueInDays DUE_IN_DAYS number
discountCutOffDate WHENDISCOUNT
attachment.id SUPDOCID
contacts.payTo @{_CONTACT} BILLTOPAYTOCONTACTNAME
contacts.returnTo @{_CONTACT} SHIPTORETURNTOCONTACTNAME
isOnHold ONHOLD
{MONEY}"""
DOCUMENT_LINE = f"""
id RECORDNO readonly
lineNumber LINE_NO number
glAccount @{_ACCOUNT} ACCOUNTNO
accountLabel.id ACCOUNTLABEL
overrideOffsetGLAccount @{_ACCOUNT} OFFSETGLACCOUNTNO
txnAmount TRX_AMOUNT required
baseAmount AMOUNT
memo ENTRYDESCRIPTION
allocation.id ALLOCATION
currency.txnCurrency CURRENCY readonly
currency.exchangeRate.rate EXCHANGE_RATE number
{LINE_DIMENSIONS}"""
_JOURNAL = f"""
id RECORDNO readonly
glJournal @general-ledger/journal JOURNAL required
postingDate BATCH_DATE required
description BATCH_TITLE required
state STATE
txnNumber BATCHNO number
referenceNumber REFERENCENO
automaticReversalDate REVERSEDATE
moduleKey MODULE
attachment.id SUPDOCID
baseLocation @company-config/location BASELOCATION_NO
reversedBy @{_JOURNAL_ENTRY} REVERSEDKEY readonly
reversedFrom @{_JOURNAL_ENTRY} REVERSEDFROM readonly
"""
_JOURNAL_LINE = f"""
id RECORDNO readonly
journalEntry @{_JOURNAL_ENTRY} BATCHNO
lineNumber LINE_NO number
txnType TR_TYPE required debit=1 credit=-1
txnAmount TRX_AMOUNT required
baseAmount AMOUNT readonly
glAccount @{_ACCOUNT} ACCOUNTNO required
documentId DOCUMENT
description DESCRIPTION
isBillable BILLABLE
allocation.id ALLOCATION
currency.baseCurrency BASECURR
currency.txnCurrency CURRENCY readonly
currency.exchangeRate.date EXCH_RATE_DATE
currency.exchangeRate.typeId EXCH_RATE_TYPE_ID
currency.exchangeRate.rate EXCHANGE_RATE number
dimensions.location @company-config/location LOCATION
dimensions.department @company-config/department DEPARTMENT
{_OTHER_DIMENSIONS}"""
_PAYMENT = """
id RECORDNO readonly
recordType RECORDTYPE
documentNumber DOCNUMBER
description DESCRIPTION
financialEntity.entityId FINANCIALENTITY
txnCurrency.totalPaid TRX_TOTALPAID
txnCurrency.totalDue TRX_TOTALDUE
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
discountDate DISCOUNTDATE
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
_MADE_PAYMENT = (
    f"""
state STATE
vendor @{_VENDOR} VENDORID required
paymentMethod PAYMENTMETHOD required {_METHODS}
paymentDate PAYMENTDATE required
txnCurrency.currency CURRENCY required
"""
    + _PAYMENT
)
_MADE_DETAIL = f"""
id RECORDNO readonly
apPayment @{_MADE} PAYMENTKEY
bill @{_BILL} RECORDKEY
billLine @accounts-payable/bill-line ENTRYKEY
advance @accounts-payable/advance ADVANCEKEY
apAdjustment @accounts-payable/adjustment ADJUSTMENTKEY
discountDate DISCOUNTDATE
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
financialEntity.entityId FINANCIALENTITY
undepositedGLAccount @{_ACCOUNT} UNDEPOSITEDACCOUNTNO
paymentInformation.paymentDate PAYMENTDATE required
paymentInformation.receiptDate RECEIPTDATE required
paymentInformation.paymentMethod PAYMENTMETHOD required
advanceSummary.id PRBATCH
attachment.id SUPDOCID
{MONEY}"""

TRANSACTIONS: tuple[RestObject, ...] = (
    describe(
        _INVOICE,
        "ARINVOICE",
        f"""
invoiceNumber RECORDID
customer @{_CUSTOMER} CUSTOMERID required
invoiceDate WHENCREATED required
term @accounts-receivable/term TERMNAME
invoiceSummary.id PRBATCH
invoiceSummary.glPostingDate WHENPOSTED
{_DOCUMENT}""",
        lines=OwnedLines("lines", "accounts-receivable/invoice-line"),
        states={"draft": ("ACTION", "Draft"), "posted": ("ACTION", "Submit")},
    ),
    describe(
        "accounts-receivable/invoice-line",
        "ARINVOICEITEM",
        f"invoice @{_INVOICE} RECORDKEY\nisBillable BILLABLE\n{DOCUMENT_LINE}",
        owner=_INVOICE,
    ),
    describe(
        _BILL,
        "APBILL",
        f"""
billNumber RECORDID
vendor @{_VENDOR} VENDORID required
createdDate WHENCREATED required
postingDate WHENPOSTED
recommendedPaymentDate RECPAYMENTDATE
paymentPriority PAYMENTPRIORITY
isTaxInclusive INCLUSIVETAX
term @accounts-payable/term TERMNAME
billSummary.id PRBATCH
{_DOCUMENT}""",
        lines=OwnedLines("lines", "accounts-payable/bill-line"),
        states={"draft": ("ACTION", "Draft"), "posted": ("ACTION", "Submit")},
    ),
    describe(
        "accounts-payable/bill-line",
        "APBILLITEM",
        f"""
bill @{_BILL} RECORDKEY
project.isBillable BILLABLE
hasForm1099 FORM1099 true=true false=false
form1099.type FORM1099TYPE
form1099.box FORM1099BOX
{DOCUMENT_LINE}""",
        owner=_BILL,
    ),
    describe(
        _JOURNAL_ENTRY,
        "GLBATCH",
        _JOURNAL,
        lines=OwnedLines("lines", "general-ledger/journal-entry-line", is_always_sent=True),
        states={"draft": ("STATE", "Draft"), "posted": ("STATE", "Posted")},
    ),
    describe("general-ledger/journal-entry-line", "GLENTRY", _JOURNAL_LINE, owner=_JOURNAL_ENTRY),
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
        f"advance @accounts-receivable/advance RECORDKEY\n{DOCUMENT_LINE}",
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

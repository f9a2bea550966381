"""REST descriptions of transactions and their lines."""

from connector.sandbox.rest.description import OwnedLines, RestObject, describe

_CUSTOMER, _VENDOR = "accounts-receivable/customer", "accounts-payable/vendor"
_ACCOUNT, _CONTACT = "general-ledger/account", "company-config/contact"
_INVOICE, _BILL = "accounts-receivable/invoice", "accounts-payable/bill"
_JOURNAL_ENTRY = "general-ledger/journal-entry"

_OTHER_DIMENSIONS = f"""
dimensions.project @projects/project PROJECTID
dimensions.customer @{_CUSTOMER} CUSTOMERID
dimensions.vendor @{_VENDOR} VENDORID
dimensions.employee @company-config/employee EMPLOYEEID
dimensions.item @inventory-control/item ITEMID
dimensions.class @company-config/class CLASSID
dimensions.task.id TASKID
dimensions.costType.id COSTTYPEID
dimensions.contract @contracts/contract CONTRACTID
dimensions.warehouse @inventory-control/warehouse WAREHOUSEID
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
# Advances name what was and what can be applied of them as payments do.
APPLIED = """
totalEntered TOTALENTERED
txnTotalEntered TRX_TOTALENTERED
paymentInformation.totalPaid TOTALPAID
paymentInformation.txnTotalPaid TRX_TOTALPAID
paymentInformation.totalSelected TOTALSELECTED
paymentInformation.txnTotalSelected TRX_TOTALSELECTED
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
currency.baseCurrency BASECURR readonly
currency.txnCurrency CURRENCY readonly
currency.exchangeRate.date EXCH_RATE_DATE readonly
currency.exchangeRate.typeId EXCH_RATE_TYPE_ID readonly
currency.exchangeRate.rate EXCHANGE_RATE number
paymentInformation.totalBaseAmountPaid TOTALPAID
paymentInformation.totalTxnAmountPaid TRX_TOTALPAID
paymentInformation.totalBaseAmountSelectedForPayment TOTALSELECTED
paymentInformation.totalTxnAmountSelectedForPayment TRX_TOTALSELECTED
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
customerMessage @accounts-receivable/customer-message CUSTMESSAGEID
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
)

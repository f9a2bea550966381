"""REST descriptions of master data other than people and companies."""

from connector.sandbox.rest.description import OwnedLines, RestObject, describe

_ACCOUNT = """
id ACCOUNTNO required
name TITLE required
accountType ACCOUNTTYPE balanceSheet=balancesheet incomeStatement=incomestatement
normalBalance NORMALBALANCE
closingType CLOSINGTYPE
category CATEGORY
closeToGLAccount @general-ledger/account CLOSINGACCOUNTNO
isTaxable TAXABLE
requireDimensions.department REQUIREDEPT
requireDimensions.location REQUIRELOC
requireDimensions.project REQUIREPROJECT
requireDimensions.customer REQUIRECUSTOMER
requireDimensions.vendor REQUIREVENDOR
requireDimensions.employee REQUIREEMPLOYEE
requireDimensions.item REQUIREITEM
requireDimensions.class REQUIRECLASS
requireDimensions.contract REQUIRECONTRACT
requireDimensions.warehouse REQUIREWAREHOUSE
taxCode TAXCODE
mrcCode MRCCODE
status STATUS
"""
_LOCATION = """
id LOCATIONID required
name NAME required
parent @company-config/location PARENTID
status STATUS
"""
_DEPARTMENT = """
id DEPARTMENTID required
name TITLE required
parent @company-config/department PARENTID
status STATUS
"""
_CLASS = """
id CLASSID required
name NAME required
description DESCRIPTION
parent @company-config/class PARENTID
status STATUS
"""
_TERM = """
id NAME required
description DESCRIPTION
due.days DUEDATE number
discount.days DISCDATE number
discount.amount DISCAMOUNT number
discount.unit DISCPERCAMN percentage=percent
status STATUS
"""
_ITEM = """
id ITEMID required
name NAME required
itemType ITEMTYPE required
extendedDescription EXTENDED_DESCRIPTION
basePrice BASEPRICE
isTaxable TAXABLE
status STATUS
"""
_PROJECT = """
id PROJECTID
name NAME required
category PROJECTCATEGORY required
description DESCRIPTION
parent @projects/project PARENTID
customer @accounts-receivable/customer CUSTOMERID
projectType @projects/project-type PROJECTTYPE
projectStatus @projects/project-status PROJECTSTATUS
manager @company-config/employee MANAGERID
department @company-config/department DEPARTMENTID
location @company-config/location LOCATIONID
class @company-config/class CLASSID
paymentTerm @accounts-receivable/term TERMNAME
attachment.id SUPDOCID
documentNumber DOCNUMBER
projectCurrency CURRENCY
contractAmount CONTRACTAMOUNT
startDate BEGINDATE
endDate ENDDATE
invoiceWithParent INVOICEWITHPARENT
status STATUS
"""
_ENTITY_OBJECT = """
id LOCATIONID required
name NAME required
reportPrintAs REPORTPRINTAS
status STATUS
"""
_PERIOD = """
id NAME required
columnHeader1 HEADER1 required
columnHeader2 HEADER2
startDate START_DATE required
endDate END_DATE required
isBudgetable BUDGETING
status STATUS
"""

_JOURNAL = """
id SYMBOL required
name TITLE required
startDate STARTDATE
bookType BOOKID accrual=ACCRUAL cash=CASH
status STATUS
"""
_STATISTICAL = """
id ACCOUNTNO required
name TITLE required
reportType REPORTTYPE
category CATEGORY
requireDimensions.department REQUIREDEPT
requireDimensions.location REQUIRELOC
status STATUS
"""
_BANK = """
id BANKACCOUNTID required
bankAccountDetails.bankName BANKNAME required
bankAccountDetails.accountNumber BANKACCOUNTNO required
bankAccountDetails.routingNumber ROUTINGNO
bankAccountDetails.currency CURRENCY
accounting.glAccount @general-ledger/account GLACCOUNTNO required
location @company-config/location LOCATIONID
department @company-config/department DEPARTMENTID
status STATUS
"""
_CARD = """
id CARDID required
description DESCRIPTION
liabilityType LIABILITYTYPE
accounting.glAccount @general-ledger/account GLACCOUNTNO
vendor @accounts-payable/vendor VENDORID
currency CURRENCY
status STATUS
"""
_FOLDER = """
id NAME required
description DESCRIPTION
parent @company-config/folder PARENTFOLDER
status STATUS
"""
_ATTACHMENT = """
id SUPDOCID required
name SUPDOCNAME required
folder @company-config/folder FOLDERNAME required
description DESCRIPTION
status STATUS
"""
_FILE = """
id RECORDNO readonly
attachment @company-config/attachment SUPDOCKEY
name FILENAME required
data ATTACHMENTDATA required
"""
_TASK = """
id TASKID
name NAME required
project @projects/project PROJECTID required
parent @projects/task PARENTKEY
item @inventory-control/item ITEMID
class @company-config/class CLASSID
description DESCRIPTION
isBillable BILLABLE
plannedStartDate PBEGINDATE
plannedEndDate PENDDATE
status STATUS
"""
_LABEL = """
id ACCOUNTLABEL required
description DESCRIPTION
glAccount @general-ledger/account GLACCOUNTNO required
status STATUS
"""
_TYPE = """
id NAME required
status STATUS
"""
_MESSAGE = """
id MESSAGEID required
message MESSAGE
status STATUS
"""
_WAREHOUSE = """
id WAREHOUSEID required
name NAME required
location @company-config/location LOC.LOCATIONID
manager @company-config/employee MANAGERID
parent @inventory-control/warehouse PARENTID
contacts.primary @company-config/contact CONTACTINFO.CONTACTNAME
contacts.shipTo @company-config/contact SHIPTO.CONTACTNAME
status STATUS
"""
_COST_TYPE = """
id COSTTYPEID required
name NAME required
project @projects/project PROJECTID required
task @projects/task TASKKEY
description DESCRIPTION
status STATUS
"""
_CONTRACT = """
id CONTRACTID readonly
name NAME readonly
customer @accounts-receivable/customer CUSTOMERID readonly
startDate BEGINDATE readonly
endDate ENDDATE readonly
billingFrequency BILLINGFREQUENCY readonly
description DESCRIPTION readonly
state STATE readonly
"""
DIMENSION = """
id NAME required
description DESCRIPTION
status STATUS
"""

MASTERS: tuple[RestObject, ...] = (
    describe("general-ledger/account", "GLACCOUNT", _ACCOUNT),
    describe("company-config/location", "LOCATION", _LOCATION),
    describe("company-config/entity", "LOCATIONENTITY", _ENTITY_OBJECT),
    describe("company-config/department", "DEPARTMENT", _DEPARTMENT),
    describe("company-config/class", "CLASS", _CLASS),
    describe("accounts-receivable/term", "ARTERM", _TERM),
    describe("accounts-payable/term", "APTERM", _TERM),
    describe("general-ledger/journal", "GLJOURNAL", _JOURNAL),
    describe("general-ledger/statistical-account", "STATACCOUNT", _STATISTICAL),
    describe("cash-management/checking-account", "CHECKINGACCOUNT", _BANK),
    describe("cash-management/savings-account", "SAVINGSACCOUNT", _BANK),
    describe("cash-management/credit-card-account", "CREDITCARD", _CARD),
    describe("company-config/folder", "SUPDOCFOLDER", _FOLDER),
    describe(
        "company-config/attachment",
        "SUPDOC",
        _ATTACHMENT,
        lines=OwnedLines("files", "company-config/file"),
    ),
    describe("company-config/file", "SUPDOCFILE", _FILE, owner="company-config/attachment"),
    describe("projects/task", "TASK", _TASK),
    describe("accounts-receivable/account-label", "ARACCOUNTLABEL", _LABEL),
    describe("accounts-payable/account-label", "APACCOUNTLABEL", _LABEL),
    describe("accounts-receivable/customer-type", "CUSTTYPE", _TYPE),
    describe("accounts-payable/vendor-type", "VENDTYPE", _TYPE),
    describe("projects/project-type", "PROJECTTYPE", _TYPE),
    describe("projects/project-status", "PROJECTSTATUS", _TYPE),
    describe("construction/cost-type", "COSTTYPE", _COST_TYPE),
    describe("contracts/contract", "CONTRACT", _CONTRACT),
    describe("inventory-control/warehouse", "WAREHOUSE", _WAREHOUSE),
    describe("accounts-receivable/customer-message", "CUSTMESSAGE", _MESSAGE),
    describe("tax/contact-tax-group", "TAXGROUP", _TYPE),
    describe("platform-apps/nsp::region", "REGION", DIMENSION),
    describe("inventory-control/item", "ITEM", _ITEM),
    describe("projects/project", "PROJECT", _PROJECT),
    describe("general-ledger/reporting-period", "REPORTINGPERIOD", _PERIOD),
)

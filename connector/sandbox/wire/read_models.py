"""Content models of the functions that only read: facts of the official schema (api.xsd)."""

_LISTED = """
accountgroup achbankconfiguration adjjournal allocation apaccountlabel apadjustment
apadjustmentbatch appayment appaymentrequest apterm araccountlabel aradjustment
aradjustmentbatch arpayment arpaymentbatch arterm artransactiondef bankaccount bill billbatch
cctransaction class company_info contact contacttaxgroup costtype csnhistory custglgroup
customer customerachinfo customerbankaccount customerchargecard customerppackage
customervisibility department earningtype employee employeepref employeerate
expenseadjustmentreport expensepaymenttype expensereport expensereportbatch expensetypes
glaccount glbudget glbudgetitem glentry gltransaction icitem icitemtotals ictotal ictransaction
ictransactiondef invoice invoicebatch itemglgroup itemtaxgroup itemtotal journal location
locationentity locationgroup otherreceipts popricelist potransaction potransactiondef
pricelistitem productline project projectstatus projecttype recursotransaction renewalmacro
reportingperiod revrecchangelog revrecschedule revrecscheduleentry revrectemplate smarteventlog
sopricelist sotransaction sotransactiondef statglaccount statjournal stkittransaction
subscription supdoc supdocfolder task taxdetail taxschedule taxscheduledetail taxschedulemap
territory timesheet timetype trxcurrencies uom vendglgroup vendor vendorentityaccount vendorpref
vendorvisibility vsoeallocation vsoeitempricelist vsoepricelist warehouse
""".split()  # noqa: SIM905 # a long list of names reads better as text
_GOT = """
accountgroup achbankconfiguration allocation apaccountlabel appaymentrequest apterm
araccountlabel arterm bankaccount bill cctransaction class company_info contact costtype
csnhistory customer customerachinfo customerbankaccount customerchargecard customervisibility
department earningtype employee employeerate expensetypes glaccount icitem ictransaction invoice
journal location locationentity locationgroup otherreceipts popricelist potransaction
pricelistitem productline project projectstatus projecttype recurbill recurinvoice
recurringgltransaction recurringstatgltrans recursotransaction renewalmacro reportingperiod
revrecschedule revrecscheduleentry sopricelist sotransaction statglaccount stkittransaction
subscription supdoc supdocfolder task taxdetail taxschedule taxscheduledetail taxschedulemap
territory timesheet timetype trxcurrencies vendor vendorvisibility vsoeallocation vsoepricelist
warehouse
""".split()  # noqa: SIM905 # same

READS = f"""
lookup = {{object, docparid?}}
inspect @detail = object | name
getUserPermissions = {{userId}}
getDimensions = EMPTY
getDimensionRelationships = EMPTY
getFinancialSetup = EMPTY
readUserFormatting = key | userId
getAuditTrail = object, (objectKey | recordNo)
get_companyprefs @application! = EMPTY
readRelated = {{object, keys, relation, fields?, returnFormat?}}
readView = {{view, pagesize?, returnFormat?, filters?}}
filters = filterCondition?, filterExpression+
filterExpression = field, operator, value
readReport @returnDef @type @libraryReport = {{report, pagesize?, returnFormat?, arguments:ANY?,
    waitTime?, listSeparator?, reportId?, showStatusOnly:BOOLEAN?}}
get_list @object!={"|".join(_LISTED)} @start @maxitems @showprivate=true|false =
    filter:LEGACY_FILTER?, sorts?, fields:LEGACY_FIELDS?, additional_parameters?
get @object!={"|".join(_GOT)} @key! @externalkey=true|false = fields:LEGACY_FIELDS?
LEGACY_FILTER = logical+ | expression+
logical @logical_operator!=and|or @object = (logical | expression), (logical | expression)+
expression @object = field, operator, value
sorts = sortfield+
sortfield @order!=asc|desc = TEXT
LEGACY_FIELDS = field+
additional_parameters = parameter+
parameter = name, value
"""

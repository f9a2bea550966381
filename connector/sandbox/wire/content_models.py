"""What a request may hold, element by element: facts of the official schema (api.xsd).

Another function is one more line here. Functions of the closed list without a line are not judged
below their name, since this sandbox does not run them.
"""

from connector.sandbox.wire.delete_models import DELETES
from connector.sandbox.wire.function_names import FUNCTION_NAMES
from connector.sandbox.wire.grammar import Grammar
from connector.sandbox.wire.read_models import READS
from connector.sandbox.wire.report_models import REPORTS

# Named by the documents since 2023 R4; the published copy of the schema is older.
_LATER = frozenset({"recallApBill"})
_CURRENCY = "currency, ((exchratedate:DATE?, exchratetype) | exchrate)"
_JOB = "(projectid, (taskid, costtypeid?)?)?"
_DIMENSIONS = "customerid?, vendorid?, employeeid?, itemid?, classid?, contractid?, warehouseid?"
_LINE_END = "billable?, totaltrxamount?, partialexempt?, paymenttaxcapture?, taxentries?"
_REVENUE = "revrectemplate?, defrevaccount?, revrecstartdate:DATE?, revrecenddate:DATE?"
_COMPARISONS = (
    "equalto:COMPARISON | notequalto:COMPARISON | lessthan:COMPARISON"
    " | lessthanorequalto:COMPARISON | greaterthan:COMPARISON | greaterthanorequalto:COMPARISON"
    " | between | in:LISTING | notin:LISTING | like:COMPARISON | notlike:COMPARISON"
    " | isnull:TESTED | isnotnull:TESTED"
)
_CONTACT = (
    "contactname, printas, taxable?, companyname?, taxgroup?, prefix?, firstname?, lastname?,"
    " initial?, phone1?, phone2?, cellphone?, pager?, fax?, email1?, email2?, url1?, url2?,"
    " status?, mailaddress?, taxid?, taxsolutionid?, taxschedule?"
)

ENVELOPE = f"""
request = control, operation+
control = appid?, senderid, password?, controlid:CONTROLID, uniqueid?, dtdversion?, policyid?,
    debug?, includewhitespace:BOOLEAN?, showadditionalerrorinfo:BOOLEAN?
operation @transaction=true|false = authentication, preferences*, content*
authentication = login | sessionid | oauth
login = userid, companyid, password, clientid?, locationid?
preferences = companyprefs*, moduleprefs*
companyprefs = companypref+
moduleprefs = modulepref+
companypref = application, preference, prefvalue
modulepref = application, preference, prefvalue
content = function+
function @controlid!<=256 = {" | ".join(sorted(FUNCTION_NAMES | _LATER))}
DATE = year, month, day
"""

GENERIC = f"""
getAPISession = locationid?
create = ANY_CHILDREN
update = ANY_CHILDREN
delete = {{object, keys}}
read = {{object, keys, fields?, returnFormat?, docparid?}}
readByName = {{object, keys, fields?, returnFormat?, docparid?}}
readByQuery = {{object, query:TEXT, pagesize?, fields?, returnFormat?, docparid?}}
readMore = object | view | reportId | resultId
query = {{select, object, docparid?, filter:FILTER?, orderby?, options?, pagesize:PAGESIZE?,
    offset:OFFSET?}}
select = (field:ANY | count:ANY | avg:ANY | min:ANY | max:ANY | sum:ANY)+
orderby = order+
order = field, (ascending:ANY | descending:ANY)?
options = caseinsensitive:BOOLEAN?, showprivate:BOOLEAN?, returnformat?
FILTER = and | or | {_COMPARISONS}
and = (and | or | {_COMPARISONS}){{2,}}
or = (and | or | {_COMPARISONS}){{2,}}
COMPARISON = field, value
TESTED = field
between = field, value{{2,2}}
LISTING = field, value{{1,1000}}
"""

INVOICES = f"""
create_invoice = customerid, datecreated:DATE, dateposted:DATE?, datedue:DATE?, termname?,
    batchkey?, action?, invoiceno?, ponumber?, description?, externalid?, billto:PARTY?,
    shipto:PARTY?, (basecurr?, {_CURRENCY})?, nogl?, supdocid?, customfields?, taxsolutionid?,
    invoiceitems
update_invoice @key! @set_nulls=true|false @externalkey=true|false = customerid?,
    datecreated:DATE?, dateposted:DATE?, datedue:DATE?, termname?, action?, invoiceno?, ponumber?,
    description?, payto:PARTY?, returnto:PARTY?, ({_CURRENCY})?, supdocid?, customfields?,
    updateinvoiceitems?
delete_invoice @key! @externalkey=true|false = EMPTY
reverse_invoice @key! = datereversed:DATE, description?
PARTY = contact | contactname
contact = {_CONTACT}
mailaddress = address1?, address2?, city?, state?, zip?, country?, isocountrycode?, latitude?,
    longitude?
customfields = customfield*
customfield = customfieldname, customfieldvalue
invoiceitems = lineitem+
updateinvoiceitems = (lineitem | updatelineitem)+
lineitem = (accountlabel | glaccountno), offsetglaccountno?, amount, allocationid?, memo?,
    locationid?, departmentid?, item1099?, form1099type?, form1099box?, key?, totalpaid?, totaldue?,
    customfields?,
    {_REVENUE}, {_JOB}, {_DIMENSIONS}, {_LINE_END}
updatelineitem @line_num! = (accountlabel | glaccountno)?, offsetglaccountno?, amount?, memo?,
    locationid?, departmentid?, item1099?, form1099type?, form1099box?, customfields?,
    {_REVENUE}, {_JOB}, {_DIMENSIONS}, {_LINE_END}
taxentries = taxentry{{1,2}}
taxentry = detailid, trx_tax?
"""

PAYABLES = f"""
create_bill = vendorid, datecreated:DATE, dateposted:DATE?,
    ((datedue:DATE, termname?) | termname), action?, batchkey?, billno?, ponumber?, onhold?,
    description?, externalid?, payto:PARTY?, returnto:PARTY?, (basecurr?, {_CURRENCY})?, nogl?,
    supdocid?, customfields?, inclusivetax?, taxsolutionid?, billitems
update_bill @key! @partial_edit=true|false @set_nulls=true|false @externalkey=true|false =
    vendorid?, datecreated:DATE?, dateposted:DATE?, datedue:DATE?, termname?, action?, billno?,
    ponumber?, onhold?, description?, payto:PARTY?, returnto:PARTY?, ({_CURRENCY})?, supdocid?,
    customfields?, inclusivetax?, updatebillitems?
reverse_bill @key! = datereversed:DATE, description?
delete_bill @key! @externalkey=true|false = EMPTY
billitems = lineitem+
updatebillitems = (lineitem | updatelineitem)+
create_apadjustment = vendorid, datecreated:DATE, dateposted:DATE?, batchkey?, adjustmentno?,
    action?, billno?, description?, externalid?, (basecurr?, {_CURRENCY})?, nogl?, customfields?,
    inclusivetax?, taxsolutionid?, apadjustmentitems
update_apadjustment @key! @set_nulls=true|false @externalkey=true|false = vendorid?,
    datecreated:DATE?, dateposted:DATE?, adjustmentno?, action?, billno?, description?,
    ({_CURRENCY})?, inclusivetax?, updateapadjustmentitems?
delete_apadjustment @key! @externalkey=true|false = EMPTY
apadjustmentitems = lineitem+
updateapadjustmentitems = (lineitem | updatelineitem)+
approve = APBILL:APPROVED_BILL | PODOCUMENT:APPROVED_ORDER | TIMESHEET:APPROVED_TIMESHEET
decline = APBILL:APPROVED_BILL | PODOCUMENT:APPROVED_ORDER | TIMESHEET:DECLINED_TIMESHEET
APPROVED_BILL = {{RECORDNO, COMMENT?}}
APPROVED_ORDER = {{DOCID, COMMENT?}}
APPROVED_TIMESHEET = {{RECORDNO, ENTRYKEYS?, APPROVEDBY?, COMMENT?}}
DECLINED_TIMESHEET = {{RECORDNO, ENTRYKEYS?, DECLINEDBY?, COMMENT?}}
recallApBill = recordno
reverse_appayment @key! = datereversed:DATE, description?
create_paymentrequest = (bankaccountid | chargecardid), vendorid, memo?, paymentmethod,
    grouppayments?, paymentdate:DATE, paymentoption?, (paymentrequestitems | paymentamount),
    documentnumber?, paymentdescription?, paymentcontact?
delete_paymentrequest @key! = EMPTY
paymentrequestitems = paymentrequestitem+
paymentrequestitem @externalkey=true|false = key, paymentamount, credittoapply?, discounttoapply?
approve_appaymentrequest = appaymentkeys
decline_appaymentrequest = appaymentkeys
send_appaymentrequest = appaymentkeys
confirm_appaymentrequest = appaymentkeys
void_appaymentrequest = appaymentkeys
appaymentkeys = appaymentkey+
"""

RECEIVABLES = f"""
create_aradjustment = customerid, datecreated:DATE, dateposted:DATE?, batchkey?, adjustmentno?,
    action?, invoiceno?, description?, externalid?, (basecurr?, {_CURRENCY})?, nogl?,
    taxsolutionid?, aradjustmentitems
update_aradjustment @key! @set_nulls=true|false @externalkey=true|false = customerid?,
    datecreated:DATE?, dateposted:DATE?, adjustmentno?, action?, invoiceno?, description?,
    ({_CURRENCY})?, updatearadjustmentitems?
delete_aradjustment @key! @externalkey=true|false = EMPTY
aradjustmentitems = lineitem+
updatearadjustmentitems = (lineitem | updatelineitem)+
create_arpayment = customerid, paymentamount, translatedamount?,
    (batchkey | bankaccountid | undepfundsacct)?, refid?, overpaylocid?, overpaydeptid?,
    datereceived:DATE?, paymentmethod?, (basecurr?, {_CURRENCY})?, cctype?, authcode?,
    arpaymentitem*, (onlinecardpayment | onlineachpayment)*
apply_arpayment = arpaymentkey, paymentdate:DATE, batchkey?, memo?, overpaylocid?, overpaydeptid?,
    arpaymentitems*
reverse_arpayment @key! = datereversed:DATE, description?, nsfclosedaccount?
delete_arpayment @key! = EMPTY
arpaymentitems = arpaymentitem+
arpaymentitem = invoicekey, amount
onlinecardpayment = cardnum, expirydate, cardtype, securitycode?, usedefaultcard?
expirydate = exp_month, exp_year
onlineachpayment = bankname, accounttype, accountnumber, routingnumber, accountholder,
    usedefaultaccount?
"""

LEDGER_AND_FILES = f"""
create_gltransaction = journalid, datecreated:DATE, reversedate:DATE?, description, referenceno?,
    sourceentity?, customfields?, gltransactionentries
create_statgltransaction = journalid, datecreated:DATE, reversedate:DATE?, description,
    statgltransactionentries
delete_gltransaction @key! @externalkey=true|false = EMPTY
gltransactionentries = glentry{{2,}}
statgltransactionentries = glentry+
glentry = trtype, amount, glaccountno, document?, datecreated:DATE?, memo?, locationid?,
    departmentid?, customerid?, vendorid?, employeeid?, {_JOB}, itemid?, classid?, contractid?,
    warehouseid?, customfields?, recon_date:DATE?, ({_CURRENCY})?
create_supdoc = supdocid, supdocname?, supdocfoldername?, supdocdescription?, attachments?
update_supdoc = supdocid, supdocname?, supdocfoldername?, supdocdescription?, attachments?
delete_supdoc @key! = EMPTY
attachments = attachment+
attachment = attachmentname, attachmenttype, attachmentdata
create_supdocfolder = supdocfoldername, supdocfolderdescription?, supdocparentfoldername?
update_supdocfolder = supdocfoldername, supdocfolderdescription?, supdocparentfoldername?
delete_supdocfolder @key! = EMPTY
"""

MODELLED = "".join(
    models.lstrip()
    for models in (
        GENERIC,
        READS,
        REPORTS,
        DELETES,
        INVOICES,
        PAYABLES,
        RECEIVABLES,
        LEDGER_AND_FILES,
    )
)


def _unjudged(models: str) -> str:
    """Return a line for each function that has none: anything may stand below it."""
    named = {line.split()[0] for line in models.splitlines() if line[:1].isalpha()}
    return "\n".join(f"{name} = ANY" for name in sorted(FUNCTION_NAMES - named))


GRAMMAR = Grammar(ENVELOPE.lstrip() + MODELLED + _unjudged(MODELLED), root="request")

"""What a request may hold, element by element: facts of the official schema (api.xsd).

Another function is one more line here. Functions of the closed list without a line are not judged
below their name, since this sandbox does not run them.
"""

from connector.sandbox.wire.function_names import FUNCTION_NAMES
from connector.sandbox.wire.grammar import Grammar

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
function @controlid!<=256 = {" | ".join(sorted(FUNCTION_NAMES))}
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

MODELLED = GENERIC + INVOICES.lstrip()


def _unjudged(models: str) -> str:
    """Return a line for each function that has none: anything may stand below it."""
    named = {line.split()[0] for line in models.splitlines() if line[:1].isalpha()}
    return "\n".join(f"{name} = ANY" for name in sorted(FUNCTION_NAMES - named))


GRAMMAR = Grammar(ENVELOPE.strip() + MODELLED + _unjudged(MODELLED), root="request")

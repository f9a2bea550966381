"""The lines of bills, invoices, adjustments and advances, which differ in little."""

from connector.sandbox.objects.definition import ObjectType, Relation, describe

# What an account, a department and so on are called where a line names them.
DIMENSIONS = """
PROJECTID text ->PROJECT
PROJECTDIMKEY int <- PROJECT.RECORDNO
PROJECTNAME text <- PROJECT.NAME
TASKID text
COSTTYPEID text
CUSTOMERID text ->CUSTOMER
CUSTOMERDIMKEY int <- CUSTOMER.RECORDNO
CUSTOMERNAME text <- CUSTOMER.NAME
VENDORID text ->VENDOR
VENDORDIMKEY int <- VENDOR.RECORDNO
VENDORNAME text <- VENDOR.NAME
EMPLOYEEID text ->EMPLOYEE
EMPLOYEEDIMKEY int <- EMPLOYEE.RECORDNO
EMPLOYEENAME text <- EMPLOYEE.PERSONALINFO.CONTACTNAME
ITEMID text ->ITEM
ITEMDIMKEY int <- ITEM.RECORDNO
ITEMNAME text <- ITEM.NAME
CLASSID text ->CLASS
CLASSDIMKEY int <- CLASS.RECORDNO
CLASSNAME text <- CLASS.NAME
CONTRACTID text ->CONTRACT
CONTRACTDIMKEY int <- CONTRACT.RECORDNO
CONTRACTNAME text <- CONTRACT.NAME
WAREHOUSEID text ->WAREHOUSE
WAREHOUSEDIMKEY int <- WAREHOUSE.RECORDNO
WAREHOUSENAME text <- WAREHOUSE.NAME
GLDIMREGION int #REGION:RREGION
"""
_COMMON = """
RECORDKEY int readonly #{owner}:{owner}
RECORDTYPE text readonly default={record_type}
LINE_NO int readonly
ACCOUNTNO text ->GLACCOUNT
ACCOUNTKEY int <- GLACCOUNT.RECORDNO
ACCOUNTTITLE text <- GLACCOUNT.TITLE
ACCOUNTLABEL text
ACCOUNTLABELKEY int <- LABEL.RECORDNO
OFFSETGLACCOUNTNO text ->GLACCOUNT:OFFSETACCOUNT
OFFSETACCOUNTKEY int <- OFFSETACCOUNT.RECORDNO
OFFSETGLACCOUNTTITLE text <- OFFSETACCOUNT.TITLE
AMOUNT money readonly
TRX_AMOUNT money
TRX_TAX money readonly default=0
TOTALPAID money readonly default=0
TRX_TOTALPAID money readonly default=0
TOTALSELECTED money readonly default=0
TRX_TOTALSELECTED money readonly default=0
ENTRYDESCRIPTION text
ENTRY_DATE date readonly
ALLOCATION text
ALLOCATIONKEY int <- ALLOCATIONOF.RECORDNO
CURRENCY text
BASECURR text <- {owner}.BASECURR
EXCH_RATE_DATE date <- {owner}.EXCH_RATE_DATE
EXCH_RATE_TYPE_ID text <- {owner}.EXCH_RATE_TYPE_ID
EXCHANGE_RATE rate readonly
TRX_DISCOUNTAPPLIED money readonly
SUBTOTAL text readonly
PARENTENTRY int readonly
DETAILKEY int readonly
PAYMENTTAXCAPTURE text
BASELOCATION int <- LOCATION.RECORDNO
WHENCREATED stamp <- {owner}.AUWHENCREATED
LOCATIONID text ->LOCATION
LOCATIONNAME text <- LOCATION.NAME
LOCATIONKEY int <- LOCATION.RECORDNO
DEPARTMENTID text ->DEPARTMENT
DEPARTMENTNAME text <- DEPARTMENT.TITLE
DEPARTMENTKEY int <- DEPARTMENT.RECORDNO
BILLABLE bool default=false
TAXDETAILS text
PARTIALEXEMPT bool
LINEITEM tf readonly default=true
STATE {states} readonly <- {owner}.STATE
INTEGRATION_KEY text
"""


def document_line(
    name: str, title: str, owner: str, record_type: str, states: str, more: str = ""
) -> ObjectType:
    """Return the line of a document; `states` is the kind of the document's STATE field."""
    own = _COMMON.format(owner=owner, record_type=record_type, states=states)
    fields = own + DIMENSIONS.lstrip("\n") + more
    side = "AR" if owner.startswith("AR") else "AP"
    named = {
        "LABEL": Relation(f"{side}ACCOUNTLABEL", "ACCOUNTLABEL"),
        "ALLOCATIONOF": Relation("ALLOCATION", "ALLOCATION"),
    }
    return describe(name, title, "RECORDNO", fields, relations=named, is_unique=False)

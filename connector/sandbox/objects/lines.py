"""The lines of bills, invoices, adjustments and advances, which differ in little."""

from connector.sandbox.objects.definition import ObjectType, describe

# What an account, a department and so on are called where a line names them.
DIMENSIONS = """
PROJECTID text ->PROJECT
PROJECTNAME text <- PROJECT.NAME
TASKID text
COSTTYPEID text
CUSTOMERID text ->CUSTOMER
CUSTOMERNAME text <- CUSTOMER.NAME
VENDORID text ->VENDOR
VENDORNAME text <- VENDOR.NAME
EMPLOYEEID text ->EMPLOYEE
EMPLOYEENAME text <- EMPLOYEE.PERSONALINFO.CONTACTNAME
ITEMID text ->ITEM
ITEMNAME text <- ITEM.NAME
CLASSID text ->CLASS
CLASSNAME text <- CLASS.NAME
CONTRACTID text
WAREHOUSEID text
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
OFFSETGLACCOUNTNO text ->GLACCOUNT:OFFSETACCOUNT
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
CURRENCY text readonly
EXCHANGE_RATE rate readonly
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
    return describe(name, title, "RECORDNO", fields, is_unique=False)

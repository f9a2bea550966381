"""Objects that others point at: dimensions, accounts, terms, users, periods."""

from connector.sandbox.objects.definition import describe
from connector.sandbox.objects.projects import EMPLOYEE, PROJECT

_STATUS = "STATUS enum(active=T|inactive=F) default=active\nWHENCREATED stamp readonly\n"

GLACCOUNT = describe(
    "GLACCOUNT",
    "Account",
    "ACCOUNTNO",
    """
ACCOUNTNO text required
TITLE text required
ACCOUNTTYPE enum(balancesheet=B|incomestatement=I) default=incomestatement
NORMALBALANCE enum(debit=1|credit=-1) default=debit
CLOSINGTYPE enum(non-closing account=N|closing account=C|closed to account=T)
CLOSINGACCOUNTNO text ->GLACCOUNT:CLOSINGACCOUNT
CLOSINGACCOUNTTITLE text <- CLOSINGACCOUNT.TITLE
ALTERNATIVEACCOUNT text
REQUIREDEPT bool default=false
REQUIRELOC bool default=false
REQUIREPROJECT bool default=false
REQUIRECUSTOMER bool default=false
REQUIREVENDOR bool default=false
REQUIREEMPLOYEE bool default=false
REQUIREITEM bool default=false
REQUIRECLASS bool default=false
REQUIRECONTRACT bool default=false
REQUIREWAREHOUSE bool default=false
REQUIREGLDIMREGION bool default=false
TAXABLE bool default=false
CATEGORY text
TAXCODE text
MRCCODE text
"""
    + _STATUS,
)
LOCATION = describe(
    "LOCATION",
    "Location",
    "LOCATIONID",
    """
LOCATIONID text required
NAME text required
PARENTID text ->LOCATION:PARENT
PARENTKEY int <- PARENT.RECORDNO
PARENTNAME text <- PARENT.NAME
SUPERVISORID text ->EMPLOYEE:SUPERVISOR
SUPERVISORNAME text <- SUPERVISOR.PERSONALINFO.CONTACTNAME
STARTDATE date
ENDDATE date
CURRENCY text
TAXID text
REPORTPRINTAS text
CUSTTITLE text
CONTACTINFO.CONTACTNAME text ->CONTACT:CONTACTINFO
SHIPTO.CONTACTNAME text ->CONTACT:SHIPTO
"""
    + _STATUS,
)
LOCATIONENTITY = describe(
    "LOCATIONENTITY",
    "Entity",
    "LOCATIONID",
    """
LOCATIONID text required
NAME text required
REPORTPRINTAS text
SUPERVISORID text ->EMPLOYEE:SUPERVISOR
SUPERVISORNAME text <- SUPERVISOR.PERSONALINFO.CONTACTNAME
FIRSTMONTH text
FIRSTMONTHTAX text
WEEKSTART text
FEDERALID text
STARTDATE date
ENDDATE date
HAS_IE_RELATION bool default=false
CUSTOMERID text ->CUSTOMER
CUSTOMERNAME text <- CUSTOMER.NAME
VENDORID text ->VENDOR
VENDORNAME text <- VENDOR.NAME
CURRENCY text
TAXID text
ENABLELEGALCONTACT bool default=false
LEGALNAME text
LEGALADDRESS1 text
LEGALADDRESS2 text
LEGALCITY text
LEGALSTATE text
LEGALZIPCODE text
LEGALCOUNTRY text
OPCOUNTRY text
ADDRESSCOUNTRYDEFAULT text
CONTACTINFO.CONTACTNAME text ->CONTACT:CONTACTINFO
SHIPTO.CONTACTNAME text ->CONTACT:SHIPTO
RECORD_URL text readonly
"""
    + _STATUS,
)
DEPARTMENT = describe(
    "DEPARTMENT",
    "Department",
    "DEPARTMENTID",
    """
DEPARTMENTID text required
TITLE text required
PARENTID text ->DEPARTMENT:PARENT
PARENTKEY int <- PARENT.RECORDNO
SUPERVISORID text ->EMPLOYEE:SUPERVISOR
SUPERVISORNAME text <- SUPERVISOR.PERSONALINFO.CONTACTNAME
CUSTTITLE text
"""
    + _STATUS,
)
_TERM = (
    """
NAME text required
DESCRIPTION text
DUEDATE int
DUEFROM text
DISCDATE int
DISCFROM text
DISCAMOUNT rate
DISCPERCAMN enum(percent=P|amount=A) default=percent
DISCFUDGEDAYS int
PEN_TYPES text
PENAMOUNT money
VALUE text readonly
"""
    + _STATUS
)
ARTERM = describe("ARTERM", "Term", "NAME", _TERM)
APTERM = describe("APTERM", "AP term", "NAME", _TERM)
ITEM = describe(
    "ITEM",
    "Item",
    "ITEMID",
    """
ITEMID text required
NAME text required
ITEMTYPE enum(Inventory=I|Non-Inventory=NI|Non-Inventory (Sales only)=NS|Kit=K) required
EXTENDED_DESCRIPTION text
PODESCRIPTION text
SODESCRIPTION text
NOTE text
COST_METHOD text
SHIP_WEIGHT rate
TAXGROUP text
DEFAULTREVRECTEMPLKEY text
INCOMEACCTKEY text
INVACCTKEY text
EXPENSEACCTKEY text
COGSACCTKEY text
OFFSETOEGLACCOUNTKEY text
OFFSETPOGLACCOUNTKEY text
DEFERREDREVACCTKEY text
VSOECATEGORY text
VSOEDLVRSTATUS text
VSOEREVDEFSTATUS text
REVPOSTING text
REVPRINTING text
SUBSTITUTEID text ->ITEM:SUBSTITUTE
ENABLE_SERIALNO bool default=false
SERIAL_MASKKEY text
ENABLE_LOT_CATEGORY bool default=false
LOT_CATEGORYKEY text
ENABLE_BINS bool default=false
ENABLE_EXPIRATION bool default=false
UPC text
INV_PRECISION int
SO_PRECISION int
PO_PRECISION int
HASSTARTENDDATES bool default=false
TERMPERIOD text
TOTALPERIODS int
COMPUTEFORSHORTTERM bool default=false
RENEWALMACROID text
PRODUCTLINEID text
GLGROUP text
UOMGRP text
STANDARD_COST money
BASEPRICE money
TAXABLE bool default=true
MRR text
"""
    + _STATUS,
)
CLASS = describe(
    "CLASS",
    "Class",
    "CLASSID",
    """
CLASSID text required
NAME text required
DESCRIPTION text
PARENTID text ->CLASS:PARENT
PARENTKEY int <- PARENT.RECORDNO
RECORD_URL text readonly
"""
    + _STATUS,
)
USERINFO = describe(
    "USERINFO",
    "User",
    "LOGINID",
    """
LOGINID text required
DESCRIPTION text
USERTYPE enum(business user=B|employee user=E|platform user=P) default=business user
ADMIN bool default=false
LOGINDISABLED bool default=false
SSO_ENABLED bool default=false
SSO_FEDERATED_ID text
CONTACTINFO.CONTACTNAME text ->CONTACT:CONTACTINFO
CONTACTINFO.LASTNAME text
CONTACTINFO.FIRSTNAME text
CONTACTINFO.EMAIL1 email
USERLOCATIONS.LOCATIONID text
USERDEPARTMENTS.DEPARTMENTID text
"""
    + _STATUS,
)
REPORTINGPERIOD = describe(
    "REPORTINGPERIOD",
    "Reporting period",
    "NAME",
    """
NAME text required
HEADER1 text required
HEADER2 text
START_DATE date required
END_DATE date required
BUDGETING bool default=false
"""
    + _STATUS,
)

REFERENCE_OBJECTS = (
    GLACCOUNT, LOCATION, LOCATIONENTITY, DEPARTMENT, ARTERM, APTERM, ITEM, CLASS, PROJECT, EMPLOYEE,
    USERINFO, REPORTINGPERIOD,
)  # fmt: skip

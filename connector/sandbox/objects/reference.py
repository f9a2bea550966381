"""Objects that others point at: dimensions, accounts, terms, users, periods."""

from connector.sandbox.objects.contact import SHOWN
from connector.sandbox.objects.definition import describe

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
ALTERNATIVEACCOUNT text
REQUIREDEPT bool default=false
REQUIRELOC bool default=false
REQUIREPROJECT bool default=false
REQUIRECUSTOMER bool default=false
REQUIREVENDOR bool default=false
REQUIREEMPLOYEE bool default=false
REQUIREITEM bool default=false
REQUIRECLASS bool default=false
REQUIREGLDIMREGION bool default=false
TAXABLE bool default=false
CATEGORY text
"""
    + _STATUS,
)
LOCATION = describe(
    "LOCATION",
    "Location",
    "LOCATIONID",
    "LOCATIONID text required\nNAME text required\nPARENTID text ->LOCATION:PARENT\nCURRENCY text\n"
    + _STATUS,
)
LOCATIONENTITY = describe(
    "LOCATIONENTITY",
    "Entity",
    "LOCATIONID",
    "LOCATIONID text required\nNAME text required\nCURRENCY text\nREPORTPRINTAS text\n" + _STATUS,
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
PROJECT = describe(
    "PROJECT",
    "Project",
    "PROJECTID",
    """
PROJECTID text required
NAME text required
PROJECTCATEGORY enum(Contract=C|Capitalized=A|Internal Billable=B|Internal Non-Billable=N) required
DESCRIPTION text
PARENTID text ->PROJECT:PARENT
PARENTKEY int <- PARENT.RECORDNO
PARENTNAME text <- PARENT.NAME
INVOICEWITHPARENT bool default=false
PROJECTTYPE text
PROJECTSTATUS text
CUSTOMERID text ->CUSTOMER
CUSTOMERNAME text <- CUSTOMER.NAME
CUSTOMERKEY int <- CUSTOMER.RECORDNO
MANAGERID text ->EMPLOYEE:MANAGER
DEPARTMENTID text ->DEPARTMENT
DEPARTMENTNAME text <- DEPARTMENT.TITLE
LOCATIONID text ->LOCATION
LOCATIONNAME text <- LOCATION.NAME
BUDGETID text
CURRENCY text
BEGINDATE date
ENDDATE date
"""
    + _STATUS,
)
EMPLOYEE = describe(
    "EMPLOYEE",
    "Employee",
    "EMPLOYEEID",
    """
EMPLOYEEID text required
PERSONALINFO.CONTACTNAME text required ->CONTACT:PERSONALINFO
TITLE text
DEPARTMENTID text ->DEPARTMENT
LOCATIONID text ->LOCATION
BIRTHDATE date
SSN text
SUPERVISORID text ->EMPLOYEE:SUPERVISOR
EMPLOYEETYPE text
CURRENCYCODE text
STARTDATE date
ENDDATE date
"""
    + _STATUS,
    nested={"PERSONALINFO": SHOWN},
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

"""The records of a new company that fit a table."""

from connector.sandbox import masters
from connector.sandbox.company import Call
from connector.sandbox.objects import OBJECTS

# The first name of each line is the object; | parts the values, in the order of the named fields.
FIRST_TABLES = """
GLACCOUNT ACCOUNTNO TITLE ACCOUNTTYPE NORMALBALANCE STATUS
1000|Checking|balancesheet|debit|active
1100|Accounts Receivable|balancesheet|debit|active
1200|Undeposited Funds|balancesheet|debit|active
2000|Accounts Payable|balancesheet|credit|active
2300|Deferred Revenue|balancesheet|credit|active
4000|Sales|incomestatement|credit|active
4010|Services Revenue|incomestatement|credit|active
4020|Subscription Revenue|incomestatement|credit|active
4030|Shipping Income|incomestatement|credit|active
4090|Sales (retired)|incomestatement|credit|inactive
5000|Cost of Goods Sold|incomestatement|debit|active
6000|Salaries|incomestatement|debit|active
6700|Office Supplies|incomestatement|debit|active
LOCATIONENTITY LOCATIONID NAME CURRENCY STATUS
100|North America|USD|active
200|Europe|USD|active
900|Closed Entity|USD|inactive
LOCATION LOCATIONID NAME PARENTID STATUS
100|North America||active
200|Europe||active
110|Main Office|100|active
120|West Warehouse|100|active
190|Old Office|200|inactive
DEPARTMENT DEPARTMENTID TITLE STATUS
10|Sales|active
20|Services|active
30|Administration|active
90|Research (closed)|inactive
ARTERM NAME DESCRIPTION DUEDATE STATUS
Due on Receipt|Due at once|0|active
Net 15|Due in 15 days|15|active
Net 30|Due in 30 days|30|active
Net 60|Due in 60 days|60|active
Net 90|No longer offered|90|inactive
ITEM ITEMID NAME ITEMTYPE BASEPRICE
SERVICE-001|Consulting|Non-Inventory|150.00
SUB-001|Yearly subscription|Non-Inventory|1200.00
WIDGET-1|Widget|Inventory|12.10
CLASS CLASSID NAME
C1|Retail
C2|Wholesale
CONTACT CONTACTNAME PRINTAS FIRSTNAME LASTNAME EMAIL1
Smith, Jane|Jane Smith|Jane|Smith|jane.smith@example.com
Meyer, Tom|Tom Meyer|Tom|Meyer|tom.meyer@example.com
Ortiz, Ana|Ana Ortiz|Ana|Ortiz|ana.ortiz@example.com
EMPLOYEE EMPLOYEEID PERSONALINFO.CONTACTNAME TITLE DEPARTMENTID
EMP-1|Smith, Jane|Account manager|10
EMP-2|Meyer, Tom|Consultant|20
VENDOR VENDORID NAME CURRENCY
V-100|Paper & Ink Supplies|USD
V-200|Cloud Hosting Ltd.|USD
V-300|Müller Logistik|USD
USERINFO LOGINID DESCRIPTION ADMIN
apiuser|Web services user|true
"""

MORE_TABLES = """
GLACCOUNT ACCOUNTNO TITLE ACCOUNTTYPE NORMALBALANCE REQUIREDEPT REQUIRELOC REQUIREPROJECT
1010|Savings|balancesheet|debit|false|false|false
1300|Prepaid Expenses|balancesheet|debit|false|false|false
2100|Charge Card Payable|balancesheet|credit|false|false|false
2200|Customer Advances|balancesheet|credit|false|false|false
6100|Rent|incomestatement|debit|false|true|false
6200|Travel|incomestatement|debit|true|false|false
6300|Subcontractors|incomestatement|debit|false|false|true
6400|Software|incomestatement|debit|false|false|false
APTERM NAME DESCRIPTION DUEDATE STATUS
Due on Receipt|Due at once|0|active
Net 15|Due in 15 days|15|active
Net 30|Due in 30 days|30|active
Net 60|Due in 60 days|60|active
Net 90|No longer offered|90|inactive
VENDOR VENDORID NAME CURRENCY TERMNAME ONHOLD STATUS
V-400|Harbor Office Rentals|USD|Net 15|false|active
V-410|Blue Sky Airlines|USD|Due on Receipt|false|active
V-420|Summit Consulting|USD|Net 30|false|active
V-430|River Software|EUR|Net 30|false|active
V-440|Maple Freight & Storage|USD|Net 60|false|active
V-450|Granite Insurance|USD|Net 30|true|active
V-460|Evergreen Gardens|USD|Net 15|false|active
V-470|O'Neill Catering|USD|Net 15|false|active
V-490|Former Supplier|USD|Net 30|false|inactive
CHECKINGACCOUNT BANKACCOUNTID BANKACCOUNTNO BANKNAME GLACCOUNTNO CURRENCY LOCATIONID STATUS
CHK-100|000123456789|First Example Bank|1000|USD|100|active
CHK-200|000987654321|Second Example Bank|1000|USD|200|active
CHK-900|000111222333|Closed Example Bank|1000|USD||inactive
SAVINGSACCOUNT BANKACCOUNTID BANKACCOUNTNO BANKNAME GLACCOUNTNO CURRENCY
SAV-100|000555666777|First Example Bank|1010|USD
CREDITCARD CARDID DESCRIPTION CARDTYPE GLACCOUNTNO
CARD-1|Company card|Visa|2100
EMPLOYEE EMPLOYEEID PERSONALINFO.CONTACTNAME TITLE DEPARTMENTID LOCATIONID
EMP-3|Ortiz, Ana|Controller|30|100
PROJECT PROJECTID NAME PROJECTCATEGORY CUSTOMERID STATUS
P-200|Support|Internal Billable|C-00002|active
P-300|New warehouse|Capitalized||active
P-900|Closed project|Contract||inactive
ITEM ITEMID NAME ITEMTYPE BASEPRICE STATUS
WIDGET-2|Large widget|Inventory|24.20|active
KIT-1|Starter kit|Kit|99.00|active
OLD-1|Discontinued|Non-Inventory|1.00|inactive
REGION NAME DESCRIPTION
North|Northern sales region
South|Southern sales region
West|Western sales region
GLJOURNAL SYMBOL TITLE ADJ STATUS
GJ|General Journal|false|active
APJ|Accounts Payable Journal|false|active
ARJ|Accounts Receivable Journal|false|active
ADJ|Adjusting Journal|true|active
OLDJ|Closed Journal|false|inactive
STATJOURNAL SYMBOL TITLE
SJ|Statistical Journal
STATACCOUNT ACCOUNTNO TITLE
9000|Headcount
9010|Square feet
SUPDOCFOLDER NAME DESCRIPTION
Bills|Scanned bills
Contracts|Signed contracts
"""


def fill_tables(call: Call, tables: str) -> None:
    """Create the records of tables like the ones above."""
    name, fields = "", [""]
    for line in tables.strip().splitlines():
        first, *others = line.split()
        if first in OBJECTS and "|" not in line:
            name, fields = first, others
            continue
        given = dict(zip(fields, line.split("|"), strict=True))
        if name == "VENDOR":
            given |= {"DISPLAYCONTACT.PRINTAS": given["NAME"]}
        masters.create(call, OBJECTS[name], given)

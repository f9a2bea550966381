"""Vendors."""

from connector.sandbox.objects.contact import SHOWN
from connector.sandbox.objects.definition import describe

VENDOR = describe(
    "VENDOR",
    "Vendor",
    "VENDORID",
    """
VENDORID text required
NAME text required
ENTITY text readonly
PARENTID text ->VENDOR:PARENT
PARENTKEY int <- PARENT.RECORDNO
PARENTNAME text <- PARENT.NAME
TERMNAME text ->APTERM
TERMSKEY int <- APTERM.RECORDNO
TERMVALUE text <- APTERM.VALUE
VENDTYPE text
GLGROUP text
TAXID text
NAME1099 text
FORM1099TYPE text
FORM1099BOX text
SUPDOCID text ->SUPDOC
APACCOUNT text ->GLACCOUNT:APACCOUNTOF
APACCOUNTTITLE text <- APACCOUNTOF.TITLE
ACCOUNTKEY int <- APACCOUNTOF.RECORDNO
ACCOUNTLABEL text
OFFSETGLACCOUNTNO text ->GLACCOUNT:OFFSETACCOUNT
OFFSETGLACCOUNTNOTITLE text <- OFFSETACCOUNT.TITLE
CURRENCY text
CREDITLIMIT money
TOTALDUE money readonly default=0
ONHOLD bool default=false
DONOTCUTCHECK bool default=false
ONETIME bool default=false
HIDEDISPLAYCONTACT bool default=false
COMMENTS text
CONTACTINFO.CONTACTNAME text ->CONTACT:CONTACTINFO
CONTACTKEY int <- CONTACTINFO.RECORDNO
PAYTO.CONTACTNAME text ->CONTACT:PAYTO
PAYTOKEY int <- PAYTO.RECORDNO
RETURNTO.CONTACTNAME text ->CONTACT:RETURNTO
RETURNTOKEY int <- RETURNTO.RECORDNO
PAYMETHODKEY text
MERGEPAYMENTREQ bool default=true
PAYMENTNOTIFY bool default=false
BILLINGTYPE enum(openitem=O|balanceforward=B) default=openitem
PAYMENTPRIORITY enum(Urgent=U|High=H|Normal=N|Low=L) default=Normal
DISPLAYTERMDISCOUNT bool default=true
STATE enum(Approved=a|Submitted=s|Declined=d) readonly default=Approved
ACHENABLED bool default=false
ACHBANKROUTINGNUMBER text
ACHACCOUNTNUMBER text
ACHACCOUNTTYPE text
ACHREMITTANCETYPE text
VENDORACCOUNTNO text
DISPLOCACCTNOCHECK bool default=false
OBJECTRESTRICTION enum(Unrestricted=U|RootOnly=T|Restricted=R) default=Unrestricted
RESTRICTEDLOCATIONS text
RESTRICTEDDEPARTMENTS text
STATUS enum(active=T|inactive=F) default=active
WHENCREATED stamp readonly
DISPLAYCONTACTKEY int readonly #CONTACT:DISPLAYCONTACT
INTEGRATION_KEY text
""",
    # What an official client writes for these two.
    aliases={"OFFSETGLACCOUNT": "OFFSETGLACCOUNTNO"},
    nested={"DISPLAYCONTACT": SHOWN, "CONTACTINFO": SHOWN, "PAYTO": SHOWN, "RETURNTO": SHOWN},
)

"""REST descriptions of customers, vendors, and the people and addresses behind them."""

from connector.sandbox.rest.description import RestObject, describe

_INLINE_CONTACT = """
contacts.default.id DISPLAYCONTACT.CONTACTNAME
contacts.default.printAs DISPLAYCONTACT.PRINTAS <NAME
contacts.default.companyName DISPLAYCONTACT.COMPANYNAME
contacts.default.prefix DISPLAYCONTACT.PREFIX
contacts.default.firstName DISPLAYCONTACT.FIRSTNAME
contacts.default.lastName DISPLAYCONTACT.LASTNAME
contacts.default.middleName DISPLAYCONTACT.INITIAL
contacts.default.tax.isTaxable DISPLAYCONTACT.TAXABLE
contacts.default.tax.group.id DISPLAYCONTACT.TAXGROUP
contacts.default.email1 DISPLAYCONTACT.EMAIL1
contacts.default.email2 DISPLAYCONTACT.EMAIL2
contacts.default.phone1 DISPLAYCONTACT.PHONE1
contacts.default.phone2 DISPLAYCONTACT.PHONE2
contacts.default.mobile DISPLAYCONTACT.CELLPHONE
contacts.default.pager DISPLAYCONTACT.PAGER
contacts.default.fax DISPLAYCONTACT.FAX
contacts.default.URL1 DISPLAYCONTACT.URL1
contacts.default.URL2 DISPLAYCONTACT.URL2
contacts.default.mailingAddress.addressLine1 DISPLAYCONTACT.MAILADDRESS.ADDRESS1
contacts.default.mailingAddress.addressLine2 DISPLAYCONTACT.MAILADDRESS.ADDRESS2
contacts.default.mailingAddress.addressLine3 DISPLAYCONTACT.MAILADDRESS.ADDRESS3
contacts.default.mailingAddress.city DISPLAYCONTACT.MAILADDRESS.CITY
contacts.default.mailingAddress.state DISPLAYCONTACT.MAILADDRESS.STATE
contacts.default.mailingAddress.postCode DISPLAYCONTACT.MAILADDRESS.ZIP
contacts.default.mailingAddress.country DISPLAYCONTACT.MAILADDRESS.COUNTRY
contacts.default.mailingAddress.isoCountryCode DISPLAYCONTACT.MAILADDRESS.COUNTRYCODE
"""
_CUSTOMER = (
    """
id CUSTOMERID
name NAME required
status STATUS
parent @accounts-receivable/customer PARENTID
term @accounts-receivable/term TERMNAME
salesRepresentative @company-config/employee CUSTREPID
customerType.id CUSTTYPE
territory.id TERRITORYID
accountGroup.id GLGROUP
accountLabel.id ACCOUNTLABEL
shippingMethod.id SHIPPINGMETHOD
priceList.id PRICELIST
attachment.id SUPDOCID
defaultRevenueGLAccount @general-ledger/account ARACCOUNT
overrideOffsetGLAccount @general-ledger/account OFFSETGLACCOUNTNO
taxId TAXID
creditLimit CREDITLIMIT number
totalDue TOTALDUE
isOnHold ONHOLD
isOneTimeUse ONETIME
customerMessage @accounts-receivable/customer-message CUSTMESSAGEID
currency CURRENCY
customerResaleNumber RESALENO
notes COMMENTS
discountPercent DISCOUNT
deliveryOptions DELIVERY_OPTIONS print=Print email=E-Mail both=Print#~#E-Mail
customerRestriction OBJECTRESTRICTION
emailOptIn EMAILOPTIN
contacts.primary @company-config/contact CONTACTINFO.CONTACTNAME
contacts.billTo @company-config/contact BILLTO.CONTACTNAME
contacts.shipTo @company-config/contact SHIPTO.CONTACTNAME
"""
    + _INLINE_CONTACT
)
# The words of how a vendor is paid are those of a payment.
_METHODS = "printedCheck=Printed_Check creditCard=Credit_Card eft=EFT cash=Cash ach=ACH"
_VENDOR = (
    f"""
id VENDORID required
name NAME required
state STATE readonly
status STATUS
term @accounts-payable/term TERMNAME
taxId TAXID
creditLimit CREDITLIMIT number
totalDue TOTALDUE
isOnHold ONHOLD
isOneTimeUse ONETIME
currency CURRENCY
notes COMMENTS
parent @accounts-payable/vendor PARENTID
vendorType.id VENDTYPE
accountGroup.id GLGROUP
accountLabel.id ACCOUNTLABEL
attachment.id SUPDOCID
defaultExpenseGLAccount @general-ledger/account APACCOUNT
overrideOffsetGLAccount @general-ledger/account OFFSETGLACCOUNTNO
doNotPay DONOTCUTCHECK
mergePaymentRequests MERGEPAYMENTREQ
sendPaymentNotification PAYMENTNOTIFY
billingType BILLINGTYPE openItem=openitem balanceForward=balanceforward
paymentPriority PAYMENTPRIORITY
vendorAccountNumber VENDORACCOUNTNO
preferredPaymentMethod PAYMETHODKEY {_METHODS}
displayTermDiscountOnCheckStub DISPLAYTERMDISCOUNT
displayVendorAccountOnCheckStub DISPLOCACCTNOCHECK
contacts.default.hideContactList HIDEDISPLAYCONTACT
ach.enablePayments ACHENABLED
ach.routingNumber ACHBANKROUTINGNUMBER
ach.accountNumber ACHACCOUNTNUMBER
ach.accountType ACHACCOUNTTYPE checkingAccount=Checking_Account savingsAccount=Savings_Account
ach.remittanceType ACHREMITTANCETYPE businessCTX=CTX businessCCD=CCD personalPPD=PPD
form1099.nameOn1099 NAME1099
form1099.type FORM1099TYPE
form1099.box FORM1099BOX
vendorRestriction OBJECTRESTRICTION
contacts.primary @company-config/contact CONTACTINFO.CONTACTNAME
contacts.payTo @company-config/contact PAYTO.CONTACTNAME
contacts.returnTo @company-config/contact RETURNTO.CONTACTNAME
"""
    + _INLINE_CONTACT
)
_CONTACT = """
id CONTACTNAME required
printAs PRINTAS required
companyName COMPANYNAME
prefix PREFIX
firstName FIRSTNAME
lastName LASTNAME
middleName INITIAL
email1 EMAIL1
email2 EMAIL2
phone1 PHONE1
phone2 PHONE2
mobile CELLPHONE
pager PAGER
fax FAX
URL1 URL1
URL2 URL2
showInContactList VISIBLE
discount DISCOUNT
tax.isTaxable TAXABLE
tax.taxId TAXID
tax.group.id TAXGROUP
status STATUS
mailingAddress.addressLine1 MAILADDRESS.ADDRESS1
mailingAddress.addressLine2 MAILADDRESS.ADDRESS2
mailingAddress.addressLine3 MAILADDRESS.ADDRESS3
mailingAddress.city MAILADDRESS.CITY
mailingAddress.state MAILADDRESS.STATE
mailingAddress.postCode MAILADDRESS.ZIP
mailingAddress.country MAILADDRESS.COUNTRY
mailingAddress.isoCountryCode MAILADDRESS.COUNTRYCODE
"""
_EMPLOYEE = """
id EMPLOYEEID required
primaryContact @company-config/contact PERSONALINFO.CONTACTNAME required
jobTitle TITLE
endDate ENDDATE
department @company-config/department DEPARTMENTID
location @company-config/location LOCATIONID
startDate STARTDATE
status STATUS
"""
_USER = """
id LOGINID readonly
userName DESCRIPTION readonly
userType USERTYPE readonly
isAdmin ADMIN readonly
status STATUS readonly
"""

PARTIES: tuple[RestObject, ...] = (
    describe("accounts-receivable/customer", "CUSTOMER", _CUSTOMER),
    describe("accounts-payable/vendor", "VENDOR", _VENDOR),
    # Contacts have no audit fields in REST.
    describe("company-config/contact", "CONTACT", _CONTACT, has_audit=False),
    describe("company-config/employee", "EMPLOYEE", _EMPLOYEE),
    describe("company-config/user", "USERINFO", _USER),
)

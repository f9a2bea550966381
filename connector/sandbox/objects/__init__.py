"""The objects of the company: another one is a description and one name in this list."""

from connector.sandbox.objects.cash import CASH_OBJECTS
from connector.sandbox.objects.contact import CONTACT
from connector.sandbox.objects.customer import CUSTOMER
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.objects.general_ledger import LEDGER_OBJECTS
from connector.sandbox.objects.invoice import ARINVOICE, ARINVOICEITEM
from connector.sandbox.objects.listed import LISTED_OBJECTS
from connector.sandbox.objects.payable import PAYABLE_OBJECTS
from connector.sandbox.objects.receivable import RECEIVABLE_OBJECTS
from connector.sandbox.objects.reference import REFERENCE_OBJECTS
from connector.sandbox.objects.settings import SETTING_OBJECTS
from connector.sandbox.objects.smart_event_log import SMARTEVENTLOG
from connector.sandbox.objects.vendor import VENDOR

OBJECTS: dict[str, ObjectType] = {
    described.name: described
    for described in (
        CUSTOMER,
        VENDOR,
        CONTACT,
        ARINVOICE,
        ARINVOICEITEM,
        *RECEIVABLE_OBJECTS,
        *PAYABLE_OBJECTS,
        *LEDGER_OBJECTS,
        *CASH_OBJECTS,
        *REFERENCE_OBJECTS,
        *SETTING_OBJECTS,
        *LISTED_OBJECTS,
        SMARTEVENTLOG,
    )
}

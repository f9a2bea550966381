"""The objects of the company: another one is a description and one name in this list."""

from connector.sandbox.objects.contact import CONTACT
from connector.sandbox.objects.customer import CUSTOMER
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.objects.invoice import ARINVOICE, ARINVOICEITEM
from connector.sandbox.objects.reference import REFERENCE_OBJECTS

OBJECTS: dict[str, ObjectType] = {
    described.name: described
    for described in (CUSTOMER, CONTACT, ARINVOICE, ARINVOICEITEM, *REFERENCE_OBJECTS)
}

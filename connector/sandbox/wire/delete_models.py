"""What the legacy functions that delete master records may hold: facts of the official schema."""

# Each names its record by one attribute, and holds nothing.
ATTRIBUTES = {
    "delete_class": "key",
    "delete_contact": "contactname",
    "delete_customer": "customerid",
    "delete_department": "departmentid",
    "delete_employee": "employeeid",
    "delete_glaccount": "glaccountno",
    "delete_item": "itemid",
    "delete_location": "locationid",
    "delete_project": "key",
    "delete_vendor": "vendorid",
}

DELETES = "".join(
    f"{name} @{attribute}! @externalkey=true|false = EMPTY\n"
    for name, attribute in ATTRIBUTES.items()
)

"""Get Customer: read one customer."""

from actions import verbs

ACTION = verbs.get(
    "customer",
    key="getCustomer",
    label="Get Customer",
    description="Gets a customer by its record number or its ID.",
    id_field="customerId",
    example={
        "key": "12499",
        "id": "C-01234",
        "customerName": "Acme Corporation",
        "active": True,
        "primaryEmailAddress": "ap@acme.example",
    },
)

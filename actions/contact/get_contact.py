"""Get Contact: read one contact."""

from actions import named

ACTION = named.get(
    "contact",
    key="getContact",
    label="Get Contact",
    description="Gets a contact by its record number or its name.",
    id_field="contactName",
    example={
        "key": "19713",
        "id": "John Doe",
        "printAs": "John Doe",
        "active": True,
        "city": "New York",
    },
)

"""Create Contact: a new contact."""

from actions import verbs
from actions.contact.rules import contact_values

ACTION = verbs.create(
    "contact",
    key="createContact",
    label="Create Contact",
    description="Creates a contact with its address.",
    values=contact_values,
    example={"key": "19713", "id": "John Doe"},
)

"""Find or Create Contact: use the contact that is there, make it where there is none."""

from actions import upsert
from actions.contact.rules import contact_values

ACTION = upsert.find_or_create(
    "contact",
    key="findOrCreateContact",
    label="Find or Create Contact",
    description="Finds a contact by its name and creates it if missing.",
    id_field="contactName",
    name_field="contactName",
    values=contact_values,
    example={"key": "19713", "id": "John Doe", "created": False},
)

"""Create or Update Contact: change the contact that is there, make it where there is none."""

from actions import upsert
from actions.contact.rules import contact_changes, contact_values

ACTION = upsert.create_or_update(
    "contact",
    key="createOrUpdateContact",
    label="Create or Update Contact",
    description="Changes the contact of that name; creates it if missing.",
    id_field="contactName",
    name_field="contactName",
    values=contact_values,
    changes=contact_changes,
    example={"key": "19713", "id": "John Doe", "outcome": "updated"},
)

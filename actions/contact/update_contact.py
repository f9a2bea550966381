"""Update Contact: change some fields of a contact."""

from actions import verbs
from actions.contact.rules import contact_changes
from connector.component import Envelope

ACTION = verbs.update(
    "contact",
    key="updateContact",
    label="Update Contact",
    description="Changes the given fields of a contact; all others keep their values.",
    id_field="contactName",
    values=contact_changes,
    envelope=Envelope.ECHO,
    example={"key": "19713", "id": "John Doe"},
)

"""List Contacts: the company's contacts, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "contact",
    key="listContacts",
    label="List Contacts",
    description="Lists contacts, all or those that have the given values, page by page.",
    columns=(
        "contactName",
        "printAs",
        "companyName",
        "firstName",
        "lastName",
        "primaryEmailAddress",
        "primaryPhoneNo",
        "active",
    ),
    example={"key": "19713", "id": "John Doe", "printAs": "John Doe"},
)

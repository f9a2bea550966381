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
    example={
        "contacts": [
            {
                "key": "19713",
                "id": "John Doe",
                "href": "/objects/company-config/contact/19713",
                "printAs": "John Doe",
            }
        ],
        "count": 1,
        "totalCount": 1,
        "next": "",
    },
)

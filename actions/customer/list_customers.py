"""List Customers: the company's customers, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "customer",
    key="listCustomers",
    label="List Customers",
    description="Lists customers, all or those that have the given values, page by page.",
    columns=(
        "customerId",
        "customerName",
        "active",
        "primaryEmailAddress",
        "primaryPhoneNo",
        "paymentTerm",
        "totalDue",
        "dateModified",
    ),
    example={
        "customers": [
            {
                "key": "12499",
                "id": "C-01564",
                "href": "/objects/accounts-receivable/customer/12499",
                "customerName": "Acme Corporation",
            }
        ],
        "count": 1,
        "totalCount": 1,
        "next": "",
    },
)

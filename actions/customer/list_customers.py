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
    example={"key": "12499", "id": "C-01564", "customerName": "Acme Corporation"},
)

"""List Vendors: the company's vendors, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "vendor",
    key="listVendors",
    label="List Vendors",
    description="Lists vendors, all or those that have the given values, page by page.",
    columns=(
        "vendorId",
        "vendorName",
        "active",
        "primaryEmailAddress",
        "primaryPhoneNo",
        "paymentTerm",
        "totalDue",
        "dateModified",
    ),
    example={"key": "1234", "id": "V-12345", "vendorName": "Acme Supplies Inc."},
)

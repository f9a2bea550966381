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
    example={
        "vendors": [
            {
                "key": "1234",
                "id": "V-12345",
                "href": "/objects/accounts-payable/vendor/1234",
                "vendorName": "Acme Supplies Inc.",
            }
        ],
        "count": 1,
        "totalCount": 1,
        "next": "",
    },
)

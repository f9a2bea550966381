"""Get Vendor: read one vendor."""

from actions import verbs

ACTION = verbs.get(
    "vendor",
    key="getVendor",
    label="Get Vendor",
    description="Gets a vendor by its record number or its ID.",
    id_field="vendorId",
    example={
        "key": "1234",
        "id": "V-12345",
        "vendorName": "Acme Supplies Inc.",
        "active": True,
        "paymentPriority": "Normal",
    },
)

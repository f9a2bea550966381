"""Update Vendor: change some fields of a vendor."""

from actions import verbs
from actions.vendor.rules import vendor_changes

ACTION = verbs.update(
    "vendor",
    key="updateVendor",
    label="Update Vendor",
    description="Changes the given fields of a vendor; all others keep their values.",
    id_field="vendorId",
    values=vendor_changes,
    example={"key": "1234", "id": "V-12345"},
)

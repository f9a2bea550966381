"""Create or Update Vendor: change the vendor that is there, make it where there is none."""

from actions import upsert
from actions.vendor.rules import vendor_changes, vendor_values

ACTION = upsert.create_or_update(
    "vendor",
    key="createOrUpdateVendor",
    label="Create or Update Vendor",
    description="Changes the vendor of that ID, else of that exact name; creates it if missing.",
    id_field="vendorId",
    name_field="vendorName",
    values=vendor_values,
    changes=vendor_changes,
    example={"key": "1234", "id": "V-12345", "outcome": "updated"},
)

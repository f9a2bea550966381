"""Find or Create Vendor: use the vendor that is there, make it where there is none."""

from actions import upsert
from actions.vendor.rules import vendor_values

ACTION = upsert.find_or_create(
    "vendor",
    key="findOrCreateVendor",
    label="Find or Create Vendor",
    description="Finds a vendor by its ID, else by its exact name, and creates it if missing.",
    id_field="vendorId",
    name_field="vendorName",
    values=vendor_values,
    example={"key": "1234", "id": "V-12345", "created": False},
)

"""Create Vendor: a new vendor with the contact that comes with it."""

from actions import verbs
from actions.vendor.rules import vendor_values

ACTION = verbs.create(
    "vendor",
    key="createVendor",
    label="Create Vendor",
    description="Creates a vendor together with its own contact and address.",
    values=vendor_values,
    example={"key": "1234", "id": "V-12345"},
)

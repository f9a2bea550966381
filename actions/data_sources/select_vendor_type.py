"""Select Vendor Type: the company's types of vendors to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "vendorType",
    key="selectVendorType",
    label="Select Vendor Type",
    description="Offers the company's types of vendors.",
    id_field="vendorTypeId",
    name_field="vendorTypeId",
)

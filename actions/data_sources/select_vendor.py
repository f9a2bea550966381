"""Select Vendor: the company's vendors to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "vendor",
    key="selectVendor",
    label="Select Vendor",
    description="Offers the company's vendors.",
    id_field="vendorId",
    name_field="vendorName",
    option="Return ID",
)

"""Select Contact: the company's contacts to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "contact",
    key="selectContact",
    label="Select Contact",
    description="Offers the company's contacts.",
    id_field="contactName",
    name_field="contactName",
    option="Return Contact Name",
)

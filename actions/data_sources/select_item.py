"""Select Item: the company's items to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "item",
    key="selectItem",
    label="Select Item",
    description="Offers the company's items.",
    id_field="itemId",
    name_field="itemName",
)

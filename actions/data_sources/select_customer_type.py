"""Select Customer Type: the company's types of customers to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "customerType",
    key="selectCustomerType",
    label="Select Customer Type",
    description="Offers the company's types of customers.",
    id_field="customerTypeId",
    name_field="customerTypeId",
)

"""Select Customer: the company's customers to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "customer",
    key="selectCustomer",
    label="Select Customer",
    description="Offers the company's customers.",
    id_field="customerId",
    name_field="customerName",
    option="Return ID",
)

"""Create or Update Customer: change the customer that is there, make it where there is none."""

from actions import upsert
from actions.customer.rules import customer_changes, customer_values

ACTION = upsert.create_or_update(
    "customer",
    key="createOrUpdateCustomer",
    label="Create or Update Customer",
    description="Changes the customer of that ID, else of that exact name; creates it if missing.",
    id_field="customerId",
    name_field="customerName",
    values=customer_values,
    changes=customer_changes,
    example={"key": "12499", "id": "C-01564", "outcome": "updated"},
)

"""Find or Create Customer: use the customer that is there, make it where there is none."""

from actions import upsert
from actions.customer.rules import customer_values

ACTION = upsert.find_or_create(
    "customer",
    key="findOrCreateCustomer",
    label="Find or Create Customer",
    description="Finds a customer by its ID, else by its exact name, and creates it if missing.",
    id_field="customerId",
    name_field="customerName",
    values=customer_values,
    example={"key": "12499", "id": "C-01564", "created": False},
)

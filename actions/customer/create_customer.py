"""Create Customer: a new customer with the contact that comes with it."""

from actions import verbs
from actions.customer.rules import customer_values

ACTION = verbs.create(
    "customer",
    key="createCustomer",
    label="Create Customer",
    description="Creates a customer together with its own contact and address.",
    values=customer_values,
    example={"key": "12499", "id": "C-01564"},
)

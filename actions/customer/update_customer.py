"""Update Customer: change some fields of a customer."""

from actions import verbs
from actions.customer.rules import customer_changes
from connector.component import Envelope

ACTION = verbs.update(
    "customer",
    key="updateCustomer",
    label="Update Customer",
    description="Changes the given fields of a customer; all others keep their values.",
    id_field="customerId",
    values=customer_changes,
    envelope=Envelope.ECHO,
    example={"key": "12499", "id": "C-01564"},
)

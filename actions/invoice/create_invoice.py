"""Create Invoice: charge a customer for one or more lines."""

from actions import verbs
from actions.invoice.rules import invoice_values

ACTION = verbs.create(
    "invoice",
    key="createInvoice",
    label="Create Invoice",
    description="Creates an accounts receivable invoice for a customer, posted unless a draft.",
    values=invoice_values,
    example={"key": "4774", "id": "INV-9"},
)

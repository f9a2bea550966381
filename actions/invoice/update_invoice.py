"""Update Invoice: change an invoice that nobody has paid, line by line where wanted."""

from actions import verbs
from actions.invoice.rules import changed_values

ACTION = verbs.update(
    "invoice",
    key="updateInvoice",
    label="Update Invoice",
    description="Changes an invoice: fields of its head, lines by their number, new lines.",
    values=changed_values,
    example={"key": "4774", "id": "INV-9"},
)

"""Reverse Invoice: take back a posted invoice on a day of your choice."""

from actions import reversals
from actions.invoice.rules import INVOICE

ACTION = reversals.reversal_of(
    INVOICE,
    key="reverseInvoice",
    label="Reverse Invoice",
    description="Reverses a posted invoice that nobody has paid; the books keep both.",
    example={"key": "4774", "id": "INV-9"},
)

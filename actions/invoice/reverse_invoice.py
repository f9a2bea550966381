"""Reverse Invoice: take back a posted invoice on a day of your choice."""

from actions import reversals
from actions.invoice.rules import INVOICE
from connector.component import Action, Context, Effect, Inputs, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Reverse the invoice, once."""
    return reversals.reverse(ctx, INVOICE, inputs)


ACTION = Action(
    key="reverseInvoice",
    label="Reverse Invoice",
    description="Reverses a posted invoice that nobody has paid; the books keep both.",
    object_name="invoice",
    inputs="actions/reverseInvoice.json",
    effect=Effect.UPDATE,
    perform=perform,
    example={
        "key": "4774",
        "id": "INV-9",
        "href": "/objects/accounts-receivable/invoice/4774",
        "outcome": "reversed",
    },
    output=reversals.OUTPUT,
)

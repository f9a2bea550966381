"""Create Invoice: charge a customer for one or more lines."""

from actions import verbs
from actions.invoice.rules import invoice_values
from connector.component import Action, Context, Effect, Inputs, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Create the invoice, once, and return its keys."""
    return ctx.intacct.create("invoice", invoice_values(inputs))


ACTION = Action(
    key="createInvoice",
    label="Create Invoice",
    description="Creates an accounts receivable invoice for a customer, posted unless a draft.",
    object_name="invoice",
    inputs="actions/createInvoice.json",
    effect=Effect.CREATE,
    perform=perform,
    example={
        "key": "4774",
        "id": "INV-9",
        "href": "/objects/accounts-receivable/invoice/4774",
        "outcome": "created",
    },
    output=verbs.WRITTEN,
)

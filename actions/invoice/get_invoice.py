"""Get Invoice: read one invoice with its lines."""

from actions import verbs
from actions.invoice.rules import INVOICE
from actions.numbered import read_numbered
from connector.component import Action, Context, Effect, Inputs, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Read the invoice that the record number, else the invoice number, names."""
    return read_numbered(ctx, INVOICE, inputs)


ACTION = Action(
    key="getInvoice",
    label="Get Invoice",
    description="Gets an invoice with its lines by its record number or its invoice number.",
    object_name="invoice",
    inputs="actions/getInvoice.json",
    effect=Effect.READ,
    perform=perform,
    example={
        "found": True,
        "key": "4774",
        "id": "INV-9",
        "href": "/objects/accounts-receivable/invoice/4774",
        "recordNo": "4774",
        "invoiceNumber": "INV-9",
        "customerId": "C-01234",
        "state": "Posted",
        "dateCreated": "2026-03-02",
        "dueDate": "2026-04-01",
        "totalAmount": "99.00",
        "totalDue": "99.00",
        "lineItems": [{"lineNumber": 1, "accountNumber": "4000", "amount": "99.00"}],
    },
    output=verbs.found("invoice"),
)

"""Get Invoice: read one invoice with its lines."""

from actions import numbered
from actions.invoice.rules import INVOICE

ACTION = numbered.get(
    INVOICE,
    key="getInvoice",
    label="Get Invoice",
    description="Gets an invoice with its lines by its record number or its invoice number.",
    example={
        "key": "4774",
        "id": "INV-9",
        "customerId": "C-01234",
        "state": "Posted",
        "dateCreated": "2026-03-02",
        "dueDate": "2026-04-01",
        "totalAmount": "99.00",
        "totalDue": "99.00",
        "lineItems": [{"lineNumber": 1, "accountNumber": "4000", "amount": "99.00"}],
    },
)

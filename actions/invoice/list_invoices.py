"""List Invoices: invoices page by page, of one customer or of all."""

from actions import verbs

ACTION = verbs.list_(
    "invoice",
    key="listInvoices",
    label="List Invoices",
    description="Lists accounts receivable invoices, of one customer or of all.",
    columns=(
        "recordNo",
        "invoiceNumber",
        "customerId",
        "customerName",
        "state",
        "dateCreated",
        "dueDate",
        "currency",
        "totalAmount",
        "totalDue",
    ),
    example={
        "key": "4774",
        "id": "INV-9",
        "customerId": "C-01234",
        "state": "Posted",
        "dueDate": "2026-04-01",
        "totalDue": "99.00",
    },
)

"""List AR Payments: what customers paid, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "arPayment",
    key="listArPayments",
    label="List AR Payments",
    description="Lists payments of customers, of one customer or of all.",
    columns=(
        "recordNo",
        "customerId",
        "customerName",
        "state",
        "paymentMethod",
        "receiptDate",
        "documentNumber",
        "currency",
        "totalAmount",
        "totalDue",
    ),
    example={
        "key": "2096",
        "id": "2096",
        "customerId": "C-01234",
        "state": "Posted",
        "receiptDate": "2026-03-02",
        "totalAmount": "99.00",
    },
)

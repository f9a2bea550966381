"""List AP Payments: what we paid vendors, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "apPayment",
    key="listApPayments",
    label="List AP Payments",
    description="Lists payments to vendors, to one vendor or to all.",
    columns=(
        "recordNo",
        "vendorId",
        "vendorName",
        "state",
        "paymentMethod",
        "financialEntity",
        "dateCreated",
        "documentNumber",
        "currency",
        "totalAmount",
    ),
    example={
        "key": "3323",
        "id": "3323",
        "vendorId": "V-100",
        "state": "Posted",
        "dateCreated": "2026-03-02",
        "totalAmount": "99.00",
    },
)

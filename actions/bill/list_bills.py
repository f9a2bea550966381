"""List Bills: bills page by page, of one vendor or of all."""

from actions import verbs

ACTION = verbs.list_(
    "bill",
    key="listBills",
    label="List Bills",
    description="Lists accounts payable bills, of one vendor or of all.",
    columns=(
        "recordNo",
        "billNumber",
        "vendorId",
        "vendorName",
        "state",
        "transactionDate",
        "dueDate",
        "currency",
        "totalAmount",
        "totalDue",
    ),
    example={
        "key": "4760",
        "id": "BILL-100",
        "vendorId": "VENDOR-001",
        "state": "Posted",
        "dueDate": "2026-04-01",
        "totalDue": "99.00",
    },
)

"""Get Bill: read one bill with its lines."""

from actions import numbered
from actions.bill.rules import BILL

ACTION = numbered.get(
    BILL,
    key="getBill",
    label="Get Bill",
    description="Gets a bill with its lines by its record number or its bill number.",
    example={
        "key": "4760",
        "id": "BILL-100",
        "vendorId": "VENDOR-001",
        "state": "Posted",
        "transactionDate": "2026-03-02",
        "dueDate": "2026-04-01",
        "totalAmount": "99.00",
        "totalDue": "99.00",
        "billItems": [{"lineNumber": 1, "accountNumber": "6000", "amount": "99.00"}],
    },
)

"""Get AR Adjustment: read one adjustment with its lines."""

from actions import verbs

ACTION = verbs.get(
    "arAdjustment",
    key="getARAdjustment",
    label="Get AR Adjustment",
    description="Gets a debit or credit memo of a customer with its lines.",
    id_field="adjustmentNumber",
    example={
        "key": "8652",
        "id": "ADJ-7",
        "customerId": "C-01234",
        "state": "Posted",
        "dateCreated": "2026-03-02",
        "totalAmount": "-250.00",
        "totalDue": "-250.00",
        "lineItems": [{"lineNumber": 1, "accountNumber": "4000", "amount": "-250.00"}],
    },
)

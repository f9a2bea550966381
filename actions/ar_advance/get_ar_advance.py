"""Get AR Advance: read one advance with its lines."""

from actions import verbs

ACTION = verbs.get(
    "arAdvance",
    key="getARAdvance",
    label="Get AR Advance",
    description="Gets an advance of a customer with its lines.",
    id_field="recordNo",
    example={
        "key": "9834",
        "id": "9834",
        "customerId": "C-01234",
        "state": "Posted",
        "paymentMethod": "EFT",
        "receiptDate": "2026-03-02",
        "totalAmount": "500.00",
        "totalDue": "500.00",
        "advanceItems": [{"lineNumber": 1, "accountNumber": "2200", "amount": "500.00"}],
    },
)

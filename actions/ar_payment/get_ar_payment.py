"""Get AR Payment: read one customer payment with its details."""

from actions import verbs

ACTION = verbs.get(
    "arPayment",
    key="getArPayment",
    label="Get AR Payment",
    description="Gets a customer's payment with what it pays.",
    id_field="recordNo",
    example={
        "key": "2096",
        "id": "2096",
        "customerId": "C-01234",
        "state": "Posted",
        "paymentMethod": "Cash",
        "receiptDate": "2026-03-02",
        "documentNumber": "CHK-1567",
        "totalAmount": "99.00",
        "paymentDetails": [{"recordNo": "127", "invoiceKey": "4774", "amount": "99.00"}],
    },
)

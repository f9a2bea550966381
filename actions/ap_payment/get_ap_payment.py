"""Get AP Payment: read one vendor payment with its details."""

from actions import verbs

ACTION = verbs.get(
    "apPayment",
    key="getApPayment",
    label="Get AP Payment",
    description="Gets a payment to a vendor with what it pays.",
    id_field="recordNo",
    example={
        "key": "3323",
        "id": "3323",
        "vendorId": "V-100",
        "state": "Posted",
        "paymentMethod": "Printed Check",
        "dateCreated": "2026-03-02",
        "documentNumber": "CHK-3086",
        "totalAmount": "99.00",
        "paymentDetails": [{"recordNo": "1059", "billKey": "2001", "amount": "99.00"}],
    },
)

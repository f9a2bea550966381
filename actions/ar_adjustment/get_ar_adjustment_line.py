"""Get AR Adjustment Line: read one line of an adjustment."""

from actions import verbs

ACTION = verbs.get(
    "arAdjustmentLine",
    key="getARAdjustmentLine",
    label="Get AR Adjustment Line",
    description="Gets one line of a debit or credit memo by the line's own record number.",
    id_field="recordNo",
    example={
        "key": "12456",
        "id": "12456",
        "adjustmentRecordNo": "8652",
        "accountNumber": "4000",
        "amount": "-250.00",
        "memo": "Credit for defective items",
    },
)

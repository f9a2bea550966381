"""Create AP Payment: pay bills of a vendor from a bank account."""

from actions import verbs
from actions.ap_payment.rules import payment_values

ACTION = verbs.create(
    "apPayment",
    key="createApPayment",
    label="Create AP Payment",
    description="Pays bills of a vendor from a bank account, with credits where wanted.",
    values=payment_values,
    example={"key": "3323", "id": "3323"},
)

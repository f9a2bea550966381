"""Create AR Payment: record what a customer paid, and apply it to invoices."""

from actions import verbs
from actions.ar_payment.rules import payment_values

ACTION = verbs.create(
    "arPayment",
    key="createArPayment",
    label="Create AR Payment",
    description="Records a customer's payment and applies it to invoices or debit memos.",
    values=payment_values,
    example={"key": "2096", "id": "2096"},
)

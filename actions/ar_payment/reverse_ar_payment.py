"""Reverse AR Payment: take back a customer payment, such as a check that came back."""

from actions import payment_reversals
from actions.ar_payment.rules import AR_PAYMENT

ACTION = payment_reversals.reversal_of(
    AR_PAYMENT,
    key="reverseArPayment",
    label="Reverse AR Payment",
    description="Reverses a customer's payment; the invoices it paid are due again.",
    example={"key": "2096", "id": "2096"},
)

"""Reverse AP Payment: take back a payment to a vendor."""

from actions import payment_reversals
from actions.ap_payment.rules import AP_PAYMENT

ACTION = payment_reversals.reversal_of(
    AP_PAYMENT,
    key="reverseApPayment",
    label="Reverse AP Payment",
    description="Reverses a payment to a vendor; the bills it paid are due again.",
    example={"key": "3323", "id": "3323"},
)

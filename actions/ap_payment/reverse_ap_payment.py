"""Reverse AP Payment: take back a payment to a vendor."""

from __future__ import annotations

from actions import payment_reversals, reversals
from actions.ap_payment.rules import AP_PAYMENT
from connector.component import Action, Context, Effect, Inputs, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Reverse the payment, once."""
    return payment_reversals.reverse(ctx, AP_PAYMENT, inputs)


ACTION = Action(
    key="reverseApPayment",
    label="Reverse AP Payment",
    description="Reverses a payment to a vendor; the bills it paid are due again.",
    object_name="apPayment",
    inputs="actions/reverseApPayment.json",
    effect=Effect.UPDATE,
    perform=perform,
    example={
        "key": "3323",
        "id": "3323",
        "href": "/objects/accounts-payable/payment/3323",
        "outcome": "reversed",
    },
    output=reversals.OUTPUT,
)

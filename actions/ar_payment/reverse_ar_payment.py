"""Reverse AR Payment: take back a customer payment, such as a check that came back."""

from __future__ import annotations

from actions import payment_reversals, reversals
from actions.ar_payment.rules import AR_PAYMENT
from connector.component import Action, Context, Effect, Inputs, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Reverse the payment, once."""
    return payment_reversals.reverse(ctx, AR_PAYMENT, inputs)


ACTION = Action(
    key="reverseArPayment",
    label="Reverse AR Payment",
    description="Reverses a customer's payment; the invoices it paid are due again.",
    object_name="arPayment",
    inputs="actions/reverseArPayment.json",
    effect=Effect.UPDATE,
    perform=perform,
    example={
        "key": "2096",
        "id": "2096",
        "href": "/objects/accounts-receivable/payment/2096",
        "outcome": "reversed",
    },
    output=reversals.OUTPUT,
)

"""Reverse Bill: take back a posted bill on a day of your choice."""

from actions import reversals
from actions.bill.rules import BILL
from connector.component import Action, Context, Effect, Inputs, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Reverse the bill, once."""
    return reversals.reverse(ctx, BILL, inputs)


ACTION = Action(
    key="reverseBill",
    label="Reverse Bill",
    description="Reverses a posted bill that nobody has paid; the books keep both.",
    object_name="bill",
    inputs="actions/reverseBill.json",
    effect=Effect.UPDATE,
    perform=perform,
    example={
        "key": "4760",
        "id": "BILL-100",
        "href": "/objects/accounts-payable/bill/4760",
        "outcome": "reversed",
    },
    output=reversals.OUTPUT,
)

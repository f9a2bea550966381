"""Reverse Bill: take back a posted bill on a day of your choice."""

from actions import reversals
from actions.bill.rules import BILL

ACTION = reversals.reversal_of(
    BILL,
    key="reverseBill",
    label="Reverse Bill",
    description="Reverses a posted bill that nobody has paid; the books keep both.",
    example={"key": "4760", "id": "BILL-100"},
)

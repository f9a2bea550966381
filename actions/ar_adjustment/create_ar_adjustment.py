"""Create AR Adjustment: add to, or take off, what a customer owes."""

from actions import verbs
from actions.ar_adjustment.rules import adjustment_values

ACTION = verbs.create(
    "arAdjustment",
    key="createARAdjustment",
    label="Create AR Adjustment",
    description="Creates a debit memo (amounts above zero) or a credit memo (amounts below zero).",
    values=adjustment_values,
    example={"key": "8652", "id": "ADJ-7"},
)

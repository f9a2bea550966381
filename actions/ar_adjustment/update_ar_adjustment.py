"""Update AR Adjustment: change an adjustment, line by line where wanted."""

from actions import verbs
from actions.ar_adjustment.rules import changed_values

ACTION = verbs.update(
    "arAdjustment",
    key="updateARAdjustment",
    label="Update AR Adjustment",
    description="Changes an adjustment: fields of its head, lines by their number, new lines.",
    values=changed_values,
    example={"key": "8652", "id": "ADJ-7"},
)

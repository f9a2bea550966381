"""Update Bill: change a bill that nobody has paid."""

from actions import verbs
from actions.bill.rules import changed_values

ACTION = verbs.update(
    "bill",
    key="updateBill",
    label="Update Bill",
    description="Changes a bill; lines, where given, replace all lines of the bill.",
    values=changed_values,
    example={"key": "4760", "id": "BILL-100"},
)

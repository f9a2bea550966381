"""Create Bill: record what a vendor has charged us."""

from actions import verbs
from actions.bill.rules import bill_values

ACTION = verbs.create(
    "bill",
    key="createBill",
    label="Create Bill",
    description="Creates an accounts payable bill of a vendor, posted unless a draft.",
    values=bill_values,
    example={"key": "4760", "id": "BILL-100"},
)

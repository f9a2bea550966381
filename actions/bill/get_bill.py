"""Get Bill: read one bill with its lines."""

from actions import verbs
from actions.bill.rules import BILL
from actions.numbered import read_numbered
from connector.component import Action, Context, Effect, Inputs, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Read the bill that the record number, else the bill number, names."""
    return read_numbered(ctx, BILL, inputs)


ACTION = Action(
    key="getBill",
    label="Get Bill",
    description="Gets a bill with its lines by its record number or its bill number.",
    object_name="bill",
    inputs="actions/getBill.json",
    effect=Effect.READ,
    perform=perform,
    example={
        "found": True,
        "key": "4760",
        "id": "BILL-100",
        "href": "/objects/accounts-payable/bill/4760",
        "recordNo": "4760",
        "billNumber": "BILL-100",
        "vendorId": "VENDOR-001",
        "state": "Posted",
        "transactionDate": "2026-03-02",
        "dueDate": "2026-04-01",
        "totalAmount": "99.00",
        "totalDue": "99.00",
        "billItems": [{"lineNumber": 1, "accountNumber": "6000", "amount": "99.00"}],
    },
    output=verbs.found("bill"),
)

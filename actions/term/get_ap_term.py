"""Get AP Term: read one term for vendors."""

from actions import named, verbs
from connector.component import Action, Context, Effect, Inputs, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Read the term that the record number, else the name, means."""
    return named.read(ctx, "apTerm", inputs, "termName")


ACTION = Action(
    key="getApTerm",
    label="Get AP Term",
    description="Gets a payment term for vendors by its record number or its name.",
    object_name="apTerm",
    inputs="actions/getApTerm.json",
    effect=Effect.READ,
    perform=perform,
    example={
        "found": True,
        "key": "3",
        "id": "Net 30",
        "href": "/objects/accounts-payable/term/3",
        "recordNo": "3",
        "termName": "Net 30",
        "dueDays": 30,
        "active": True,
    },
    output=verbs.found("apTerm"),
)

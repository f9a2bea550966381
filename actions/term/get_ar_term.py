"""Get AR Term: read one term for customers."""

from actions import named, verbs
from connector.component import Action, Context, Effect, Inputs, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Read the term that the record number, else the name, means."""
    return named.read(ctx, "term", inputs, "termName")


ACTION = Action(
    key="getArTerm",
    label="Get AR Term",
    description="Gets a payment term for customers by its record number or its name.",
    object_name="term",
    inputs="actions/getArTerm.json",
    effect=Effect.READ,
    perform=perform,
    example={
        "found": True,
        "key": "3",
        "id": "Net 30",
        "href": "/objects/accounts-receivable/term/3",
        "recordNo": "3",
        "termName": "Net 30",
        "dueDays": 30,
        "active": True,
    },
    output=verbs.found("term"),
)

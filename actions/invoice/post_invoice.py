"""Post Invoice: post a draft, and leave one that is posted as it is."""

from __future__ import annotations

from actions import outputs
from actions.invoice.rules import INVOICE
from actions.numbered import state_of
from connector.component import Action, Context, Effect, Inputs, Inverse, Output
from connector.errors import InputError

# What an invoice can be after it was posted, by its display names (xml-api 4.1).
_POSTED = {"posted", "selected", "partially paid", "paid"}


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Post the draft that is meant, once; one that is posted already is an answer, no error.

    Raises:
        InputError: There is no such invoice, or it is in a state that cannot be posted.
    """
    found = state_of(ctx, INVOICE, inputs)
    keys = {name: found[name] for name in ("key", "id", "href")}
    if found["state"].lower() in _POSTED:
        return {**keys, "outcome": "already posted"}
    if found["state"] != "Draft":
        raise InputError(
            f"Invoice {found['id'] or found['key']} is {found['state']}; only a draft is posted.",
            advice="Check that this is the invoice you mean.",
            field="recordNo",
        )
    # There is no function that posts: a draft that is submitted is posted (xml-api 4.1).
    ctx.intacct.invoke("submit", "invoice", {"recordNo": found["key"]})
    return {**keys, "outcome": "posted"}


ACTION = Action(
    key="postInvoice",
    label="Post Invoice",
    description="Posts a draft invoice; one that is posted already stays as it is.",
    object_name="invoice",
    inputs="actions/postInvoice.json",
    effect=Effect.UPDATE,
    perform=perform,
    inverse=Inverse(posted="reverseInvoice"),
    example={
        "key": "4774",
        "id": "INV-9",
        "href": "/objects/accounts-receivable/invoice/4774",
        "outcome": "posted",
    },
    output={
        "type": "object",
        "required": ["key", "id", "href", "outcome"],
        "properties": {
            **outputs.CHANGED["properties"],
            "outcome": {
                "enum": ["posted", "already posted"],
                "title": "Outcome",
                "description": "Whether this call posted it or it was posted before.",
            },
        },
    },
)

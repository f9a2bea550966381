"""Apply AR Payment: use what is left of a payment, an advance or a credit for invoices."""

from __future__ import annotations

from connector.component import Action, Context, Effect, Inputs, Inverse, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Apply it, once, and say what was applied to which invoice."""
    done = ctx.intacct.invoke("apply", "arPayment", inputs)
    return {"key": done["key"], "applied": inputs["paymentDetails"]}


ACTION = Action(
    key="applyArPayment",
    label="Apply AR Payment",
    description="Applies an overpayment, advance, credit memo or negative invoice to invoices.",
    object_name="arPayment",
    inputs="actions/applyArPayment.json",
    effect=Effect.UPDATE,
    only_over=("xml",),
    perform=perform,
    inverse=Inverse(why="Intacct has no function that takes an application back; do it there."),
    example={"key": "2096", "applied": [{"invoiceKey": "4774", "amount": "10.99"}]},
    output={
        "type": "object",
        "required": ["key", "applied"],
        "properties": {
            "key": {
                "type": "string",
                "title": "Key",
                "description": "The record number of what was applied.",
            },
            "applied": {
                "type": "array",
                "title": "Applied",
                "description": "Each invoice with the amount that was applied to it.",
                "items": {"type": "object"},
            },
        },
    },
)

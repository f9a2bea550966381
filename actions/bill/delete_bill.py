"""Delete Bill: remove a bill as if it had never been entered."""

from connector.component import Action, Context, Effect, Inputs, Inverse, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Delete the bill, once, and say which."""
    return ctx.intacct.delete("bill", [inputs["recordNo"]])


ACTION = Action(
    key="deleteBill",
    label="Delete Bill",
    description="Deletes a bill that is neither paid nor reversed, as if it had never been.",
    object_name="bill",
    inputs="actions/deleteBill.json",
    effect=Effect.DELETE,
    perform=perform,
    inverse=Inverse(why="What is deleted is gone; enter it anew from your own papers."),
    example={"deleted": ["4760"]},
    output={
        "type": "object",
        "required": ["deleted"],
        "properties": {
            "deleted": {
                "type": "array",
                "title": "Deleted",
                "description": "The record numbers that are gone.",
                "items": {"type": "string"},
            }
        },
    },
)

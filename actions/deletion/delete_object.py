"""Delete Object: remove records of any object by their record numbers."""

from __future__ import annotations

from actions.deletion.rules import record_numbers
from actions.object_names import wire_name
from connector.component import Action, Context, Effect, Inputs, Inverse, Output
from connector.errors import ConnectorError, Refused
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Condition


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Delete all the records in one call, and say which.

    Raises:
        Refused: Intacct declined; what is said after the reason is what a look found, record by
            record, since nobody knows what it does with the others (xml-api 8.30).
    """
    name, keys = wire_name(inputs["object"]), record_numbers(inputs["keys"])
    try:
        return ctx.intacct.delete(name, keys)
    except Refused as refusal:
        if len(keys) == 1:
            raise
        raise type(refusal)(
            f"{refusal.title} {_what_is_left(ctx, name, keys)}",
            advice="Leave out the record that cannot be deleted, then delete the others again.",
            field="keys",
            code=refusal.code,
            support_id=refusal.support_id,
        ) from refusal


def _what_is_left(ctx: Context, name: str, keys: list[str]) -> str:
    key = ObjectSchema.find(name).key
    try:
        rows = ctx.intacct.query(name, select=[key], where=Condition(key, "in", tuple(keys)))
    except ConnectorError:
        return "Which of the records are still there could not be looked up."
    found = {str(row[key]) for row in rows}
    there = [number for number in keys if number in found]
    gone = [number for number in keys if number not in found]
    if not gone:
        return f"All {len(keys)} records are still there."
    if not there:
        return f"None of the {len(keys)} records is there now."
    return f"Still there: {', '.join(there)}. Not there now: {', '.join(gone)}."


ACTION = Action(
    key="deleteObject",
    label="Delete Object",
    description="Deletes one or several records of any object by their record numbers.",
    object_name="",
    inputs="actions/deleteObject.json",
    effect=Effect.DELETE,
    perform=perform,
    inverse=Inverse(why="What is deleted is gone; enter it anew from your own papers."),
    example={"deleted": ["1234", "1235"]},
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

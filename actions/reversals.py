"""Taking back what has been posted, once, with the day and the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

from actions import examples, outputs
from actions.declaring import Words, declared
from actions.numbered import Numbered, state_of
from connector.component import Action, Context, Effect, Inputs, Inverse, Output
from connector.errors import InputError

OUTPUT: dict[str, Any] = {
    "type": "object",
    "required": ["key", "id", "href", "outcome"],
    "properties": {
        **outputs.CHANGED["properties"],
        "outcome": {
            "enum": ["reversed", "already reversed"],
            "title": "Outcome",
            "description": "Whether this call reversed it or it was reversed before.",
        },
    },
}

_FINAL = Inverse(why="A reversal is final; record anew what should stand in the books after all.")


def reversal(
    object_name: str, undo: Callable[[Context, Inputs], Output], **words: Unpack[Words]
) -> Action:
    """Return an action that takes back what has been posted, once.

    Args:
        object_name: Our name of the object.
        undo: Takes it back, or says that it was taken back before.
        words: Key, label, description and example.
    """
    example = {"outcome": "reversed", **words["example"]}
    words["example"] = examples.written(object_name, example)
    return declared(object_name, Effect.UPDATE, undo, OUTPUT, inverse=_FINAL, **words)


def reversal_of(document: Numbered, **words: Unpack[Words]) -> Action:
    """Return the action that reverses documents of one kind, such as invoices."""

    def undo(ctx: Context, inputs: Inputs) -> Output:
        return reverse(ctx, document, inputs)

    return reversal(document.object_name, undo, **words)


def reverse(ctx: Context, document: Numbered, inputs: Inputs) -> Output:
    """Reverse the posted document that is meant; one that is reversed already stays as it is.

    Raises:
        InputError: There is no such document, or it is a draft, which is deleted instead.
        Refused: Intacct declines, for example because it is paid or the period is closed.
    """
    found = state_of(ctx, document, inputs)
    keys = {name: found[name] for name in ("key", "id", "href")}
    if found["state"] == "Reversed":
        return {**keys, "outcome": "already reversed"}
    if found["state"] == "Draft":
        raise InputError(
            f"The {document.object_name} {found['id'] or found['key']} is a draft; "
            "only what is posted can be reversed.",
            advice="Delete the draft instead; it is in no book yet.",
            field="recordNo",
        )
    values = {name: inputs[name] for name in ("reversalDate", "reversalReason") if name in inputs}
    ctx.intacct.invoke("reverse", document.object_name, {"recordNo": found["key"], **values})
    return {**keys, "outcome": "reversed"}

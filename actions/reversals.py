"""Taking back what has been posted, once, with the day and the reason."""

from __future__ import annotations

from typing import Any

from actions import verbs
from actions.numbered import Numbered, state_of
from connector.component import Context, Inputs, Output
from connector.errors import InputError

OUTPUT: dict[str, Any] = {
    "type": "object",
    "required": ["key", "id", "href", "outcome"],
    "properties": {
        **verbs.CHANGED["properties"],
        "outcome": {
            "enum": ["reversed", "already reversed"],
            "title": "Outcome",
            "description": "Whether this call reversed it or it was reversed before.",
        },
    },
}


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

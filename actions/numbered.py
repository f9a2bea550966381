"""Documents that people know by a number which Intacct does not force to be unique."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Unpack

from actions import examples, outputs, rules, verbs
from actions.declaring import Words, declared
from connector.component import Action, Context, Effect, Inputs, Output
from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Condition


@dataclass(frozen=True)
class Numbered:
    """What such a document calls its parts.

    Args:
        object_name: Our name of the object, such as ``invoice``.
        number: The field with the number that people know.
        party: The field with whom it is about; it tells documents of one number apart.
        lines: The field that holds its lines.
    """

    object_name: str
    number: str
    party: str
    lines: str


def get(document: Numbered, **words: Unpack[Words]) -> Action:
    """Return an action that reads one document by its record number or its number.

    Args:
        document: Which kind.
        words: Key, label, description and example.
    """

    def perform(ctx: Context, inputs: Inputs) -> Output:
        return read_numbered(ctx, document, inputs)

    name = document.object_name
    words["example"] = examples.found(name, document.number, words["example"])
    return declared(name, Effect.READ, perform, outputs.found(name), **words)


def read_numbered(ctx: Context, document: Numbered, inputs: Inputs) -> Output:
    """Read the document that the record number, else its number, names, with its lines.

    Raises:
        InputError: Neither is given, they differ, or several documents carry the number.
    """
    rules.require_any(inputs, "recordNo", document.number, what=document.object_name)
    key = inputs.get("recordNo")
    if not key:
        row = _by_number(ctx, document, inputs[document.number])
        if row is None:
            return {"found": False}
        key = str(row["recordNo"])
    record = verbs.read(ctx, document.object_name, {**inputs, "recordNo": key}, document.number)
    if record["found"] and verbs.asked_fields(inputs, document.number) == ("*",):
        record.setdefault(document.lines, [])
    return record


def state_of(ctx: Context, document: Numbered, inputs: Inputs) -> dict[str, Any]:
    """Return key, id, address and state of the document that is meant, in one call.

    Raises:
        InputError: As for reading, and where there is no such document.
    """
    rules.require_any(inputs, "recordNo", document.number, what=document.object_name)
    if "recordNo" in inputs:
        asked = {**inputs, "fields": ["state"]}
        found = verbs.read(ctx, document.object_name, asked, document.number)
        if found["found"]:
            return found
    else:
        row = _by_number(ctx, document, inputs[document.number], document.number, "state")
        if row is not None:
            key = str(row["recordNo"])
            href = ObjectSchema.named(document.object_name).href(key)
            return {"key": key, "id": row[document.number], "href": href, "state": row["state"]}
    name = "recordNo" if "recordNo" in inputs else document.number
    raise InputError(
        f"There is no {document.object_name} with {name} {inputs[name]}.",
        advice="Check the number, and whether this connection sees the entity it belongs to.",
        field=name,
    )


def _by_number(
    ctx: Context, document: Numbered, number: str, *fields: str
) -> dict[str, Any] | None:
    # Numbers are unique only where the company enforces it, so a second one is looked for.
    rows = ctx.intacct.query(
        document.object_name,
        select=["recordNo", document.party, *fields],
        where=Condition(document.number, "equalTo", (number,)),
        limit=2,
    )
    if len(rows) > 1:
        parties = " and ".join(str(row[document.party]) for row in rows)
        plural = ObjectSchema.named(document.object_name).plural
        raise InputError(
            f"Several {plural} carry the number '{number}', among them those of {parties}.",
            advice="Give the recordNo of the one you mean.",
            field="recordNo",
        )
    return rows[0] if rows else None

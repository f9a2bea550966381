"""Actions with nothing special to say: filled-in forms around one verb of the client."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import schemas
from actions import listing, rules
from connector.component import (
    Action,
    Context,
    Effect,
    Envelope,
    Inputs,
    Output,
    ResultForm,
)

_TEXT = {"type": "string"}

_KEYS: dict[str, Any] = {
    "key": {**_TEXT, "title": "Key", "description": "The record number Intacct gave it."},
    "id": {**_TEXT, "title": "ID", "description": "The ID people know it by, where it is known."},
    "href": {**_TEXT, "title": "Address", "description": "Where the record stands in the API."},
}

WRITTEN: dict[str, Any] = {
    "type": "object",
    "required": ["key", "id", "href"],
    "properties": {
        **_KEYS,
        "outcome": {
            "enum": ["created", "already there"],
            "title": "Outcome",
            "description": "Whether this call made the record or an earlier try had done so.",
        },
    },
}


CHANGED: dict[str, Any] = {
    "type": "object",
    "required": ["key", "id", "href"],
    "properties": _KEYS,
}


def as_given(inputs: Inputs) -> dict[str, Any]:
    """Return the inputs as the record's values: each field means what it says."""
    return dict(inputs)


def found(object_name: str) -> dict[str, Any]:
    """Return the schema of what reading one record gives.

    Fields carry their titles only: what Intacct leaves empty comes back as empty text, whatever
    the field's type.
    """
    fields = schemas.resolve(f"objects/{object_name}.json")["properties"]
    return {
        "type": "object",
        "required": ["found"],
        "properties": {
            "found": {
                "type": "boolean",
                "title": "Found",
                "description": "False when there is no such record; nothing else is given then.",
            },
            **_KEYS,
            **{
                name: {"title": field["title"], "description": field["description"]}
                for name, field in fields.items()
            },
        },
    }


def get(
    object_name: str,
    *,
    key: str,
    label: str,
    description: str,
    id_field: str,
    example: Mapping[str, Any],
    envelope: Envelope = Envelope.RECORDS,
) -> Action:
    """Return an action that reads one record by its record number or its id.

    Args:
        object_name: Our name of the object.
        key: The published key; the inputs stand in ``actions/<key>.json``.
        label: The published label.
        description: One sentence for the catalogue.
        id_field: Our name of the object's id, which is an input beside ``recordNo``.
        example: A record as users will see it.
        envelope: What the envelope form holds.
    """

    def perform(ctx: Context, inputs: Inputs) -> Output:
        rules.require_any(inputs, id_field, "recordNo", what=object_name)
        return read(ctx, object_name, inputs, id_field)

    return Action(
        key=key,
        label=label,
        description=description,
        object_name=object_name,
        inputs=f"actions/{key}.json",
        effect=Effect.READ,
        perform=perform,
        example=example,
        output=found(object_name),
        envelope=envelope,
    )


def create(
    object_name: str,
    *,
    key: str,
    label: str,
    description: str,
    example: Mapping[str, Any],
    values: Callable[[Inputs], Mapping[str, Any]] = as_given,
    envelope: Envelope = Envelope.RECORDS,
) -> Action:
    """Return an action that creates one record, once.

    Args:
        object_name: Our name of the object.
        key: The published key; the inputs stand in ``actions/<key>.json``.
        label: The published label.
        description: One sentence for the catalogue.
        example: A result as users will see it.
        values: Turns checked inputs into the record's fields, or refuses them.
        envelope: What the envelope form holds.
    """

    def perform(ctx: Context, inputs: Inputs) -> Output:
        return ctx.intacct.create(object_name, values(inputs))

    return Action(
        key=key,
        label=label,
        description=description,
        object_name=object_name,
        inputs=f"actions/{key}.json",
        effect=Effect.CREATE,
        perform=perform,
        example=example,
        output=WRITTEN,
        envelope=envelope,
    )


def update(  # noqa: PLR0913 - a declaration spells out every name
    object_name: str,
    *,
    key: str,
    label: str,
    description: str,
    example: Mapping[str, Any],
    id_field: str = "",
    values: Callable[[Inputs], Mapping[str, Any]] = as_given,
    envelope: Envelope = Envelope.RECORDS,
) -> Action:
    """Return an action that changes one record; fields that are not given keep their values.

    Args:
        object_name: Our name of the object.
        key: The published key; the inputs stand in ``actions/<key>.json``.
        label: The published label.
        description: One sentence for the catalogue.
        example: A result as users will see it.
        id_field: Our name of the id that may stand in for ``recordNo``; empty where only the
            record number tells which one is meant.
        values: Turns checked inputs into the record's fields, or refuses them.
        envelope: What the envelope form holds.
    """
    names = [id_field, "recordNo"] if id_field else ["recordNo"]

    def perform(ctx: Context, inputs: Inputs) -> Output:
        rules.require_any(inputs, *names, what=object_name)
        rules.require_change(inputs, names)
        return ctx.intacct.update(object_name, values(inputs))

    return Action(
        key=key,
        label=label,
        description=description,
        object_name=object_name,
        inputs=f"actions/{key}.json",
        effect=Effect.UPDATE,
        perform=perform,
        example=example,
        output=CHANGED,
        envelope=envelope,
    )


def list_(
    object_name: str,
    *,
    key: str,
    label: str,
    description: str,
    columns: Sequence[str],
    example: Mapping[str, Any],
) -> Action:
    """Return an action that lists records page by page, in the order of their record numbers.

    Args:
        object_name: Our name of the object.
        key: The published key; the inputs in ``actions/<key>.json`` are those of
            ``actions/listing.py`` and fields that a record has to equal.
        label: The published label.
        description: One sentence for the catalogue.
        columns: The fields of each record where the user names none.
        example: A result as users will see it.
    """

    def perform(ctx: Context, inputs: Inputs) -> Output:
        return listing.read(ctx, object_name, inputs, columns)

    return Action(
        key=key,
        label=label,
        description=description,
        object_name=object_name,
        inputs=f"actions/{key}.json",
        effect=Effect.READ,
        perform=perform,
        example=example,
        output=listing.output(object_name),
        forms=(ResultForm.NORMAL, ResultForm.ENVELOPE),
        envelope=Envelope.LIST,
    )


def read(ctx: Context, object_name: str, inputs: Inputs, id_field: str) -> Output:
    """Read the record that ``recordNo``, else the id, names; both have to name the same one.

    Raises:
        InputError: The two name different records.
    """
    record = ctx.intacct.get(
        object_name,
        key=inputs.get("recordNo", ""),
        id="" if "recordNo" in inputs else inputs.get(id_field, ""),
        fields=asked_fields(inputs, id_field),
    )
    rules.require_same(record, inputs, id_field, object_name)
    return record


def asked_fields(inputs: Inputs, id_field: str) -> tuple[str, ...]:
    """Return the fields to read; key and id always come along, since results carry both."""
    names = rules.field_names(inputs.get("fields", "*"))
    return names if names == ("*",) else tuple(dict.fromkeys(["recordNo", id_field, *names]))

"""Actions with nothing special to say: filled-in forms around one verb of the client."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Unpack

from actions import examples, listing, outputs, rules
from actions.declaring import Words, declared
from connector.component import (
    Action,
    Context,
    Effect,
    Envelope,
    Inputs,
    Inverse,
    Output,
    ResultForm,
)

CHANGED = Inverse(
    why="What stood in the record before is not kept, so nothing can put it back; change it again."
)


def as_given(inputs: Inputs) -> dict[str, Any]:
    """Return the inputs as the record's values: each field means what it says."""
    return dict(inputs)


def get(
    object_name: str,
    *,
    id_field: str,
    envelope: Envelope = Envelope.RECORDS,
    **words: Unpack[Words],
) -> Action:
    """Return an action that reads one record by its record number or its id.

    Args:
        object_name: Our name of the object.
        id_field: Our name of the object's id, which is an input beside ``recordNo``.
        envelope: What the envelope form holds.
        words: Key, label, description and example.
    """

    def perform(ctx: Context, inputs: Inputs) -> Output:
        rules.require_any(inputs, id_field, "recordNo", what=object_name)
        return read(ctx, object_name, inputs, id_field)

    words["example"] = examples.found(object_name, id_field, words["example"])
    return declared(
        object_name, Effect.READ, perform, outputs.found(object_name), envelope=envelope, **words
    )


def create(
    object_name: str,
    *,
    values: Callable[[Inputs], Mapping[str, Any]] = as_given,
    envelope: Envelope = Envelope.RECORDS,
    **words: Unpack[Words],
) -> Action:
    """Return an action that creates one record, once.

    Args:
        object_name: Our name of the object.
        values: Turns checked inputs into the record's fields, or refuses them.
        envelope: What the envelope form holds.
        words: Key, label, description and example.
    """

    def perform(ctx: Context, inputs: Inputs) -> Output:
        return ctx.intacct.create(object_name, values(inputs))

    words["example"] = examples.written(object_name, {"outcome": "created", **words["example"]})
    return declared(
        object_name, Effect.CREATE, perform, outputs.WRITTEN, envelope=envelope, **words
    )


def update(
    object_name: str,
    *,
    id_field: str = "",
    values: Callable[[Inputs], Mapping[str, Any]] = as_given,
    envelope: Envelope = Envelope.RECORDS,
    **words: Unpack[Words],
) -> Action:
    """Return an action that changes one record; fields that are not given keep their values.

    Args:
        object_name: Our name of the object.
        id_field: Our name of the id that may stand in for ``recordNo``; empty where only the
            record number tells which one is meant.
        values: Turns checked inputs into the record's fields, or refuses them.
        envelope: What the envelope form holds.
        words: Key, label, description and example.
    """
    names = [id_field, "recordNo"] if id_field else ["recordNo"]

    def perform(ctx: Context, inputs: Inputs) -> Output:
        rules.require_any(inputs, *names, what=object_name)
        rules.require_change(inputs, names)
        return ctx.intacct.update(object_name, values(inputs))

    words["example"] = examples.written(object_name, words["example"])
    return declared(
        object_name,
        Effect.UPDATE,
        perform,
        outputs.CHANGED,
        envelope=envelope,
        inverse=CHANGED,
        **words,
    )


def list_(
    object_name: str,
    *,
    columns: Sequence[str],
    **words: Unpack[Words],
) -> Action:
    """Return an action that lists records page by page, in the order of their record numbers.

    Args:
        object_name: Our name of the object.
        columns: The fields of each record where the user names none.
        words: Key, label, description and example; the inputs are those of ``actions/listing.py``
            and fields that a record has to equal.
    """

    def perform(ctx: Context, inputs: Inputs) -> Output:
        return listing.read(ctx, object_name, inputs, columns)

    words["example"] = examples.listed(object_name, words["example"])
    return declared(
        object_name,
        Effect.READ,
        perform,
        listing.output(object_name, columns),
        forms=(ResultForm.NORMAL, ResultForm.ENVELOPE),
        envelope=Envelope.LIST,
        **words,
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

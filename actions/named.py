"""Records whose ID is a name that people chose, and so may hold a comma."""

from __future__ import annotations

from typing import Unpack

from actions import examples, outputs, rules, upsert, verbs
from actions.declaring import Words, declared
from connector.component import Action, Context, Effect, Inputs, Output


def get(object_name: str, *, id_field: str, **words: Unpack[Words]) -> Action:
    """Return an action that reads one record by its record number or its name.

    Args:
        object_name: Our name of the object.
        id_field: Our name of the field that holds the name.
        words: Key, label, description and example.
    """

    def perform(ctx: Context, inputs: Inputs) -> Output:
        return read(ctx, object_name, inputs, id_field)

    words["example"] = examples.found(object_name, id_field, words["example"])
    return declared(object_name, Effect.READ, perform, outputs.found(object_name), **words)


def read(ctx: Context, object_name: str, inputs: Inputs, id_field: str) -> Output:
    """Read the record that the record number, else the name, means.

    Raises:
        InputError: Neither is given, or they mean two records.
    """
    rules.require_any(inputs, id_field, "recordNo", what=object_name)
    if "recordNo" not in inputs and "," in inputs[id_field]:
        # Names such as "2% 10, Net 30" are looked up: reading by name takes the comma for two.
        found = upsert.find(ctx, object_name, inputs, id_field, id_field)
        if found is None:
            return {"found": False}
        inputs = {**inputs, "recordNo": found["key"]}
    return verbs.read(ctx, object_name, inputs, id_field)

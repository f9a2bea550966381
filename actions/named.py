"""Records whose ID is a name that people chose, and so may hold a comma."""

from __future__ import annotations

from actions import rules, upsert, verbs
from connector.component import Context, Inputs, Output


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

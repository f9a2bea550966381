"""What both general queries share: the object, its filter and its fields as people write them."""

from __future__ import annotations

from typing import Any

from actions import rules
from actions.object_names import wire_name
from actions.query.filter_grammar import parse
from actions.query.vocabularies import wire_field
from connector.component import Inputs
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Filter

OUTPUT: dict[str, Any] = {
    "type": "object",
    "required": ["records", "count", "totalCount"],
    "properties": {
        "records": {
            "type": "array",
            "items": {"type": "object"},
            "title": "Records",
            "description": "The records under Intacct's own field names.",
        },
        "count": {
            "type": "integer",
            "title": "Count",
            "description": "How many records are in this result.",
        },
        "totalCount": {
            "type": "integer",
            "title": "Total Count",
            "description": "How many records match in all.",
        },
        "next": {
            "type": "string",
            "title": "Next",
            "description": "Where the next page starts; empty when this is the last.",
        },
    },
}


def object_asked(inputs: Inputs) -> ObjectSchema:
    """Return the object by any of its names, custom ones too."""
    return ObjectSchema.find(wire_name(inputs["objectName"]))


def fields_asked(inputs: Inputs, schema: ObjectSchema) -> tuple[str, ...]:
    """Return Intacct's names of the fields, ``*`` alone for all."""
    names = rules.field_names(inputs.get("fields", "*"))
    if names == ("*",):
        return names
    known = [wire_field(schema, name) for name in names]
    return tuple(
        found.column if found else name.upper() for name, found in zip(names, known, strict=True)
    )


def filter_asked(inputs: Inputs, schema: ObjectSchema) -> Filter | None:
    """Return the parsed filter, None for all records.

    Raises:
        InputError: It cannot be read.
    """
    text = inputs.get("query", "")
    return parse(text, prefix=schema.wire, field="query") if text else None

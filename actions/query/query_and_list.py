"""Query and List Records: all records of any object that match a filter."""

from __future__ import annotations

from typing import Any

from actions import rules
from actions.query.filter_text import normalised
from connector.component import Action, Context, Effect, Inputs, Output

# Names from another list of actions; the API knows the short ones only.
_OTHER_NAMES = {"ARPAYMENT": "ARPYMT", "APPAYMENT": "APPYMT"}


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Return every matching record, all pages, under Intacct's own field names."""
    name = inputs["objectName"].upper()
    fields = tuple(field.upper() for field in rules.field_names(inputs.get("fields", "*")))
    rows: list[dict[str, Any]] = list(
        ctx.intacct.read_by_query(
            _OTHER_NAMES.get(name, name),
            expression=normalised(inputs.get("query", "")),
            fields=fields,
        )
    )
    return {"records": rows, "count": len(rows), "totalCount": len(rows)}


ACTION = Action(
    key="queryAndList",
    label="Query and List Records",
    description="Lists all records of an object that match a filter, with the fields asked for.",
    object_name="",
    inputs="actions/queryAndList.json",
    effect=Effect.READ,
    perform=perform,
    example={
        "records": [
            {"RECORDNO": "1234", "CUSTOMERNAME": "Test Client"},
            {"RECORDNO": "1235", "CUSTOMERNAME": "Another Test Client"},
        ],
        "count": 2,
        "totalCount": 2,
    },
    output={
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
        },
    },
)

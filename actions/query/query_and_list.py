"""Query and List Records: all records of any object that match a filter."""

from __future__ import annotations

from actions.query import asking, vocabularies
from connector.component import Action, Context, Effect, Envelope, Inputs, Output, ResultForm


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Return every matching record, all pages, under Intacct's own field names."""
    schema = asking.object_asked(inputs)
    where = asking.filter_asked(inputs, schema)
    expression = ""
    if where is not None:
        expression = vocabularies.as_expression(vocabularies.in_codes(where, schema), schema)
    fields = asking.fields_asked(inputs, schema)
    rows = list(ctx.intacct.read_by_query(schema.wire, expression=expression, fields=fields))
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
    output=asking.OUTPUT,
    forms=(ResultForm.NORMAL, ResultForm.ENVELOPE),
    envelope=Envelope.LIST,
)

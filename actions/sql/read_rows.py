"""Read Rows: what one SELECT finds in a database, for the steps that follow."""

from __future__ import annotations

from connector.component import Action, Context, Effect, Inputs, Output
from connector.component.result_forms import ResultForm

MOST_ROWS = 1000


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Return the rows by column; amounts as text, days and moments as ISO text.

    Raises:
        InputError: It is no single SELECT, a parameter is missing, or there are too many rows.
        Refused: The database does not understand it.
        Unreachable: The database does not answer.
    """
    most = int(inputs.get("mostRows", MOST_ROWS))
    rows = ctx.sql.rows(inputs["query"], inputs.get("parameters", {}), most)
    return {"rows": rows, "count": len(rows)}


ACTION = Action(
    key="readRows",
    label="Read Rows",
    description="Reads rows from a database with one SELECT.",
    object_name="",
    inputs="actions/sql.readRows.json",
    effect=Effect.READ,
    perform=perform,
    example={"rows": [{"account": "4000", "amount": "1250.00"}], "count": 1},
    output={
        "type": "object",
        "required": ["rows", "count"],
        "properties": {
            "rows": {
                "type": "array",
                "title": "Rows",
                "description": "The rows, each with its columns.",
                "items": {"type": "object"},
            },
            "count": {"type": "integer", "title": "Count", "description": "How many there are."},
        },
    },
    only_over=("sql",),
    forms=(ResultForm.NORMAL,),
    component="sql",
)

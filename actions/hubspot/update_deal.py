"""Update Deal: write back to a HubSpot deal, such as the number of its invoice."""

from __future__ import annotations

from connector.component import Action, Context, Effect, Inputs, Inverse, Output
from connector.component.result_forms import ResultForm
from connector.errors import InputError

_LONGEST_VALUE = 65_535  # HubSpot's own limit of a text property


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Set the properties and return them with the deal's id; doing so again changes nothing.

    Raises:
        InputError: A value is too long, or is a list or a document.
        NotFound: There is no such deal.
        Refused: HubSpot knows no such property, or does not take the value.
    """
    properties = {name: _text(name, value) for name, value in inputs["properties"].items()}
    deal_id = str(inputs["dealId"])
    ctx.hubspot.update_deal(deal_id, properties)
    return {"id": deal_id, "properties": properties}


def _text(name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = "" if value is None else str(value)
    if isinstance(value, dict | list) or len(text) > _LONGEST_VALUE:
        raise InputError(
            f"The property {name} of a deal takes one text of at most {_LONGEST_VALUE} characters.",
            field=f"properties.{name}",
        )
    return text


ACTION = Action(
    key="updateDeal",
    label="Update Deal",
    description="Sets properties of a deal in HubSpot, such as the number of its invoice.",
    object_name="",
    inputs="actions/hubspot.updateDeal.json",
    effect=Effect.UPDATE,
    perform=perform,
    inverse=Inverse(why="What stood in the deal before is not kept; set it again in HubSpot."),
    example={"id": "63252656430", "properties": {"intacct_invoice_number": "HS-63252656430"}},
    output={
        "type": "object",
        "required": ["id", "properties"],
        "properties": {
            "id": {"type": "string", "title": "Deal ID", "description": "The deal."},
            "properties": {
                "type": "object",
                "title": "Properties",
                "description": "What was set, by internal name.",
                "additionalProperties": {"type": "string"},
            },
        },
    },
    only_over=("hubspot",),
    forms=(ResultForm.NORMAL,),
    component="hubspot",
)

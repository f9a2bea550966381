"""Create AR Advance: record what a customer paid before there is an invoice."""

from actions import verbs
from actions.ar_advance.rules import advance_values

ACTION = verbs.create(
    "arAdvance",
    key="createARAdvance",
    label="Create AR Advance",
    description="Creates an advance: money of a customer that no invoice asks for yet.",
    values=advance_values,
    example={"key": "9834", "id": "9834"},
)

"""Update AR Advance: change an advance that has not been applied."""

from actions import verbs
from actions.ar_advance.rules import changed_values

ACTION = verbs.update(
    "arAdvance",
    key="updateARAdvance",
    label="Update AR Advance",
    description="Changes an advance; lines, where given, replace all lines of the advance.",
    values=changed_values,
    example={"key": "9834", "id": "9834"},
)

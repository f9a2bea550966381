"""Create Location: a new place of business."""

from actions import verbs
from actions.location.rules import location_values

ACTION = verbs.create(
    "location",
    key="createLocation",
    label="Create Location",
    description="Creates a new place of business.",
    values=location_values,
    example={"key": "12", "id": "100"},
)

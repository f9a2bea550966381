"""Create Item: a new product or service."""

from actions import verbs
from actions.additional_tags import as_fields

ACTION = verbs.create(
    "item",
    key="createItem",
    label="Create Item",
    description="Creates a new product or service.",
    values=as_fields,
    example={"key": "12", "id": "SERVICE-001"},
)

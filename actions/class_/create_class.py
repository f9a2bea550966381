"""Create Class: a new class for costs and revenue."""

from actions import verbs
from actions.additional_tags import as_fields

ACTION = verbs.create(
    "class",
    key="createClass",
    label="Create Class",
    description="Creates a new class for costs and revenue.",
    values=as_fields,
    example={"key": "12", "id": "SMB"},
)

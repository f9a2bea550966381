"""Create Department: a new part of the organisation."""

from actions import verbs
from actions.additional_tags import as_fields

ACTION = verbs.create(
    "department",
    key="createDepartment",
    label="Create Department",
    description="Creates a new part of the organisation.",
    values=as_fields,
    example={"key": "12", "id": "10"},
)

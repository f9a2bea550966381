"""Get Department: read one department."""

from actions import verbs

ACTION = verbs.get(
    "department",
    key="getDepartment",
    label="Get Department",
    description="Gets a department by its record number or its ID.",
    id_field="departmentId",
    example={"key": "12", "id": "10", "departmentName": "Sales", "active": True},
)
